package core

import "net/netip"

// places is who is where: the endpoints that we are connected to.
type places struct {
	peers map[string]*peer
	hosts map[netip.Addr]int // how many peers an address has
}

func newPlaces() places {
	return places{make(map[string]*peer), make(map[netip.Addr]int)}
}

// at is how many peers are at the host of an endpoint.
func (s *places) at(endpoint string) int {
	host, _, _ := parseEndpoint(endpoint)
	return s.hosts[host]
}

func (s *places) add(p *peer) {
	s.peers[p.endpoint] = p
	s.hosts[p.host]++
}

func (s *places) remove(p *peer) {
	if s.peers[p.endpoint] == p {
		delete(s.peers, p.endpoint)
	}
	if s.hosts[p.host]--; s.hosts[p.host] <= 0 {
		delete(s.hosts, p.host)
	}
}

// settle puts a peer at an endpoint.
func (c *Core) settle(p *peer, endpoint string) {
	if p.endpoint != "" {
		c.places.remove(p)
	}
	p.endpoint = endpoint
	p.host, _, _ = parseEndpoint(endpoint)
	c.places.add(p)
	p.local = c.localTo(p)
}

// localTo is the address of ours that routes to a peer; 0.0.0.0 where none does.
func (c *Core) localTo(p *peer) netip.Addr {
	if !p.host.IsValid() { // a name of the configuration
		return netip.IPv4Unspecified()
	}
	return c.cfg.LocalAddr(p.host)
}
