// Package node is a node without goroutines, channels, sockets and clocks: the
// protocol of package core, what waits for the reader of its events, and the
// inlet, which stands still while that reader is slow.
//
// Inputs take the time and what came in; Work then goes on with it. Package
// zyre drives a Node from one goroutine over real sockets and the system's
// clock, package sim drives thousands of them over a network and a clock that do
// not exist.
//
// A Node belongs to one goroutine.
package node

import (
	"errors"
	"io"
	"slices"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/record"
	"github.com/zeromq/gozyre/libzyre/trace"
)

// maxHeld bounds the octets of messages that are held for a slow reader, beside
// Config.Queue.
const maxHeld = 16 << 20

// maxSpare is how many events' memory is kept for those to come.
const maxSpare = 64

// Network is the connections to peers; harmony is the real one.
type Network interface {
	core.Network
	// Take appends to into[:0] what came in, in order.
	Take(into []harmony.Event) []harmony.Event
	// TakeNews takes only what happened to our own connections; see harmony.
	TakeNews(into []harmony.Event) []harmony.Event
}

// Config is what a Node is told at birth. Nothing is checked here.
type Config struct {
	core.Config
	Queue int // events held for a slow reader before the inlet is suspended
	// Reader is offered each event, oldest first, and returns false when it
	// cannot take it now: then it waits in Events. Nil: all wait there.
	Reader func(*core.Event) bool
	// Files is what fetches files from peers. Nil: nobody does.
	Files Files
	// Observe is called with each event, before it waits for the reader. Nil: it is not.
	Observe func(*core.Event)
	// Trace gets all that comes in and all that is done; see package trace. TraceFailed is told once
	// if it takes no more.
	Trace       io.Writer
	TraceFailed func(error)
}

// Files is told of peers that come and go, when that goes into the queue of events. Neither waits for the network or the disk.
type Files interface {
	Enter(e *core.Event)
	// Exit gives what the application is to be told before the peer's Exit.
	Exit(peer core.ID) []core.Event
}

// Node is one node.
type Node struct {
	core  *core.Core
	net   Network
	cfg   Config
	trace *record.Recorder // nil: there is none

	events    []core.Event // for the reader
	whole     []core.Event // the memory of events, from when they were none
	octets    int          // of the messages in them
	batch     []harmony.Event
	position  int             // in the batch
	news      []harmony.Event // taken while suspended
	suspended bool
}

// New returns a node. It does nothing by itself.
func New(cfg Config, net Network) *Node {
	n := &Node{cfg: cfg, net: net}
	connections := core.Network(net)
	if cfg.Trace != nil {
		n.trace = record.New(cfg.Trace, cfg.Config, cfg.TraceFailed)
		connections = n.trace.Wrap(net)
		cfg.LocalAddr = n.trace.LocalAddr(cfg.LocalAddr)
	}
	n.core = core.New(cfg.Config, connections)
	return n
}

// Core is for what is to be known. Calls that change something go through the Node.
func (n *Node) Core() *core.Core { return n.core }

// Pace is the interval of beacons that fits the size of the network.
func (n *Node) Pace() time.Duration { return n.core.Pace() }

// Next is when Tick is due: never, if it is zero.
func (n *Node) Next() time.Time { return n.core.Next() }

// Events is what waits for the reader, oldest first.
func (n *Node) Events() []core.Event { return n.events }

// Pop says that the reader has taken so many of them. Work follows.
func (n *Node) Pop(count int) {
	for i := range n.events[:count] {
		n.octets -= octetsOf(n.events[i].Msg)
	}
	clear(n.events[:count])
	if n.events = n.events[count:]; len(n.events) > 0 {
		return
	}
	if n.events = n.whole[:0]; cap(n.whole) > maxSpare {
		n.events = nil
	}
}

// Tell appends what came of files. It does not look whether there is Room. Work follows.
func (n *Node) Tell(events []core.Event) {
	n.queue(func(into []core.Event) []core.Event { return append(into, events...) })
}

// Room is how many more events the reader should be told of for now.
func (n *Node) Room() int { return max(0, n.cfg.Queue-len(n.events)) }

// Untaken is how many messages were taken from the network and not yet looked at.
func (n *Node) Untaken() int { return len(n.batch) - n.position }

// Ready takes what the network has: while the inlet is suspended no messages.
func (n *Node) Ready(at time.Time) {
	if n.position < len(n.batch) && !n.suspended {
		return // Work comes first
	}
	if !n.suspended {
		n.batch, n.position = n.net.Take(n.batch[:0]), 0
		return
	}
	n.news = n.net.TakeNews(n.news[:0])
	for i := range n.news {
		n.receive(at, &n.news[i])
	}
}

