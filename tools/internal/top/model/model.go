package model

import (
	"net/netip"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Bounds of what is kept.
const (
	maxGone   = 200              // nodes that are gone
	keepGone  = 30 * time.Second // for so long
	maxDown   = 2000             // broken links
	maxBroken = 200              // of those that one node told
	maxText   = 300              // octets of a line of what happened
)

// Model is the picture of a network.
type Model struct {
	version uint64
	self    *node
	nodes   map[zyre.UUID]*node
	byHash  map[uint16][]*node // those that are present
	gone    []*node            // the oldest first
	removed []removal          // the oldest first
	began   uint64             // the first version that removed knows all of
	down    map[link]bool      // links that a node told to be broken
	groups  map[string]int     // members of each, who are present
	home    []netip.Addr       // of this machine
	history history
	Counts  Counts
	sums    map[string]uint64
}

// removal says that a node is not shown any more.
type removal struct {
	id      zyre.UUID
	version uint64
}

// link is what one node has to another.
type link struct{ from, to zyre.UUID }

// Counts are totals since the start. They only grow.
type Counts struct {
	Events  map[zyre.EventType]uint64
	Octets  uint64           // of whispers and shouts to this node
	Records [4]uint64        // by level; 0: other levels
	Told    map[uint8]uint64 // records by event, those that are defined
	Unknown uint64           // records of nobody who is known, or that fit several
	Forged  uint64           // records that did not come from where the node is that they name
	Pings   uint64           // answered
	Lost    uint64           // pings that were not
	RTT     [9]uint64        // answered pings by Buckets; the last: those above
	RTTSum  time.Duration    // of answered pings
}

// Buckets are the upper bounds of Counts.RTT.
var Buckets = [...]time.Duration{100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond, time.Millisecond,
	2500 * time.Microsecond, 10 * time.Millisecond, 100 * time.Millisecond, time.Second}

// New returns a model of a network in which only the observing node is.
func New(self zyre.UUID, name, addr string, now time.Time) *Model {
	m := &Model{version: 1, nodes: map[zyre.UUID]*node{}, byHash: map[uint16][]*node{}, down: map[link]bool{},
		groups: map[string]int{}, sums: map[string]uint64{}}
	m.Counts.Events, m.Counts.Told = map[zyre.EventType]uint64{}, map[uint8]uint64{}
	m.self = m.enter(self, name, addr, nil, now)
	m.self.self = true
	return m
}

// Event takes an event of the observing node.
func (m *Model) Event(e *zyre.Event) {
	m.Counts.Events[e.Type]++
	n := m.nodes[e.Peer]
	if e.Type == zyre.Enter {
		n = m.enter(e.Peer, e.Name, e.Addr, e.Headers, e.Time)
	}
	if n == nil || n.state == Gone {
		return // such as STOP; nobody else is told of before ENTER
	}
	level, text := uint8(info), ""
	switch e.Type {
	case zyre.Enter:
		text = n.addr
	case zyre.Exit:
		level, text = m.exit(n, e)
	case zyre.Evasive:
		n.state, level = Evasive, warning
	case zyre.Silent:
		n.state, level = Silent, warning
	case zyre.Join:
		m.join(n, e.Group)
		text = e.Group
	case zyre.Leave:
		m.leave(n, e.Group)
		text = e.Group
	case zyre.Whisper, zyre.Shout:
		for _, frame := range e.Msg {
			m.Counts.Octets += uint64(len(frame))
		}
		m.alive(n)
		return // they are counted, and nobody's business
	default:
		return
	}
	m.touch(n)
	m.happen(e.Time, level, e.Type.String(), n, text)
}

// touch notes that a node changed.
func (m *Model) touch(n *node) {
	m.version++
	n.changed = m.version
}

// alive notes a sign of life.
func (m *Model) alive(n *node) {
	if n.state == Evasive || n.state == Silent {
		n.state = Here
		m.touch(n)
	}
}

func (m *Model) enter(id zyre.UUID, name, addr string, headers map[string]string, at time.Time) *node {
	if old := m.nodes[id]; old != nil {
		if old.state != Gone {
			m.absent(old)
		}
		m.gone = slices.DeleteFunc(m.gone, func(n *node) bool { return n == old })
	}
	n := &node{id: id, hash: zrelog.HashUUID(id), name: name, headers: headers, since: at, rtt: -1}
	n.place(addr)
	m.nodes[id] = n
	m.byHash[n.hash] = append(m.byHash[n.hash], n)
	m.touch(n)
	return n
}

func (m *Model) exit(n *node, e *zyre.Event) (level uint8, text string) {
	level = info
	if e.Cause != nil {
		text = e.Cause.Error()
		if !leaves(e.Cause) {
			level = warning
		}
	}
	m.absent(n)
	n.state, n.since, n.cause, n.rtt, n.flow, n.headers, n.groups = Gone, e.Time, cut(text), -1, flow{}, nil, nil
	m.gone = append(m.gone, n)
	if len(m.gone) > maxGone {
		m.forget()
	}
	return level, text
}

// Moved takes where a peer is now.
func (m *Model) Moved(peer zyre.UUID, addr string) {
	if n := m.nodes[peer]; n != nil && n.state != Gone && n.addr != addr {
		n.place(addr)
		m.touch(n)
	}
}

// Home takes the addresses that this machine has. What one of its nodes says may
// come from another of them than that by which we know it.
func (m *Model) Home(addrs []netip.Addr) {
	m.home = m.home[:0]
	for _, a := range addrs {
		m.home = append(m.home, plain(a))
	}
}

// absent takes a node out of everything but the list of nodes.
func (m *Model) absent(n *node) {
	for _, group := range n.groups {
		m.uncount(group)
	}
	m.byHash[n.hash] = slices.DeleteFunc(m.byHash[n.hash], func(o *node) bool { return o == n })
	if len(m.byHash[n.hash]) == 0 {
		delete(m.byHash, n.hash)
	}
	for l := range m.down {
		if l.from == n.id || l.to == n.id {
			m.repair(l)
		}
	}
}

// forget takes the oldest of those who are gone from the list.
func (m *Model) forget() {
	n := m.gone[0]
	m.gone = slices.Delete(m.gone, 0, 1)
	delete(m.nodes, n.id)
	m.version++
	m.removed = append(m.removed, removal{n.id, m.version})
	if len(m.removed) > 2*maxGone {
		m.began = m.removed[maxGone-1].version
		m.removed = slices.Delete(m.removed, 0, maxGone)
	}
}

func (m *Model) join(n *node, group string) {
	if n.join(group) {
		m.groups[group]++
	}
}

func (m *Model) leave(n *node, group string) {
	if n.leave(group) {
		m.uncount(group)
	}
}

func (m *Model) uncount(group string) {
	if m.groups[group]--; m.groups[group] == 0 {
		delete(m.groups, group)
	}
}

// Ping takes how long a peer took to answer; failed: it did not.
func (m *Model) Ping(peer zyre.UUID, d time.Duration, failed bool) {
	n := m.nodes[peer]
	if n == nil || n.state == Gone {
		return
	}
	if failed {
		m.Counts.Lost++
		if !n.lost {
			n.lost = true
			m.touch(n)
		}
		return
	}
	m.Counts.Pings++
	m.Counts.RTTSum += d
	at := 0
	for at < len(Buckets) && d > Buckets[at] {
		at++
	}
	m.Counts.RTT[at]++
	m.alive(n)
	n.lost = false
	n.rtt = d
	m.touch(n)
}

// Tick forgets what is old.
func (m *Model) Tick(now time.Time) {
	for len(m.gone) > 0 && now.Sub(m.gone[0].since) > keepGone {
		m.forget()
	}
	for _, n := range m.nodes {
		if n.flow.expire(now) {
			m.touch(n)
		}
	}
}

// happen notes a line of what happened.
func (m *Model) happen(at time.Time, level uint8, what string, n *node, text string) {
	m.version++
	one := Happening{At: at, Level: level, What: what, Text: show.Text(cut(text)), own: true}
	if n != nil {
		one.Who, one.Peer = show.Text(n.name), n.id.String()
		one.same = sameOf(what, n.hash, text)
	}
	m.history.add(one, m.version)
}

// cut keeps the beginning of a text.
func cut(text string) string {
	if len(text) <= maxText {
		return text
	}
	return text[:maxText] + "…"
}
