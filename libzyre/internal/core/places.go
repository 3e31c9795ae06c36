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
	p.host, p.port, _ = parseEndpoint(endpoint)
	if p.v4 = [4]byte{}; p.host.Is4() {
		p.v4 = p.host.As4()
	}
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

// localTo is the address of ours that routes to a peer; 0.0.0.0 where none does.
func (c *Core) localTo(p *peer) netip.Addr {
	if !p.host.IsValid() { // a name of the configuration
		return netip.IPv4Unspecified()
	}
	return c.cfg.LocalAddr(p.host)
}
