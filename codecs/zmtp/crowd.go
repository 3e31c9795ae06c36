package zmtp

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
)

// errFullHouse: no more connections are admitted.
var errFullHouse = errors.New("zmtp: there are too many connections, in all or from that address")

// crowd counts the admitted connections to the listeners of a set, and bounds them.
type crowd struct {
	most, mostPerAddr int
	turnedAway        atomic.Uint64

	mu      sync.Mutex
	all     int
	perAddr map[netip.Addr]int
}

// enter counts another connection from that address, if there may be one. Connections within the machine have no address: only their
// number in all is bounded.
func (c *crowd) enter(addr netip.Addr) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all >= c.most || addr.IsValid() && c.perAddr[addr] >= c.mostPerAddr {
		c.turnedAway.Add(1)
		return errFullHouse
	}
	c.all++
	if c.perAddr == nil {
		c.perAddr = map[netip.Addr]int{}
	}
	c.perAddr[addr]++
	return nil
}

func (c *crowd) leave(addr netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all--
	if c.perAddr[addr]--; c.perAddr[addr] == 0 {
		delete(c.perAddr, addr)
	}
}

func (c *crowd) size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}
