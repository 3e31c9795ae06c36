package core

import (
	"crypto/sha256"
	"encoding/binary"
	"net/netip"
	"strings"
	"time"
)

// untold is how long a transport may say nothing about a connection before we take it for one that never does.
const untold = 2 * time.Second

// static is an endpoint of the configuration, tried until somebody is there. Who that is shows its identity, or its HELLO:
// until then the connection has a key of its own.
type static struct {
	endpoint string
	host     netip.Addr // where that is; invalid for a name, until it was found
	key      ID
	holder   ID        // who is there; zero: nobody yet
	dialled  bool      // there is a connection under key
	greeted  bool      // and HELLO was said on it
	due      time.Time // when there is something to do; zero: never
}

// newStatic makes one. Its key is no UUID that anybody has.
func newStatic(own ID, number int, endpoint string) *static {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(own[:], uint64(number)))
	host, _, _ := parseEndpoint(endpoint)
	return &static{endpoint: endpoint, host: host, key: ID(sum[:16])}
}

// staticOf finds one by its key.
func (c *Core) staticOf(key ID) *static {
	for _, s := range c.statics {
		if s.key == key {
			return s
		}
	}
	return nil
}

// tryStatics does what is due for static peers.
func (c *Core) tryStatics(now time.Time) {
	for _, s := range c.statics {
		switch {
		case s.holder != ID{} || now.Before(s.due):
		case s.due.IsZero() && s.dialled: // the transport will tell
		case s.dialled && !s.greeted: // it tells nothing so far, or never does
			c.greetStatic(now, s)
		case s.dialled: // nobody answered
			c.net.Disconnect(s.key)
			fallthrough
		default:
			c.dialStatic(now, s)
		}
	}
	c.wakeStatics()
}

// wakeStatics makes Next early enough for them.
func (c *Core) wakeStatics() {
	for _, s := range c.statics {
		if (s.holder == ID{}) && !s.due.IsZero() {
			c.wake(s.due)
		}
	}
}

func (c *Core) dialStatic(now time.Time, s *static) {
	if p := c.places.peers[s.endpoint]; p != nil {
		s.holder = p.id
		return
	}
	s.due = now.Add(untold)
	if err := c.net.ConnectAny(s.key, s.endpoint); err != nil {
		c.stats.Refused++
		return
	}
	s.dialled, s.greeted = true, false
}

// greetStatic says HELLO to whoever is there. The transport goes on trying by itself.
func (c *Core) greetStatic(now time.Time, s *static) {
	stranger := &peer{id: s.key, endpoint: s.endpoint, host: s.host}
	stranger.local = c.localTo(stranger)
	c.greet(stranger)
	s.greeted, s.due = true, now.Add(2*c.cfg.Evasive)
	c.wake(s.due)
}

// upStatic: its connection stands; who is there may be known.
func (c *Core) upStatic(now time.Time, s *static, identity ID) {
	greeted := s.greeted
	switch {
	case identity == ID{}:
		if !greeted {
			c.greetStatic(now, s)
		}
	case identity == c.cfg.ID || c.peers[identity] != nil:
		c.net.Disconnect(s.key)
		s.holder, s.dialled = identity, false
	default:
		if p := c.holdStatic(now, s, identity); p != nil {
			if p.sent, p.owed = 1, 1; !greeted {
				p.owed = 0
				c.greet(p)
			}
			p.up, p.stood, p.risen = true, true, c.clock.at(now)
			c.found(p, s.host)
			c.due(p)
		}
	}
}

// down: the connection broke before anybody answered, or was not there at all. It is being made again, and then told.
func (s *static) down() { s.greeted, s.due = false, time.Time{} }

// holdStatic makes who is there a peer.
func (c *Core) holdStatic(now time.Time, s *static, id ID) *peer {
	if c.net.Rename(s.key, id) != nil {
		s.dialled, s.due = false, now.Add(untold)
		return nil
	}
	s.holder, s.dialled, s.due = id, false, time.Time{}
	return c.newPeer(now, id, s.endpoint)
}

// adopt: an unknown peer says HELLO that answers ours to a static peer. It is connected to already. Where its port is another one,
// somebody forwards it; where its address is a name that nobody has looked up for us, its port has to do.
func (c *Core) adopt(now time.Time, id ID, endpoint string, addr netip.Addr) *peer {
	var found *static
	for _, s := range c.statics {
		if !s.dialled || !s.greeted {
			continue
		}
		if s.endpoint == endpoint {
			found = s
			break
		}
		if found == nil && (s.host.IsValid() && s.host == addr.Unmap() || !c.tells && !s.host.IsValid() && strings.HasSuffix(s.endpoint, endpoint[strings.LastIndexByte(endpoint, ':'):])) {
			found = s
		}
	}
	if found == nil {
		return nil
	}
	p := c.holdStatic(now, found, id)
	if p != nil {
		p.sent = 1
		c.due(p)
	}
	return p
}

// leaveStatic: where a peer was somebody may come again.
func (c *Core) leaveStatic(now time.Time, p *peer) {
	for _, s := range c.statics {
		if s.holder == p.id {
			s.holder, s.dialled, s.due = ID{}, false, now.Add(c.grace)
			c.wake(s.due)
		}
	}
}
