package zyretrace

import (
	"fmt"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// kind says what a step is.
type kind uint8

const (
	sent    kind = iota // a command left
	came                // a command came
	noted               // something happened at a node
	entered             // a peer did, for the node
	exited
)

// step is one thing that happened, as one node saw it.
type step struct {
	at      time.Time // by that node's clock; aligned later
	node    int
	peer    int // -1: it is about nobody else
	kind    kind
	text    string // visible
	group   string
	key     key   // of a command
	other   *step // the same command where it left, or came
	number  int   // in its node's trace
	refused bool  // a command that the network did not take
}

// key tells commands apart: what has the same one may be the same command.
type key struct {
	command  string
	sequence uint16
	octets   int
	digest   uint64
}

// node is one that has a trace, or is only talked of.
type node struct {
	id     trace.ID
	name   string
	steps  []*step // in its own order; none: it has no trace
	traced bool
	file   int           // the place of its first line among all traces
	offset time.Duration // added to its clock
	error  time.Duration // how far that may be wrong; negative: nothing is known
	told   bool          // its name is its own word
}

// story is what is made of all traces.
type story struct {
	nodes []*node
	byID  map[trace.ID]int
	steps []*step // in order, once told
	cut   []string

	labels []string // of nodes, once asked for
}

func (s *story) node(id trace.ID) int {
	if id == (trace.ID{}) {
		return -1
	}
	i, ok := s.byID[id]
	if !ok {
		i = len(s.nodes)
		s.byID[id] = i
		s.nodes = append(s.nodes, &node{id: id, name: id.String()[:6], error: -1, file: maxNodes + 1})
	}
	return i
}

// call gives a node a name: its own word counts more than another's.
func (s *story) call(i int, name string, own bool) {
	if i >= 0 && name != "" && (own || !s.nodes[i].told) {
		s.nodes[i].name, s.nodes[i].told = name, own
	}
}

// label is what a node is shown as: its name, and the beginning of its UUID where another has the name too.
func (s *story) label(i int) string {
	if len(s.labels) != len(s.nodes) {
		count := map[string]int{}
		for _, n := range s.nodes {
			count[n.name]++
		}
		s.labels = s.labels[:0]
		for _, n := range s.nodes {
			text := show.Text(n.name)
			if runes := []rune(text); len(runes) > maxLabel {
				text = string(runes[:maxLabel-1]) + "…"
			}
			if count[n.name] > 1 {
				text = fmt.Sprintf("%s (%s)", text, n.id.String()[:6])
			}
			s.labels = append(s.labels, text)
		}
	}
	return s.labels[i]
}

const maxLabel = 24

// order puts all steps into one order: by the aligned clocks, but each node's own as they are, and no command before it left.
func (s *story) order() {
	heads := make([]int, len(s.nodes))
	done := map[*step]bool{}
	total := 0
	for _, n := range s.nodes {
		total += len(n.steps)
	}
	s.steps = make([]*step, 0, total)
	for len(s.steps) < total {
		var first, blocked *step
		for i, n := range s.nodes {
			if heads[i] >= len(n.steps) {
				continue
			}
			next := n.steps[heads[i]]
			if next.kind == came && next.other != nil && !done[next.other] {
				blocked = earlier(blocked, next)
				continue
			}
			first = earlier(first, next)
		}
		if first == nil { // two traces contradict each other
			first = blocked
			first.other.other, first.other = nil, nil
		}
		done[first] = true
		heads[first.node]++
		s.steps = append(s.steps, first)
	}
}

func earlier(a, b *step) *step {
	if a == nil || b.at.Before(a.at) {
		return b
	}
	return a
}

// begin is the time of the first step.
func (s *story) begin() time.Time {
	if len(s.steps) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(s.steps, func(a, b *step) int { return a.at.Compare(b.at) }).at
}
