package core

import (
	"net/netip"
	"time"
)

// Bounds of what is kept of newcomers.
const (
	maxNewcomers = 64
	maxAwaited   = 64 << 10 // octets of messages of one
)

// newcomer is who said HELLO from the endpoint of a peer that is asked whether it is still there. It will not say it again; what it says
// meanwhile is kept.
type newcomer struct {
	id       ID
	peer     *peer // whose endpoint it is
	addr     netip.Addr
	messages [][][]byte
	octets   int
	missed   bool // some of what it said was too much
	until    moment
}

// await keeps the HELLO of a newcomer until the peer is gone.
func (c *Core) await(now time.Time, p *peer, id ID, addr netip.Addr, hello [][]byte) {
	c.dismiss(p)
	if old := c.newcomers[id]; old != nil {
		c.dismiss(old.peer)
	}
	if len(c.newcomers) < maxNewcomers {
		p.next = &newcomer{id: id, peer: p, addr: addr, until: c.clock.at(now).Add(2 * c.cfg.Evasive)}
		c.newcomers[id] = p.next
		p.next.keep(hello)
	}
}

// keep keeps a message, if it is not too much.
func (n *newcomer) keep(message [][]byte) {
	octets := 64
	for _, frame := range message {
		octets += 24 + len(frame)
	}
	if n.octets+octets > maxAwaited {
		n.missed = true
		return
	}
	n.octets += octets
	n.messages = append(n.messages, message)
}

// dismiss forgets the newcomer at a peer's endpoint.
func (c *Core) dismiss(p *peer) {
	if p.next != nil {
		delete(c.newcomers, p.next.id)
		p.next = nil
	}
}

// keeps says whether a message was kept because it is of a newcomer.
func (c *Core) keeps(now time.Time, id ID, message [][]byte) bool {
	n := c.newcomers[id]
	if n == nil || c.clock.at(now).After(n.until) || n.missed {
		return false
	}
	n.keep(message)
	return !n.missed
}

// dismissLate forgets those whose predecessors live on.
func (c *Core) dismissLate(at moment) {
	for _, n := range c.newcomers {
		if at.After(n.until) && n.peer.next == n {
			c.dismiss(n.peer)
		}
	}
}

// letIn has the newcomer at the endpoint of a peer that is gone heard with the next Tick, which is due at once.
func (c *Core) letIn(now time.Time, p *peer) {
	if p.next != nil {
		c.waiting = append(c.waiting, p.next)
		p.next = nil
		c.wake(now)
	}
}

// hearNewcomers takes what they said.
func (c *Core) hearNewcomers(now time.Time) {
	for len(c.waiting) > 0 {
		n := c.waiting[0]
		c.waiting = c.waiting[1:]
		delete(c.newcomers, n.id)
		if c.clock.at(now).After(n.until) || n.missed {
			continue
		}
		for _, message := range n.messages {
			c.Message(now, n.id, n.addr, message)
		}
	}
	c.waiting = nil
}
