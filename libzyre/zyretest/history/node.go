package history

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// node is one that was told of here: what it truly does, and its view of each
// other.
type node struct {
	at   int32 // its index
	id   zyre.UUID
	name string

	known   bool // it was started, once at least
	live    bool
	ended   bool // it told STOP
	how     How  // it stopped
	started int64
	stopped int64
	touched int64 // when its own truth last changed

	last      int64   // number of its last message
	member    []bool  // by group
	changed   []int64 // by group; 0: never in this life
	row       row     // its view of each other, and what is on its way to it from there
	strangers map[zyre.UUID]struct{}
	trouble   trouble
	pause     trouble // its process does not run, its host does
}

// inlineGroups is how many groups a view holds without a map.
const inlineGroups = 64

// recents is how many events of a pair are kept for people to read.
const recents = 6

// pair is what one node told of another, and what the other sent it. There may
// be a million of them.
type pair struct {
	groups    uint64 // it is in, as told
	delivered int64  // number of the last message told
	excused   int64  // messages up to this number may be lost
	left      int64  // number of the other's last message when it told LEAVE of this one
	entered   int64  // when the life began that it is told of
	exited    int64  // when the last one ended
	heard     int64  // last time that a message of the other was told, HELLO too
	base      int64  // since when exits and enters are counted
	head      int32  // of the messages on their way, oldest first
	tail      int32
	present   bool
	evasive   bool
	reported  bool // that the views differ
	exits     uint8
	enters    uint8
	brief     uint8 // ends and beginnings of lives that were over at once
	next      uint8 // in the ring of recent events
	what      [recents]uint8
	which     [recents]uint8  // group or cause
	when      [recents]uint32 // milliseconds since birth
}

// row is pairs by the other's index, in blocks: rows grow with the network, and nothing of them is moved.
type row []*[perBlock]pair

const perBlock = 32

// at returns a pair, nil if nothing is known of it.
func (r row) at(s *node) *pair {
	if block := int(s.at / perBlock); block < len(r) && r[block] != nil {
		return &r[block][s.at%perBlock]
	}
	return nil
}

// views goes through the pairs of a node.
func (c *Checker) views(n *node) iter.Seq2[*node, *pair] {
	return func(yield func(*node, *pair) bool) {
		for _, s := range c.nodes {
			if p := n.row.at(s); p != nil && !yield(s, p) {
				return
			}
		}
	}
}

// node returns the node of a UUID, which need not be started.
func (c *Checker) node(id zyre.UUID) *node {
	if at, ok := c.index[id]; ok {
		return c.nodes[at]
	}
	n := &node{at: int32(len(c.nodes)), id: id}
	c.index[id] = n.at
	c.nodes = append(c.nodes, n)
	return n
}

// pair returns what r told of s. The pointer is good until r's row is cleared.
func (c *Checker) pair(r, s *node) *pair {
	if p := r.row.at(s); p != nil {
		return p
	}
	block := int(s.at / perBlock)
	if block >= len(r.row) {
		r.row = append(r.row, make(row, block+1-len(r.row))...)
	}
	r.row[block] = new([perBlock]pair)
	return &r.row[block][s.at%perBlock]
}

// clearRow forgets a node's view.
func (c *Checker) clearRow(n *node) {
	for s, p := range c.views(n) {
		c.drop(p)
		c.clearGroups(n, s)
	}
	n.row, n.strangers = nil, nil
}

// note puts an event into the ring.
func (p *pair) note(now int64, e *zyre.Event) {
	p.what[p.next], p.which[p.next] = uint8(e.Type), 0
	p.when[p.next] = uint32((now - birth) / int64(time.Millisecond))
	if e.Type == zyre.Exit {
		p.which[p.next] = uint8(causeIndex(e.Cause))
	}
	p.next = (p.next + 1) % recents
}

// recent tells the last events of a pair, for people.
func (c *Checker) recent(r, s *node) string {
	var told []string
	if p := r.row.at(s); p != nil {
		for i := range recents {
			at := (int(p.next) + i) % recents
			if p.what[at] == 0 {
				continue
			}
			text := zyre.EventType(p.what[at]).String()
			if zyre.EventType(p.what[at]) == zyre.Exit {
				text += " (" + causes[p.which[at]].name + ")"
			}
			ago := c.now - birth - int64(p.when[at])*int64(time.Millisecond)
			told = append(told, text+" "+seconds(ago))
		}
	}
	if told == nil {
		told = []string{"nothing"}
	}
	return fmt.Sprintf("%s told of %s, seconds ago: %s", r.label(), s.label(), strings.Join(told, ", "))
}

func seconds(d int64) string { return fmt.Sprintf("%.3f", time.Duration(max(0, d)).Seconds()) }

// state says how a node is, for people.
func (c *Checker) state(n *node) string {
	switch {
	case !n.known:
		return "was never started"
	case n.live:
		return "has run for " + seconds(c.now-n.started) + " s"
	case n.ended:
		return "has told STOP"
	}
	return fmt.Sprintf("stopped (%v) %s s ago", n.how, seconds(c.now-n.stopped))
}

// label is a node's name, for people.
func (n *node) label() string {
	if n.name == "" {
		return n.id.String()[:6]
	}
	return n.name
}

func (c *Checker) label(id zyre.UUID) string {
	if at, ok := c.index[id]; ok {
		return c.nodes[at].label()
	}
	return id.String()[:6]
}

// queue is first in, first out.
type queue[T any] struct {
	items []T
	head  int
}

func (q *queue[T]) len() int  { return len(q.items) - q.head }
func (q *queue[T]) first() *T { return &q.items[q.head] }
func (q *queue[T]) push(v T)  { q.items = append(q.items, v) }

func (q *queue[T]) pop() T {
	v := q.items[q.head]
	if q.head++; q.head > 1024 && q.head > len(q.items)/2 {
		q.items = slices.Clone(q.items[q.head:])
		q.head = 0
	}
	return v
}
