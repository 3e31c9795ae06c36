package core

import (
	"net/netip"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
)

// enter has a peer say HELLO, from address n and with headers of so many octets, and reports whether it was let in.
func enter(c *Core, now time.Time, id ID, n, headers int) bool {
	m := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte(endpointOf(from(n), 1+uint16(id[3])+uint16(id[2])<<8))}
	if headers > 0 {
		m.Headers = []wire.Pair{{Key: []byte("X"), Value: make([]byte, headers-HeaderOverhead-1)}}
	}
	head, _ := m.Append(nil)
	before := c.Ready()
	c.Message(now, id, from(n), [][]byte{head})
	return c.Ready() > before
}

func TestLimits(t *testing.T) {
	limited := func(limits Limits) *Core {
		c := lonely()
		c.cfg.Limits = limits.withDefaults()
		return c
	}
	c := limited(Limits{Peers: 10})
	for i := range 11 {
		if let := enter(c, birth, uuidOf(i), i, 0); let != (i < 10) {
			t.Errorf("of 10 peers in all, number %d was let in: %v", i, let)
		}
	}
	if c.Stats().TooMany != 1 {
		t.Errorf("%+v", c.Stats())
	}

	c = limited(Limits{PeersPerAddress: 10})
	for i := range 11 {
		if let := enter(c, birth, uuidOf(i), 1, 0); let != (i < 10) {
			t.Errorf("of 10 peers of one address, number %d was let in: %v", i, let)
		}
	}
	if !enter(c, birth, uuidOf(12), 2, 0) || c.Stats().TooManyThere != 1 {
		t.Errorf("one of another address was not let in: %+v", c.Stats())
	}

	c = limited(Limits{NewPeers: 10})
	for i := range 21 { // a burst of two seconds' worth
		if let := enter(c, birth, uuidOf(i), i, 0); let != (i < 20) {
			t.Errorf("of 20 peers at once, number %d was let in: %v", i, let)
		}
	}
	if c.Stats().TooFast != 1 || !enter(c, birth.Add(100*time.Millisecond), uuidOf(21), 21, 0) || enter(c, birth.Add(150*time.Millisecond), uuidOf(22), 22, 0) {
		t.Errorf("after 100 ms not just one more was let in: %+v", c.Stats())
	}

	c = limited(Limits{HeaderOctets: 1000, NewPeers: 1000})
	for i := range manyHeaders + 1 {
		if let := enter(c, birth, uuidOf(i), i, 1000); let != (i < manyHeaders) {
			t.Errorf("of %d peers with much in their headers, number %d was let in: %v", manyHeaders, i, let)
		}
	}
	c.exit(birth, c.peers[uuidOf(0)], ErrGoodbye)
	if enter(c, birth, uuidOf(100), 100, 1001) || !enter(c, birth, uuidOf(100), 100, 1000) {
		t.Error("the place of one that left was not free, or too much fitted")
	}
}

// A flood of beacons from one address leaves room for newcomers of others; and one from everywhere only delays them.
func TestGreetingUnderFlood(t *testing.T) {
	c := lonely()
	now, forged := birth, 0
	flood := func(addr func() netip.Addr) {
		for range 1000 {
			forged++
			c.Beacon(now, addr(), AppendBeacon(nil, uuidOf(forged), uint16(forged)|1))
		}
		now = now.Add(100 * time.Millisecond)
	}
	for range 50 {
		flood(func() netip.Addr { return from(1) })
	}
	if c.Beacon(now, from(2), AppendBeacon(nil, named("A"), 49152)); c.peers[named("A")] == nil {
		t.Errorf("a newcomer is not greeted while another address floods: %+v", c.Stats())
	}
	for range 5 { // the places are full of those that are not a second old
		flood(func() netip.Addr { return from(100 + forged) })
	}
	now = now.Add(time.Second)
	if c.Beacon(now, from(3), AppendBeacon(nil, named("B"), 49152)); c.peers[named("B")] == nil {
		t.Errorf("nobody made room for a newcomer: %+v", c.Stats())
	}
}