// full says that the reader has to catch up before more is taken.
func (n *Node) full() bool { return len(n.events) >= n.cfg.Queue || n.octets >= maxHeld }

// Work hands the core what was taken from the network, as long as the reader of
// our events follows. Else the inlet is suspended: nothing more is taken, the
// transport's queues fill, and our peers have to wait.
func (n *Node) Work(at time.Time) {
	n.work(at)
	n.trace.Flush()
}

func (n *Node) work(at time.Time) {
	n.gather()
	if n.suspended && (len(n.events) > n.cfg.Queue/2 || n.octets > maxHeld/2) {
		return
	}
	resumed := n.suspended
	if resumed {
		n.suspended = false
		n.trace.Plain(at, trace.Resume)
		n.core.Resume(at)
	}
	n.drain(at)
	if resumed && !n.suspended { // what the network said of meanwhile
		n.Ready(at)
		n.drain(at)
	}
}

// drain hands the core the rest of a batch.
func (n *Node) drain(at time.Time) {
	for ; n.position < len(n.batch); n.position++ {
		if n.full() {
			n.suspended = true
			n.trace.Plain(at, trace.Suspend)
			n.core.Suspend(at)
			n.passNews(at)
			return
		}
		n.receive(at, &n.batch[n.position])
		n.batch[n.position] = harmony.Event{}
		n.gather()
	}
}

// passNews takes out of a batch that has to wait what happened to our own connections: with a queue that has room again
// there is something to do at once. What our peers said, and that they came or went, stays in order.
func (n *Node) passNews(at time.Time) {
	rest := n.batch[n.position:]
	kept := rest[:0]
	for i := range rest {
		switch rest[i].Type {
		case harmony.Writable, harmony.Up, harmony.Down, harmony.Failed:
			n.receive(at, &rest[i])
		default:
			kept = append(kept, rest[i])
		}
	}
	clear(rest[len(kept):])
	n.batch = n.batch[:n.position+len(kept)]
}

// receive hands one event of the network to the core.
func (n *Node) receive(at time.Time, e *harmony.Event) {
	n.trace.Network(at, e)
	switch e.Type {
	case harmony.Message:
		n.core.Message(at, e.Peer, e.Addr, e.Frames)
	case harmony.Writable:
		n.core.Writable(at, e.Peer)
	case harmony.Up:
		n.core.Up(at, e.Peer, e.Identity, e.Addr)
	case harmony.Down:
		n.core.Down(at, e.Peer)
	case harmony.Arrived:
		n.core.Arrived(at, e.Peer, e.Addr)
	case harmony.Departed:
		n.core.Departed(at, e.Peer)
	case harmony.Failed:
		if errors.Is(e.Err, zsock.ErrStranger) {
			n.core.Stranger(at, e.Peer)
			return
		}
		n.core.Failed(at, e.Peer, errors.Is(e.Err, syscall.ECONNREFUSED))
	}
}

// gather takes what the core has to tell, and offers it to the reader.
func (n *Node) gather() { n.queue(n.fromCore) }

// fromCore takes it in order, with what came of the files of peers before their Exit.
func (n *Node) fromCore(into []core.Event) []core.Event {
	before := len(into)
	into = n.core.Events(into)
	n.trace.Events(into[before:])
	if n.cfg.Files == nil {
		return into
	}
	for i := before; i < len(into); i++ {
		switch e := &into[i]; e.Type {
		case core.Enter:
			n.cfg.Files.Enter(e)
		case core.Exit:
			last := n.cfg.Files.Exit(e.Peer)
			into = slices.Insert(into, i, last...)
			i += len(last)
		}
	}
	return into
}

// queue appends what there is to tell, and offers it to the reader.
func (n *Node) queue(from func(into []core.Event) []core.Event) {
	before := len(n.events)
	room := cap(n.events)
	if n.events = from(n.events); before == 0 || cap(n.events) != room {
		if cap(n.whole) != 0 && cap(n.events) != room { // they have moved: what is left behind keeps no message alive
			clear(n.whole[:cap(n.whole)])
		}
		n.whole = n.events
	}
	for i := range n.events[before:] {
		e := &n.events[before+i]
		n.octets += octetsOf(e.Msg)
		if n.cfg.Observe != nil {
			n.cfg.Observe(e)
		}
	}
	if n.cfg.Reader == nil {
		return
	}
	taken := 0
	for taken < len(n.events) && n.cfg.Reader(&n.events[taken]) {
		taken++
	}
	n.Pop(taken)
}

func octetsOf(msg [][]byte) (octets int) {
	for _, frame := range msg {
		octets += len(frame)
	}
	return octets
}
