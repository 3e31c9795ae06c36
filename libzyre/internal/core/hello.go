package core

import (
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/groups"
)

// greet says HELLO on a connection that is new (ZRE/2, HELLO). It names the
// address of ours that routes to the peer, so that a host with several networks
// is reachable on each.
func (c *Core) greet(p *peer) {
	remote, _, _ := parseEndpoint(p.endpoint)
	c.out = zre.Message{
		ID:       zre.IDHello,
		Endpoint: []byte(endpointOf(c.cfg.LocalAddr(remote), c.cfg.Port)),
		Status:   uint8(c.status),
		Name:     []byte(c.cfg.Name),
		Headers:  c.own,
	}
	for _, group := range c.Groups() {
		c.out.Groups = append(c.out.Groups, []byte(group))
	}
	for _, waiting := range p.waiting { // joins and leaves: HELLO says it all
		waiting.done(nil)
	}
	p.waiting = nil
	p.dropPings()
	p.sent, p.proven, p.full = 0, false, false
	p.owed++
	c.send(p, nil)
}

// regreet begins the connection anew at the next endpoint.
func (c *Core) regreet(at time.Time, p *peer) {
	p.turn()
	p.tried, p.refused = at, false
	if err := c.net.Connect(p.id, p.endpoint); err != nil {
		c.stats.Refused++
		return
	}
	c.greet(p)
}

// hello takes a peer's HELLO: its life begins.
func (c *Core) hello(now time.Time, id ID, addr netip.Addr) {
	at := c.clock.at(now)
	endpoint, other, ok := c.whereIs(addr)
	if !ok || c.in.Sequence != 1 || !fitGroups(c.in.Groups) {
		c.stats.Malformed++
		return
	}
	if c.ours(endpoint) || !c.evict(now, id, endpoint, addr) {
		c.stats.Unexpected++
		return
	}

	p := c.peers[id]
	switch {
	case p == nil:
		if p = c.meet(now, id, endpoint, other); p == nil {
			return
		}
		p.owed = 0 // ours was the answer
	case p.ready && p.owed > 0 && at.Sub(p.made) < 2*c.grace:
		// This answers a HELLO of ours: answering it once more would go on for
		// ever.
		c.groups.Remove(id)
		c.tell(now, p, Event{Type: Exit, Cause: ErrRestarted})
		p.owed--
		p.asks = 0 // it asked in its old life
	case p.ready:
		c.exit(now, p, ErrRestarted)
		if p = c.meet(now, id, endpoint, other); p == nil {
			return
		}
	default:
		p.owed--
		p.remember(endpoint)
		p.remember(other)
	}
	if !p.ready {
		p.ready = true
		c.ready++
	}
	p.made = at
	p.received, p.status = 1, groups.Status(c.in.Status)
	p.quiet, p.doubt = alive, nil
	p.seen, p.here = at, at
	c.takeHeaders(p)
	c.tell(now, p, Event{Type: Enter, Headers: p.headers})
	for _, name := range c.in.Groups {
		if group := string(name); c.groups.Join(id, group) {
			c.tell(now, p, Event{Type: Join, Group: group})
		}
	}
	if p.endpoint != endpoint { // both may be right
		c.check(now, p, errMoved, c.cfg.Evasive)
	}
	c.due(p)
}

// whereIs says where to connect to who said HELLO: what it says itself, or where
// it said so from. A host that does not know its own address is found by the
// latter, one behind a relay by the former; both are remembered.
func (c *Core) whereIs(addr netip.Addr) (endpoint, other string, ok bool) {
	host, port, ok := parseEndpoint(string(c.in.Endpoint))
	addr = addr.Unmap()
	if !ok || !host.IsValid() && !addr.IsValid() {
		return "", "", false
	}
	switch {
	case !host.IsValid() || addr.IsValid() && host.IsLoopback() && !addr.IsLoopback():
		return endpointOf(addr, port), "", true
	case !addr.IsValid() || addr == host:
		return endpointOf(host, port), "", true
	}
	return endpointOf(host, port), endpointOf(addr, port), true
}

// ours reports whether an endpoint is our own.
func (c *Core) ours(endpoint string) bool {
	host, port, _ := parseEndpoint(endpoint)
	return port == c.cfg.Port && c.cfg.LocalAddr(host) == host
}

// evict ends the life of who was at an endpoint before (port reuse). It is
// believed at once only when the newcomer speaks from that very address; else the
// other one is asked, and the newcomer has to come again. False means that.
func (c *Core) evict(now time.Time, id ID, endpoint string, addr netip.Addr) bool {
	host, _, _ := parseEndpoint(endpoint)
	for _, other := range c.order {
		switch {
		case other.id == id || other.endpoint != endpoint:
		case other.ready && addr.IsValid() && addr.Unmap() != host:
			c.check(now, other, ErrReplaced, c.grace)
			return false
		default:
			c.exit(now, other, ErrReplaced)
			return true
		}
	}
	return true
}

// fitGroups says whether groups are as few, and their names as long, as JOIN
// could have made them.
func fitGroups(groups [][]byte) bool {
	for _, group := range groups {
		if len(group) == 0 || len(group) > maxName {
			return false
		}
	}
	return len(groups) <= maxGroups
}
