package core

import (
	"net/netip"
	"time"
)

// Up says that a connection of ours is there, and the identity and address of who is at its other end, as far as they are told.
func (c *Core) Up(now time.Time, id, identity ID, addr netip.Addr) {
	c.tells = true
	if s := c.staticOf(id); s != nil {
		if addr.IsValid() {
			s.host = addr.Unmap()
		}
		c.upStatic(now, s, identity)
		return
	}
	p := c.peers[id]
	switch {
	case p == nil:
	case identity != ID{} && identity != id: // its port was free, and the next one has it
		c.exit(now, p, ErrReplaced)
	default:
		p.refused, p.up, p.stood, p.dialled = false, true, true, 0
		p.risen = c.clock.at(now)
		c.found(p, addr)
		if p.doubt == ErrUnreachable {
			p.doubt = nil
		}
	}
}

// Down says that it broke; it is being made again.
func (c *Core) Down(now time.Time, id ID) {
	if s := c.staticOf(id); s != nil {
		s.down()
		return
	}
	if p := c.peers[id]; p != nil {
		p.up, p.dialled = false, c.clock.at(now)
		p.dropPings() // that were on their way
		c.doubtHello(c.clock.at(now), p)
		c.due(p)
		c.check(now, p, ErrUnreachable, c.cfg.Evasive)
	}
}

// doubtHello: our HELLO may be lost with the connection that broke, or went to the process that was there before. Where nothing but that
// was said, and nothing shows that it was heard, it is said anew to who has only just come; to who did not answer yet when it says its own, or later.
func (c *Core) doubtHello(at moment, p *peer) {
	p.broke = !p.ready
	if p.broke || p.proven || p.told || p.redialed || at.Sub(p.tried) < c.grace || at.Sub(p.made) >= 2*c.cfg.Evasive || c.net.Connect(p.id, p.endpoint) != nil {
		return
	}
	p.tried, p.made = at, at
	c.greet(p)
}

// Failed says that an attempt to make it failed; refused: nobody listens there any more.
func (c *Core) Failed(now time.Time, id ID, refused bool) {
	if s := c.staticOf(id); s != nil {
		s.down()
		return
	}
	c.tells = true
	p := c.peers[id]
	switch {
	case p == nil:
	case len(p.others) > 0:
		c.tryElsewhere(now, p)
		if p = c.peers[id]; p != nil && len(p.others) > 0 {
			p.others = p.others[1:] // the one that failed
		}
	case refused && !c.isHeard(now, p):
		c.exit(now, p, ErrUnreachable)
	default:
		// The network may be back before long; or what the peer said before it went is still on its way to us.
		p.refused = refused
		c.check(now, p, ErrUnreachable, c.cfg.Evasive)
		if soon := c.clock.at(now).Add(2 * c.grace); refused && p.doubt == ErrUnreachable && soon.Before(p.doubtBy) {
			p.doubtBy = soon
			c.due(p)
		}
	}
}

// Stranger says that somebody else is where a peer was.
func (c *Core) Stranger(now time.Time, id ID) {
	if p := c.peers[id]; p != nil {
		c.exit(now, p, ErrReplaced)
	}
}

func (c *Core) isComing(id ID) bool { _, ok := c.coming[id]; return ok }

// isHeard says whether more may come of what a peer said before it went: its connection to us stands, and brought something of late.
func (c *Core) isHeard(now time.Time, p *peer) bool {
	return c.isComing(p.id) && c.clock.at(now).Sub(p.seen) < 2*c.grace
}

// Arrived says that a peer's connection to us is there, and from where. Transports that cannot know never say so.
func (c *Core) Arrived(now time.Time, id ID, addr netip.Addr) {
	p := c.peers[id]
	if p == nil {
		if len(c.coming) < c.cfg.Limits.Peers {
			c.coming[id] = struct{}{}
		}
		return
	}
	c.coming[id] = struct{}{}
	if p.doubt == ErrUnreachable && p.up {
		p.doubt = nil
	}
	addr = addr.Unmap()
	_, port, ok := parseEndpoint(p.endpoint)
	if ok && p.ready && addr.IsValid() && addr != p.host && addr.IsLoopback() == p.host.IsLoopback() {
		p.from = endpointOf(addr, port)
		p.remember(p.from)
		if c.clock.at(now).Sub(p.here) > c.grace/4 {
			c.elsewhere(now, p)
		}
	}
}

// Departed says that it has ended, and that everything which came over it was told before. A peer that is still there connects
// again, or has given us up: either is learnt by asking.
func (c *Core) Departed(now time.Time, id ID) {
	delete(c.coming, id)
	p := c.peers[id]
	switch {
	case p == nil:
	case p.refused:
		c.exit(now, p, ErrUnreachable)
	default:
		p.departed = true
		c.check(now, p, ErrUnreachable, c.cfg.Evasive)
	}
}
