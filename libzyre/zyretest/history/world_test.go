package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// world is a correct network in few lines: nodes that greet, talk, come and go over
// links that break, and whose events are read late. Whatever it does, nothing may be
// found; with a fault planted, something must be.
type world struct {
	rng     *rand.Rand
	c       *Checker
	now     time.Time
	lag     time.Duration
	nodes   []*inhabitant
	links   map[[2]int]*wire
	cuts    map[[2]int]time.Time // until when; lower first
	fault   string               // to do once
	planted bool
	resting bool
	calmAt  time.Time // when the last trouble of any kind was over
}

type inhabitant struct {
	at      int
	live    bool
	started time.Time
	groups  map[string]bool
	peers   map[int]*acquaintance
	told    map[int]bool // who is present, as far as its events were read
	story   []story
}

type acquaintance struct {
	ready  bool
	owed   int // HELLOs that it has not answered
	since  time.Time
	next   int // sequence
	groups map[string]bool
}

type story struct {
	due time.Time
	e   zyre.Event
}

type wire struct {
	sent  int
	items []item
}

type item struct {
	what   string
	seq    int
	due    time.Time
	group  string
	groups []string
	msg    []byte
}

var worldGroups = []string{"G", "H", "I"}

func (w *world) after(most time.Duration) time.Time {
	return w.now.Add(time.Duration(w.rng.Int64N(int64(most) + 1)))
}

func (w *world) start(i int) {
	n := &inhabitant{at: i, live: true, started: w.now, groups: map[string]bool{}, peers: map[int]*acquaintance{}, told: map[int]bool{}}
	w.nodes[i] = n
	for key := range w.links {
		if key[0] == i || key[1] == i {
			delete(w.links, key)
		}
	}
	w.c.Start(w.now, number(i), fmt.Sprintf("node%d", i))
	w.calmAt = w.now
}

func (w *world) tell(n *inhabitant, e zyre.Event) {
	due := w.now
	if w.lag > 0 {
		due = w.after(w.lag)
		if last := len(n.story) - 1; last >= 0 && n.story[last].due.After(due) {
			due = n.story[last].due
		}
	}
	n.story = append(n.story, story{due, e})
	w.read(n)
}

// read tells the checker what is due.
func (w *world) read(n *inhabitant) {
	for len(n.story) > 0 && !n.story[0].due.After(w.now) {
		e := n.story[0].e
		n.story = n.story[1:]
		for i := range w.nodes {
			if number(i) == e.Peer && (e.Type == zyre.Enter || e.Type == zyre.Exit) {
				n.told[i] = e.Type == zyre.Enter
			}
		}
		w.c.Event(w.now, number(n.at), &e)
	}
}

func (w *world) push(a, b int, it item) {
	l := w.links[[2]int{a, b}]
	if l == nil {
		return
	}
	it.seq, it.due = l.sent, w.after(50*time.Millisecond)
	l.sent++
	l.items = append(l.items, it)
}

// meet connects and says HELLO.
func (w *world) meet(a *inhabitant, b int) {
	a.peers[b] = &acquaintance{since: w.now, owed: 1}
	w.links[[2]int{a.at, b}] = &wire{}
	hello := item{what: "hello"}
	for _, g := range worldGroups {
		if a.groups[g] {
			hello.groups = append(hello.groups, g)
		}
	}
	w.push(a.at, b, hello)
}

func (w *world) exit(a *inhabitant, b int, cause error) {
	p := a.peers[b]
	delete(a.peers, b)
	delete(w.links, [2]int{a.at, b})
	if p != nil && p.ready {
		w.tell(a, zyre.Event{Type: zyre.Exit, Peer: number(b), Cause: cause})
	}
}

func (w *world) cut(a, b int) bool {
	_, cut := w.cuts[[2]int{min(a, b), max(a, b)}]
	return cut
}

