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
	addr     netip.Addr
	messages [][][]byte
	octets   int
	until    time.Time
}

// await keeps the HELLO of a newcomer until the peer is gone.
func (c *Core) await(now time.Time, p *peer, id ID, addr netip.Addr, hello [][]byte) {
	c.dismiss(p)
	if len(c.newcomers) < maxNewcomers && len(hello[0]) <= maxAwaited {
		p.next = &newcomer{id: id, addr: addr, until: now.Add(2 * c.cfg.Evasive)}
		c.newcomers[id] = p.next
		p.next.keep(hello)
	}
}

func (n *newcomer) keep(message [][]byte) {
	for _, frame := range message {
		n.octets += len(frame)
	}
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
	if n == nil || now.After(n.until) || n.octets > maxAwaited || len(n.messages) > maxAwaited/64 {
		return false
	}
	n.keep(message)
	return true
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
		if now.After(n.until) || n.octets > maxAwaited {
			continue
		}
		for _, message := range n.messages {
			c.Message(now, n.id, n.addr, message)
		}
	}
	c.waiting = nil
}
