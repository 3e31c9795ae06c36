package sim

import (
	"slices"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
)

// Bounds of the inbox, those of codecs/zsock.
const (
	boxMessages = zsock.DefaultInbox
	boxOctets   = zsock.DefaultInboxOctets
)

func (p *process) boxFull() bool { return p.count >= boxMessages || p.octets >= boxOctets }

// put puts an event into the inbox and has the node look at it soon.
func (p *process) put(e harmony.Event, bounded bool) {
	if p.ended {
		return
	}
	if p.w.traces(e.Peer) {
		p.w.traceEvent(p, &e)
	}
	p.box = append(p.box, e)
	if bounded {
		p.count++
	}
	p.ready()
}

func (p *process) ready() {
	if !p.pending {
		p.pending = true
		p.w.ready = append(p.w.ready, p)
	}
}

// take puts what a connection brought into the inbox.
func (p *process) take(c *conn, m *message) {
	e := harmony.Event{Type: m.what, Peer: p.w.idents[c.ident], Addr: c.src.addr(), Frames: m.frames}
	if m.what == harmony.Departed {
		if p.from(c.ident) == c {
			p.in[c.ident] = nil
		}
		c.to, c.open = nil, false
	}
	p.octets += int(m.octets)
	p.put(e, true)
	p.w.store.free(m)
}

// Take hands over what is in the inbox, which makes room for what waits.
func (p *process) Take(into []harmony.Event) []harmony.Event {
	p.writable()
	taken := p.box
	p.box = clean(into)
	p.count, p.octets = 0, 0
	p.advance()
	return taken
}

// clean empties a batch for use again, but does not keep a very large one.
func clean(b []harmony.Event) []harmony.Event {
	if cap(b) > 64 {
		return nil
	}
	clear(b[:cap(b)])
	return b[:0]
}

// writable ends the ErrFull of links whose Writable is taken now.
func (p *process) writable() {
	for i := range p.box {
		if e := &p.box[i]; e.Type == harmony.Writable {
			if l := p.link(e.Peer); l != nil && l.told {
				l.full, l.told = false, false
			}
		}
	}
}

// TakeNews hands over what happened to our own connections.
func (p *process) TakeNews(into []harmony.Event) []harmony.Event {
	p.writable()
	into = into[:0]
	rest := p.box[:0]
	for _, e := range p.box {
		switch e.Type {
		case harmony.Message, harmony.Arrived, harmony.Departed:
			rest = append(rest, e)
		default:
			into = append(into, e)
		}
	}
	clear(p.box[len(rest):])
	p.box = rest
	return into
}

// advance takes what waits for room, in the order in which connections wait.
func (p *process) advance() {
	for len(p.row) > 0 && !p.stopped() && !p.boxFull() {
		c := p.row[0]
		for c.held.count > 0 && !p.boxFull() {
			p.take(c, c.held.pop())
		}
		if c.held.count > 0 {
			return
		}
		c.waits = false
		p.row = slices.Delete(p.row, 0, 1)
		if l := c.link; l != nil && l.queue.count > 0 {
			l.pump()
		}
	}
}
