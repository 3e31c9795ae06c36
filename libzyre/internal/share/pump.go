package share

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// pump passes on what the client tells, until the peer leaves; then what it has told by then. It ends before, and says so, when the peer brings nothing and
// others wait for its slot.
func (p *peer) pump(client *fmq.Client, pl *place) (gaveUp bool) {
	again := time.NewTicker(askWhere)
	defer again.Stop()
	again.Stop()
	var patient patience
	look := time.NewTicker(p.share.times.look)
	defer look.Stop()
	denied := false
	for {
		select {
		case e, ok := <-client.Events():
			if !ok {
				close(p.drained)
				return false
			}
			switch e.Type {
			case fmq.Connected:
				again.Stop()
				denied = false
			case fmq.Lost:
				p.share.cfg.Log.Debug("a peer's files cannot be had for now", "peer", p.folder(), "cause", e.Cause)
				p.share.queue.putLost(p.id)
				again.Reset(askWhere)
			case fmq.Denied:
				if !denied {
					p.tell(e)
				}
				denied = true
				again.Reset(askDenied)
			default:
				p.tell(e)
			}
			continue
		case <-p.changed:
			p.subscribe(client)
			continue
		case <-again.C:
			p.share.queue.putLost(p.id)
			p.share.mu.Lock()
			client.Connect(p.endpoint) // another attempt where it was denied
			p.share.mu.Unlock()
			continue
		case <-look.C:
			stats := client.Stats()
			if patient.over(p.share.times, stats.Servers > 0, stats.Octets, time.Now()) && p.share.slots.wanted(pl) && p.giveUp(client) {
				return true
			}
			continue
		case <-p.leaving:
		}
		passLast(client.Events(), p.tell)
		close(p.drained)
		return false
	}
}

// times are how long a peer may hold a slot for which others wait.
type times struct {
	look   time.Duration // how often that is looked at, and how long it may take until the peer is connected to
	quiet  time.Duration // how long it may bring less than
	enough uint64        // octets
}

var usual = times{look: 2 * time.Second, quiet: 10 * time.Second, enough: 256 << 10}

// patience is with a peer that has a slot.
type patience struct {
	octets uint64    // that it had brought
	since  time.Time // then; zero: it has not been looked at
}

// over tells whether a peer has brought too little for too long. What it was sending goes on where it stopped, at its next turn.
func (p *patience) over(t times, connected bool, octets uint64, now time.Time) bool {
	if p.since.IsZero() || octets-p.octets >= t.enough {
		p.octets, p.since = octets, now
	}
	return !connected || now.Sub(p.since) >= t.quiet
}

// giveUp lets go of the client, unless the peer has left. Exit does not wait for it any more, so what it has told by then goes before.
func (p *peer) giveUp(client *fmq.Client) bool {
	passLast(client.Events(), p.tell)
	p.share.mu.Lock()
	defer p.share.mu.Unlock()
	select {
	case <-p.leaving:
		return false
	default:
	}
	p.client = nil
	return true
}

// passLast passes on what is in the channel. When the peer knows that a file is here, that is in it, or was: so there is no need to follow a
// client that goes on storing.
func passLast(events <-chan fmq.Event, tell func(fmq.Event)) {
	for range cap(events) {
		select {
		case e, ok := <-events:
			if !ok {
				return
			}
			tell(e)
		default:
			return
		}
	}
}

// tell makes the node's event of a client's.
func (p *peer) tell(e fmq.Event) {
	group, name := split(e.Path)
	switch {
	case errors.Is(e.Cause, fmq.ErrUncovered):
		group, name = "", strings.TrimPrefix(e.Path, "/") // it offers to everybody what looks like a group's, for instance
	case group != "" && !p.share.isIn(group):
		return // the peer has not yet heard that we left
	}
	event := core.Event{Group: group, Cause: e.Cause, File: &core.File{Path: name, Size: e.Size}}
	switch e.Type {
	case fmq.Deliver:
		event.Type, event.File.Local, event.File.Done, event.File.Digest = core.Deliver, e.File, e.Done, slices.Clone(e.Digest)
	case fmq.Progress:
		event.Type, event.File.Local, event.File.Done = core.Progress, filepath.Join(p.share.inbox, p.folder(), filepath.FromSlash(e.Name)), e.Done
	case fmq.Refused, fmq.Blocked, fmq.Denied:
		event.Type = core.Refused
		if e.Type == fmq.Refused {
			p.share.refused.Add(1)
		}
	default:
		return
	}
	p.put(event)
}

func (p *peer) put(e core.Event) {
	e.Peer, e.Time = p.id, time.Now()
	p.share.queue.putInTurn(e, p.leaving)
}