// act does something at random.
func (w *world) act(troubled bool) {
	n := w.nodes[w.rng.IntN(len(w.nodes))]
	other := w.rng.IntN(len(w.nodes))
	group := worldGroups[w.rng.IntN(len(worldGroups))]
	id := number(n.at)
	dice := w.rng.IntN(1000)
	switch {
	case !n.live:
		if troubled && dice < 20 && len(n.story) == 0 {
			w.start(n.at)
		}
	case dice < 100 && n.at != other:
		if !n.told[other] && (n.peers[other] == nil || !n.peers[other].ready || dice < 50) {
			return
		}
		msg := w.c.Whisper(w.now, id, number(other))
		if p := n.peers[other]; p != nil && p.ready {
			w.push(n.at, other, item{what: "whisper", msg: msg})
		} else {
			w.c.Failed(w.now, msg, zyre.ErrUnknownPeer)
		}
	case dice < 200:
		msg := w.c.Shout(w.now, id, group)
		for i := range w.nodes {
			if p := n.peers[i]; p != nil && p.ready && p.groups[group] {
				w.push(n.at, i, item{what: "shout", group: group, msg: msg})
			}
		}
	case dice < 210:
		what := "leave"
		if n.groups[group] = !n.groups[group]; n.groups[group] {
			what = "join"
			w.c.Join(w.now, id, group)
		} else {
			w.c.Leave(w.now, id, group)
		}
		for i := range w.nodes {
			if n.peers[i] != nil {
				w.push(n.at, i, item{what: what, group: group})
			}
		}
	case !troubled:
	case dice < 215:
		w.calmAt = w.now
		w.c.Stop(w.now, id, Goodbye)
		for i := range w.nodes {
			if p := n.peers[i]; p != nil && p.ready {
				w.push(n.at, i, item{what: "bye"})
				w.tell(n, zyre.Event{Type: zyre.Exit, Peer: number(i), Cause: zyre.ErrClosed})
			}
		}
		w.tell(n, zyre.Event{Type: zyre.Stop, Peer: id})
		n.live, n.peers = false, nil
	case dice < 220:
		w.calmAt = w.now
		w.c.Stop(w.now, id, Killed)
		n.live, n.peers, n.story = false, nil, nil
	case dice < 240 && n.at != other && !w.cut(n.at, other):
		w.cuts[[2]int{min(n.at, other), max(n.at, other)}] = w.after(8 * time.Second)
		w.c.Disturb(w.now, id, number(other), "cut")
		for _, key := range [][2]int{{n.at, other}, {other, n.at}} {
			w.lose(key)
		}
	}
}

// lose loses what is on its way on a link, or not; the gap will show. A HELLO is sent
// again by the real ones, until it arrives.
func (w *world) lose(key [2]int) {
	if l := w.links[key]; l != nil && w.rng.IntN(2) == 0 {
		l.items = slices.DeleteFunc(l.items, func(it item) bool { return it.what != "hello" })
	}
}

// step lets 20 ms pass.
func (w *world) step() {
	w.now = w.now.Add(20 * time.Millisecond)
	for _, n := range w.nodes {
		w.read(n)
	}
	for _, key := range pairsOf(len(w.nodes)) {
		a, b := w.nodes[key[0]], w.nodes[key[1]]
		if until, ok := w.cuts[key]; ok && w.now.After(until) {
			delete(w.cuts, key)
			for _, k := range [][2]int{key, {key[1], key[0]}} {
				w.lose(k)
			}
			w.c.Calm(w.now, number(key[0]), number(key[1]))
			w.calmAt = w.now
		}
		w.flow(key[0], key[1])
		if !a.live {
			continue
		}
		p, often := a.peers[key[1]], w.rng.IntN(25) == 0
		switch {
		case p == nil:
			if b.live && !w.cut(key[0], key[1]) && w.rng.IntN(15) == 0 {
				w.meet(a, key[1])
			}
		case !p.ready && w.now.Sub(p.since) > 2*time.Second, often && (!b.live || w.cut(key[0], key[1])):
			w.exit(a, key[1], zyre.ErrUnreachable)
		}
	}
}

func pairsOf(n int) (all [][2]int) {
	for a := range n {
		for b := range n {
			if a != b {
				all = append(all, [2]int{a, b})
			}
		}
	}
	return all
}

// flow delivers what is due on one link.
func (w *world) flow(a, b int) {
	l := w.links[[2]int{a, b}]
	for l != nil && l == w.links[[2]int{a, b}] && len(l.items) > 0 && !w.cut(a, b) && !l.items[0].due.After(w.now) {
		it := l.items[0]
		l.items = l.items[1:]
		if w.nodes[b].live {
			w.arrive(a, b, it)
		}
	}
}

// live runs a world for a simulated minute and a half, and then lets it rest.
func live(seed uint64, lag time.Duration, fault string) (*world, []Finding) {
	strict := Config{Lag: -1}
	if lag > 0 {
		strict.Lag = 2 * lag
	}
	w := &world{
		rng: rand.New(rand.NewPCG(seed, 7)), c: New(strict), now: epoch, lag: lag, nodes: make([]*inhabitant, 4),
		links: map[[2]int]*wire{}, cuts: map[[2]int]time.Time{}, fault: fault,
	}
	for i := range w.nodes {
		w.start(i)
	}
	for i := range 6500 {
		w.step()
		w.resting = i > 5000
		if i < 6000 {
			w.act(i < 1500 || i > 3000 && i < 3800)
		}
	}
	return w, w.c.Finish(w.now.Add(20 * time.Second))
}
