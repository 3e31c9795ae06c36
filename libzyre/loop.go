package zyre

import (
	"context"
	"errors"
	"maps"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// patience is how long a closing node waits for its reader to take what is left.
const patience = 250 * time.Millisecond

// Bounds of what is held for a slow reader beside Config.Queue: octets of
// messages, and events in the channel, which are not counted among them.
const (
	maxHeld    = 16 << 20
	maxChannel = 16
)

// run is the one goroutine that owns the node's state. It sleeps until something
// comes in, hands it to the core, and passes on what follows.
func (n *Node) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var due time.Time // what the timer is set to
	for {
		n.work()
		if next := n.core.Next(); next != due {
			if due = next; !due.IsZero() {
				timer.Reset(time.Until(due))
			}
		}
		var out chan Event
		var first Event
		if len(n.queue) > 0 {
			out, first = n.events, n.queue[0]
		}
		select {
		case <-n.network.Ready():
			n.take()
		case out <- first:
			n.pop(1)
		case r := <-n.requests:
			n.serve(r)
		case signal, ok := <-n.beacon.Signals():
			if !ok {
				n.end(n.beacon.Err())
				return
			}
			n.discover(signal)
		case <-timer.C:
			due = time.Time{}
			n.core.Tick(now())
		case <-n.closing:
			n.end(nil)
			return
		case <-ctx.Done():
			n.end(context.Cause(ctx))
			return
		}
	}
}

// take takes what the network has: while the inlet is suspended no messages.
func (n *Node) take() {
	if !n.suspended {
		n.batch, n.position = n.network.Take(n.batch[:0]), 0
		return
	}
	n.news = n.network.TakeNews(n.news[:0])
	at := now()
	for i := range n.news {
		n.receive(at, &n.news[i])
	}
}

// full says that the reader has to catch up before more is taken.
func (n *Node) full() bool { return len(n.queue) >= n.cfg.Queue || n.octets >= maxHeld }

// work hands the core what was taken from the network, as long as the reader of
// our events follows. Else the inlet is suspended: nothing more is taken, the
// transport's queues fill, and our peers have to wait.
func (n *Node) work() {
	n.deliver()
	if n.suspended && (len(n.queue) > n.cfg.Queue/2 || n.octets > maxHeld/2) {
		return
	}
	resumed := n.suspended
	if resumed {
		n.suspended = false
		n.core.Resume(now())
	}
	n.drain()
	if resumed && !n.suspended { // what Ready said of meanwhile
		n.take()
		n.drain()
	}
}

// drain hands the core the rest of a batch.
func (n *Node) drain() {
	if n.position == len(n.batch) {
		return
	}
	at := now()
	for ; n.position < len(n.batch); n.position++ {
		if n.full() {
			n.suspended = true
			n.core.Suspend(at)
			n.passNews(at)
			return
		}
		n.receive(at, &n.batch[n.position])
		n.batch[n.position] = harmony.Event{}
		n.deliver()
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
	switch e.Type {
	case harmony.Message:
		n.core.Message(at, e.Peer, e.Addr, e.Frames)
	case harmony.Writable:
		n.core.Writable(at, e.Peer)
	case harmony.Up:
		n.core.Up(at, e.Peer)
	case harmony.Down:
		n.core.Down(at, e.Peer)
	case harmony.Arrived:
		n.core.Arrived(e.Peer)
	case harmony.Departed:
		n.core.Departed(at, e.Peer)
	case harmony.Failed:
		n.core.Failed(at, e.Peer, errors.Is(e.Err, syscall.ECONNREFUSED))
	}
}

func (n *Node) discover(signal beacon.Signal) {
	n.core.Beacon(now(), signal.Addr, signal.Data)
}

// deliver passes on what the core has to tell, as far as the reader takes it.
func (n *Node) deliver() {
	n.taken = n.core.Events(n.taken[:0])
	for i := range n.taken {
		n.queue = append(n.queue, public(&n.taken[i]))
		n.octets += octetsOf(n.taken[i].Msg)
		n.log(&n.taken[i])
		n.taken[i] = core.Event{}
	}
	sent := 0
	for sent < len(n.queue) {
		select {
		case n.events <- n.queue[sent]:
			sent++
			continue
		default:
		}
		break
	}
	n.pop(sent)
}

// pop forgets events that were delivered.
func (n *Node) pop(count int) {
	for i := range n.queue[:count] {
		n.octets -= octetsOf(n.queue[i].Msg)
	}
	clear(n.queue[:count])
	if n.queue = n.queue[count:]; len(n.queue) == 0 {
		n.queue = n.queue[:0:0]
	}
}

// end says goodbye and closes everything.
func (n *Node) end(cause error) {
	close(n.stopped)
	n.err = cause
	n.core.Stop(now(), cause)
	n.beacon.Publish(core.AppendBeacon(nil, core.ID(n.cfg.UUID), 0)) // a lost goodbye costs our peers some seconds
	n.beacon.Close()
	n.network.Close()
	n.last = n.statsOf(n.core)
	n.deliver()
	if n.listened.Load() {
		n.lastEvents()
	}
	close(n.events)
	close(n.done)
}

// lastEvents waits a moment for a reader who still reads.
func (n *Node) lastEvents() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for _, event := range n.queue {
		select {
		case n.events <- event:
		case <-timer.C:
			return
		}
	}
}

func octetsOf(msg [][]byte) (octets int) {
	for _, frame := range msg {
		octets += len(frame)
	}
	return octets
}

// public makes the application's own copy of an event.
func public(e *core.Event) Event {
	return Event{
		Type:    EventType(e.Type),
		Peer:    UUID(e.Peer),
		Name:    e.Name,
		Addr:    e.Addr,
		Headers: maps.Clone(e.Headers),
		Group:   e.Group,
		Msg:     e.Msg,
		Cause:   e.Cause,
		Time:    e.Time,
	}
}

func (n *Node) log(e *core.Event) {
	switch e.Type {
	case core.Enter, core.Evasive, core.Silent, core.Exit:
		n.cfg.Log.Debug(e.Type.String(), "peer", e.Name, "addr", e.Addr, "cause", e.Cause)
	}
}
