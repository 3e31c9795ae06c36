package zyretrace

import (
	"fmt"
	"slices"
	"time"
)

// pair is two nodes, in one direction.
type pair struct{ from, to int }

// unsure is how far a clock may be off that is known from messages in one direction only, beside what they took.
const unsure = time.Hour

// edge is what messages between two nodes say of their clocks.
type edge struct {
	a, b   int
	offset time.Duration // to be added to b's clock to get a's
	error  time.Duration
}

// align finds how the clocks differ, puts all steps on the clock of the first node, and finds out which command came of which.
func (s *story) align() {
	traced := []int{}
	for i, n := range s.nodes {
		if n.traced {
			traced = append(traced, i)
		}
	}
	streams := s.streams()
	edges := map[int][]edge{}
	for i, a := range traced {
		for _, b := range traced[i+1:] {
			there, knownThere := streams[pair{a, b}].quickest(true)
			back, knownBack := streams[pair{b, a}].quickest(true)
			if !knownThere && !knownBack {
				there, knownThere = streams[pair{a, b}].quickest(false)
				back, knownBack = streams[pair{b, a}].quickest(false)
			}
			var e edge
			switch {
			case knownThere && knownBack: // there = delay + clocks, back = delay - clocks
				e = edge{a, b, -(there - back) / 2, max(0, (there+back)/2)}
			case knownThere:
				e = edge{a, b, -there, unsure}
			case knownBack:
				e = edge{a, b, back, unsure}
			default:
				continue
			}
			edges[a] = append(edges[a], e)
			edges[b] = append(edges[b], edge{b, a, -e.offset, e.error})
		}
	}
	s.spread(traced, edges)
	for _, n := range s.nodes {
		for _, st := range n.steps {
			st.at = st.at.Add(n.offset)
		}
	}
	for _, stream := range streams {
		stream.match(s)
	}
}

// spread takes the surest way from the first node to each other one.
func (s *story) spread(traced []int, edges map[int][]edge) {
	if len(traced) == 0 {
		return
	}
	known := map[int]bool{}
	for first := range traced {
		if known[traced[first]] {
			continue
		}
		if first == 0 { // the others' clocks are compared with it; who never talked with anybody keeps its own
			s.nodes[traced[0]].error = 0
		}
		known[traced[first]] = true
		for {
			var best *edge
			for from := range known {
				for i := range edges[from] {
					e := &edges[from][i]
					if !known[e.b] && (best == nil || less(e, best)) {
						best = e
					}
				}
			}
			if best == nil {
				break
			}
			from, to := s.nodes[best.a], s.nodes[best.b]
			to.offset = from.offset + best.offset
			if to.error = -1; from.error >= 0 {
				to.error = from.error + best.error
			}
			known[best.b] = true
		}
	}
}

func less(a, b *edge) bool {
	if a.error != b.error {
		return a.error < b.error
	}
	return a.a < b.a || a.a == b.a && a.b < b.b
}

// stream is what one node sent another, and what came of it.
type stream struct{ sent, came []*step }

// streams are all of them between nodes that have traces.
func (s *story) streams() map[pair]*stream {
	streams := map[pair]*stream{}
	at := func(p pair) *stream {
		if streams[p] == nil {
			streams[p] = &stream{}
		}
		return streams[p]
	}
	for i, n := range s.nodes {
		for _, st := range n.steps {
			switch {
			case st.peer < 0 || st.refused || !s.nodes[st.peer].traced:
			case st.kind == sent:
				p := at(pair{i, st.peer})
				p.sent = append(p.sent, st)
			case st.kind == came:
				p := at(pair{st.peer, i})
				p.came = append(p.came, st)
			}
		}
	}
	return streams
}

// quickest is how long the quickest command took, by two clocks: of those that left only once, for of others it is not known which one came.
// Where there are none of these (all sequences were used again) the first that can be it has to do: what then seems slow is not the quickest.
func (st *stream) quickest(once bool) (d time.Duration, known bool) {
	if st == nil {
		return 0, false
	}
	places := st.places()
	last := -1
	for _, c := range st.came {
		all := places[c.key]
		if once && len(all) > 1 {
			continue
		}
		i, _ := slices.BinarySearch(all, last+1)
		if i == len(all) {
			continue
		}
		last = all[i]
		if took := c.at.Sub(st.sent[last].at); !known || took < d {
			d, known = took, true
		}
	}
	return d, known
}

func (st *stream) places() map[key][]int {
	places := map[key][]int{}
	for i, step := range st.sent {
		places[step.key] = append(places[step.key], i)
	}
	return places
}

// match joins what left with what came, once the clocks agree: of equal commands the last that can be it.
func (st *stream) match(s *story) {
	places := st.places()
	last := -1
	for _, c := range st.came {
		slack := time.Millisecond + max(0, s.nodes[c.node].error) + max(0, s.nodes[c.peer].error)
		all := places[c.key]
		best := -1
		for i, _ := slices.BinarySearch(all, last+1); i < len(all); i++ {
			if best >= 0 && st.sent[all[i]].at.After(c.at.Add(slack)) {
				break
			}
			best = all[i]
		}
		if best >= 0 {
			last = best
			st.sent[best].other, c.other = c, st.sent[best]
		}
	}
}

// clocks tells what was found out of them.
func (s *story) clocks() (lines []string) {
	first := -1
	for i, n := range s.nodes {
		switch {
		case !n.traced:
		case first < 0:
			first = i
			lines = append(lines, fmt.Sprintf("times are by the clock of %s", s.label(i)))
		case n.error < 0:
			lines = append(lines, fmt.Sprintf("the clock of %s could not be compared: no message of it and the others is in both traces", s.label(i)))
		case n.error >= unsure:
			lines = append(lines, fmt.Sprintf("the clock of %s is set by %v, from messages in one direction only", s.label(i), n.offset.Round(time.Microsecond)))
		case n.offset.Abs() > n.error+time.Millisecond:
			lines = append(lines, fmt.Sprintf("the clock of %s is set by %v, within %v", s.label(i), n.offset.Round(time.Microsecond), n.error.Round(time.Microsecond)))
		}
	}
	return lines
}
