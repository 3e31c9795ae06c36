package core

import "net/netip"

// places is who is where: the endpoints that we are connected to.
type places struct {
	peers map[string]*peer
	hosts map[netip.Addr]host
}

// host is how many peers an address has.
type host struct {
	peers    int
	greeting int // of them, that have not yet answered
}

func newPlaces() places {
	return places{make(map[string]*peer), make(map[netip.Addr]host)}
}

// at says how many peers are at the host of an endpoint.
func (s *places) at(endpoint string) host {
	addr, _, _ := parseEndpoint(endpoint)
	return s.hosts[addr]
}

func (s *places) add(p *peer) {
	s.peers[p.endpoint] = p
	s.count(p, 1)
}

func (s *places) remove(p *peer) {
	if s.peers[p.endpoint] == p {
		delete(s.peers, p.endpoint)
	}
	s.count(p, -1)
}

func (s *places) count(p *peer, n int) {
	h := s.hosts[p.host]
	h.peers += n
	if !p.ready {
		h.greeting += n
	}
	if s.hosts[p.host] = h; h.peers == 0 {
		delete(s.hosts, p.host)
	}
}

// settle puts a peer at an endpoint.
func (c *Core) settle(p *peer, endpoint string) {
	if p.endpoint != "" {
		c.places.remove(p)
	}
	p.endpoint = endpoint
	host, port, _ := parseEndpoint(endpoint)
	p.place(host, port)
	c.places.add(p)
	p.local = c.localTo(p)
}

// becomeReady: a peer's HELLO has come.
func (c *Core) becomeReady(p *peer) {
	c.places.count(p, -1)
	p.ready = true
	delete(c.rests, p.endpoint)
	c.places.count(p, 1)
	c.ready++
}

// place notes where an endpoint is.
func (p *peer) place(host netip.Addr, port uint16) {
	p.host, p.port, p.v4 = host, port, [4]byte{}
	if host.Is4() {
		p.v4 = host.As4()
	}
}

// isAt says whether we are connected to an endpoint, which may have a name.
func (p *peer) isAt(endpoint string) bool {
	host, port, _ := parseEndpoint(endpoint)
	return endpoint == p.endpoint || host.IsValid() && host == p.host && port == p.port
}

// found: the name that we are connected to is at an address.
func (c *Core) found(p *peer, addr netip.Addr) {
	if !p.host.IsValid() && addr.IsValid() {
		c.places.count(p, -1)
		p.place(addr.Unmap(), p.port)
		c.places.count(p, 1)
		p.local = c.localTo(p)
	}
}

// localTo is the address of ours that routes to a peer; 0.0.0.0 where none does.
func (c *Core) localTo(p *peer) netip.Addr {
	if !p.host.IsValid() { // a name of the configuration
		return netip.IPv4Unspecified()
	}
	return c.cfg.LocalAddr(p.host)
}
