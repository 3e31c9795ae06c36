package zyre

import (
	"context"
	"maps"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// patience is how long a closing node waits for its reader to take what is left.
const patience = 250 * time.Millisecond

// maxChannel bounds the events in the channel, which are not counted among those
// held for a slow reader.
const maxChannel = 16

// run is the one goroutine that owns the node's state. It sleeps until something
// comes in, hands it on, and does what follows.
func (n *Node) run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var due time.Time // what the timer is set to
	n.node.Start(now())
	for {
		n.node.Work(now())
		n.beacon.Pace(n.node.Pace())
		if next := earlier(n.node.Next(), n.reports.Next()); next != due {
			if due = next; !due.IsZero() {
				timer.Reset(time.Until(due))
			}
		}
		var out chan Event
		var first Event
		if waiting := n.node.Events(); len(waiting) > 0 {
			out, first = n.events, public(&waiting[0])
		}
		var files <-chan struct{}
		if n.share != nil && n.node.Room() > 0 {
			files = n.share.Ready()
		}
		select {
		case <-n.network.Ready():
			n.node.Ready(now())
		case out <- first:
			n.log(&n.node.Events()[0])
			n.node.Pop(1)
		case <-n.reports.Ready():
			n.reports.Take()
		case <-files:
			n.takeFiles()
		case r := <-n.requests:
			r.do(n, now(), r)
		case signal, ok := <-n.beacon.Signals():
			if !ok {
				n.end(n.beacon.Err())
				return
			}
			n.node.Beacon(now(), signal.Addr, signal.Data)
		case <-n.beacon.Changes():
			n.node.Moved(now())
		case <-timer.C:
			due = time.Time{}
			at := now()
			n.node.Tick(at)
			n.reports.Tick(at)
		case <-n.closing:
			n.end(nil)
			return
		case <-ctx.Done():
			n.end(context.Cause(ctx))
			return
		}
	}
}

// earlier is the earlier of two times, where zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// offer hands an event to the reader if that needs no waiting.
func (n *Node) offer(e *core.Event) bool {
	if len(n.events) == cap(n.events) {
		return false
	}
	n.log(e)
	n.events <- public(e) // nobody else sends
	return true
}

// end says goodbye and closes everything.
func (n *Node) end(cause error) {
	close(n.stopped)
	n.err = cause
	n.node.Stop(now(), cause)
	n.beacon.Publish(core.AppendBeacon(nil, core.ID(n.cfg.UUID), 0)) // a lost goodbye costs our peers some seconds
	n.beacon.Close()
	shared, reported := n.closeShare(), n.closeReports()
	n.network.Close()
	<-reported
	n.last = n.statsOf()
	if n.listened.Load() {
		n.lastEvents()
	}
	<-shared
	close(n.events)
	close(n.done)
}

// lastEvents waits a moment for a reader who still reads.
func (n *Node) lastEvents() {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	waiting := n.node.Events()
	for i := range waiting {
		select {
		case n.events <- public(&waiting[i]):
		case <-timer.C:
			return
		}
	}
}

// public makes the application's own copy of an event.
func public(e *core.Event) Event {
	event := Event{
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
	if f := e.File; f != nil {
		event.Path, event.File, event.Size, event.Done, event.Digest = f.Path, f.Local, f.Size, f.Done, f.Digest
	}
	return event
}

func (n *Node) log(e *core.Event) {
	switch e.Type {
	case core.Enter, core.Evasive, core.Silent, core.Exit:
		n.cfg.Log.Debug(e.Type.String(), "peer", e.Name, "addr", e.Addr, "cause", e.Cause)
	}
}
