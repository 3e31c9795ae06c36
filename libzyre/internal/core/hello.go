package core

import (
	"net/netip"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/groups"
)

// greet says HELLO on a connection that is new (ZRE/2, HELLO). It names the
// address of ours that routes to the peer, so that a host with several networks
// is reachable on each.
func (c *Core) greet(p *peer) {
	endpoint := c.cfg.Advertise
	if endpoint == "" {
		endpoint = endpointOf(p.local, c.cfg.Port)
	}
	c.out = zre.Message{
		ID:       zre.IDHello,
		Endpoint: []byte(endpoint),
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
	p.waiting, p.paced = nil, false
	p.dropPings()
	p.sent, p.proven, p.full, p.up = 0, false, false, false
	p.stood, p.departed, p.broke, p.told = false, false, false, false
	p.owed++
	c.send(p, nil)
}

// regreet begins the connection anew at the next endpoint.
func (c *Core) regreet(at moment, p *peer) {
	if len(p.others) > 0 {
		c.turn(p)
	}
	p.tried, p.refused = at, false
	if err := c.net.Connect(p.id, p.endpoint); err != nil {
		c.stats.Refused++
		return
	}
	c.greet(p)
}

// hasMoved says that a peer speaks from another address of the same network than it was greeted at, and has not heard that yet.
func (c *Core) hasMoved(p *peer, endpoint string) bool {
	host, _, _ := parseEndpoint(endpoint)
	return p.up && host.IsValid() && c.net.Unacknowledged(p.id) > 0 && c.cfg.LocalAddr(host) == p.local
}

// deaf says that nothing of what a peer was told since HELLO was heard where we think it is.
func (c *Core) deaf(p *peer) bool {
	return c.tells && !p.stood || p.up && c.net.Unacknowledged(p.id) >= leastUnheard
}

// follow notes where a peer says HELLO from. Where ours went elsewhere, and nobody heard it, or was lost with its connection, it is said there.
func (c *Core) follow(p *peer, endpoint, other string) {
	p.remember(endpoint)
	p.remember(other)
	if p.broke || c.deaf(p) && (p.departed || p.endpoint != endpoint) || p.endpoint != endpoint && c.hasMoved(p, endpoint) {
		c.goTo(p, endpoint)
		if c.net.Connect(p.id, endpoint) == nil {
			c.greet(p)
			p.owed--
		}
	}
}

// askAgain: a greeted peer seems to take us for one that knows it. We have forgotten what it said, and it took our HELLO for the answer; or
// what we hear is old. That it answers a ping shows it: then a second HELLO makes it say its own again.
func (c *Core) askAgain(now time.Time, p *peer, said zre.ID) {
	at := c.clock.at(now)
	if said != zre.IDPingOK || len(p.pings) == 0 {
		unheard := c.net.Unacknowledged(p.id)
		late := at.Sub(max(p.tried, p.risen)) >= c.grace && (unheard < 0 || unheard == 0 && p.up) // it should have our HELLO
		if late && len(p.pings) == 0 {
			c.ping(now, p, ping{})
		}
		return
	}
	p.tried = at
	if err := c.net.Connect(p.id, p.endpoint); err != nil {
		c.stats.Refused++
		return
	}
	c.greet(p)
	c.due(p)
}

// hello takes a peer's HELLO: its life begins.
func (c *Core) hello(now time.Time, id ID, addr netip.Addr, frames [][]byte) {
	at := c.clock.at(now)
	endpoint, other, ok := c.whereIs(id, addr)
	if !ok || c.in.Sequence != 1 || !c.fits() {
		c.stats.Malformed++
		return
	}
	if c.ours(endpoint) {
		c.stats.Unexpected++
		return
	}
	if other := c.evict(now, id, endpoint, addr); other != nil {
		c.stats.Unexpected++
		c.await(now, other, id, addr, frames)
		return
	}

	p := c.peers[id]
	if p != nil && p.isAt(endpoint) {
		endpoint = p.endpoint
	}
	switch {
	case p == nil:
		if p = c.adopt(now, id, endpoint, addr); p == nil {
			p = c.meet(now, id, endpoint, other)
		}
		if p == nil {
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
		c.follow(p, endpoint, other)
	case p.ready:
		c.exit(now, p, ErrRestarted)
		if p = c.meet(now, id, endpoint, other); p == nil {
			return
		}
	default:
		p.owed--
		c.follow(p, endpoint, other)
	}
	if !p.ready {
		c.becomeReady(p)
	}
	p.made = at
	p.received, p.status = 1, groups.Status(c.in.Status)
	p.quiet, p.doubt = alive, nil
	if p.seen = at; p.endpoint == endpoint {
		p.here = at
	}
	c.takeHeaders(p)
	for _, group := range c.in.Groups {
		c.groups.Join(id, string(group))
	}
	c.enter(now, p)
	if p.endpoint != endpoint { // both may be right
		c.check(now, p, errMoved, 2*c.grace)
	}
	c.due(p)
}

// whereIs says where to connect to who said HELLO: where it said so from, at the
// port that it names. What else it names is followed only where its own beacon named it too, or we were
// told to: anybody could aim us at a third. Where the transport does not know the address, we have its word.
func (c *Core) whereIs(id ID, addr netip.Addr) (endpoint, other string, ok bool) {
	host, port, ok := parseEndpoint(string(c.in.Endpoint))
	addr = addr.Unmap()
	if !ok || !host.IsValid() && !addr.IsValid() {
		return "", "", false
	}
	from, named := endpointOf(addr, port), endpointOf(host, port)
	switch {
	case !addr.IsValid():
		return named, "", true
	case !host.IsValid() || addr == host || host.IsLoopback() && !addr.IsLoopback():
		return from, "", true
	case c.cfg.AnyEndpoint || c.announced(id, named):
		return named, from, true
	}
	c.stats.Elsewhere++
	return from, "", true
}

// announced says whether a peer was heard of at an endpoint before.
func (c *Core) announced(id ID, endpoint string) bool {
	p := c.peers[id]
	return p != nil && (p.endpoint == endpoint || slices.Contains(p.others, endpoint))
}

// ours reports whether an endpoint is our own.
func (c *Core) ours(endpoint string) bool {
	host, port, _ := parseEndpoint(endpoint)
	return port == c.cfg.Port && c.cfg.LocalAddr(host) == host
}

// evict ends the life of who was at an endpoint before (port reuse). It is
// believed at once only when the newcomer speaks from that very address, and no connection stands; else the
// other one is asked, and returned: the newcomer has to wait.
func (c *Core) evict(now time.Time, id ID, endpoint string, addr netip.Addr) *peer {
	other := c.places.peers[endpoint]
	if other == nil || other.id == id {
		return nil
	}
	stranger := addr.IsValid() && addr.Unmap() != other.host
	if other.up || other.ready && (stranger || c.isComing(other.id)) {
		c.check(now, other, ErrReplaced, c.grace)
		return other
	}
	c.exit(now, other, ErrReplaced)
	return nil
}

// fits says whether a HELLO's groups are as few, and their names as long, as JOIN
// could have made them, and both within their limits: of one peer, and of all.
func (c *Core) fits() bool {
	for _, group := range c.in.Groups {
		if len(group) == 0 || len(group) > maxName {
			return false
		}
	}
	octets := c.helloOctets()
	return len(c.in.Groups) <= c.cfg.Limits.Groups && c.holds(octets, octets)
}

// holds says whether a peer may have so much, which is so much more than it had.
func (c *Core) holds(octets, more int) bool {
	return octets <= c.cfg.Limits.HeaderOctets && c.held+more <= manyHeaders*c.cfg.Limits.HeaderOctets
}

// helloOctets is what the headers and groups of a HELLO cost.
func (c *Core) helloOctets() (octets int) {
	for _, h := range c.in.Headers {
		octets += HeaderOverhead + len(h.Key) + len(h.Value)
	}
	for _, group := range c.in.Groups {
		octets += HeaderOverhead + len(group)
	}
	return octets
}
