package core

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// BeaconSize is the octets of a beacon: "ZRE", version 1, UUID, port (ZRE-DISC).
const BeaconSize = 22

const beaconHead = "ZRE\x01"

// AppendBeacon appends a beacon. Port 0 says goodbye.
func AppendBeacon(dst []byte, id ID, port uint16) []byte {
	dst = append(dst, beaconHead...)
	dst = append(dst, id[:]...)
	return binary.BigEndian.AppendUint16(dst, port)
}

// ParseBeacon reads a beacon; anything that is not exactly one is none.
func ParseBeacon(data []byte) (id ID, port uint16, ok bool) {
	if len(data) != BeaconSize || string(data[:4]) != beaconHead {
		return id, 0, false
	}
	return ID(data[4:20]), binary.BigEndian.Uint16(data[20:]), true
}

// Beacon takes a datagram of the discovery port and where it came from.
// Anybody can send one: it can make us look, and never ends a life. It returns false
// when it was no news: then there are no Events, and Next is what it was.
func (c *Core) Beacon(now time.Time, addr netip.Addr, data []byte) (news bool) {
	id, port, ok := ParseBeacon(data)
	addr = addr.Unmap()
	switch {
	case !ok || !addr.IsValid():
		c.stats.BadBeacons++
		return false
	case id == c.cfg.ID || c.staticOf(id) != nil:
		return false
	}
	p := c.table.find(id)
	if port == 0 {
		c.goodbyeBeacon(now, p)
		return true
	}
	if p != nil && port == p.port && addr.Is4() && addr.As4() == p.v4 && p.content() {
		p.seen = c.clock.at(now)
		p.here = p.seen
		if !p.full && !p.paced && c.clock.since.IsZero() { // so that it is not looked at in vain
			c.looks[p.index] = p.seen.Add(min(c.cfg.Evasive, c.Pace()*7/2) + c.clock.lag)
		}
		return false
	}
	endpoint := endpointOf(addr, port)
	if p == nil {
		c.newBeacon(now, id, endpoint)
		return true
	}
	c.alive(now, p)
	if addr == p.host && port == p.port {
		endpoint = p.endpoint // which may be a name
	}
	switch endpoint {
	case p.endpoint:
		p.here, p.thrice = p.seen, 0
	case p.there:
		p.thrice = min(p.thrice+1, 3)
	default:
		p.there, p.thrice = endpoint, 1
	}
	if p.doubt == ErrGoodbye || p.doubt == ErrReplaced && endpoint == p.endpoint {
		p.doubt = nil // it still announces itself
	}
	if p.redialed {
		c.check(now, p, errMoved, c.cfg.Evasive)
	}
	if endpoint != p.endpoint {
		_, old, _ := parseEndpoint(p.endpoint)
		conflict := p.remember(endpoint) && old != port
		if conflict {
			c.stats.Conflicts++
		}
		if conflict || p.thrice >= 3 {
			c.elsewhere(now, p)
		}
		c.due(p)
	}
	return true
}

// content says that a beacon from where a peer is is no news.
func (p *peer) content() bool {
	return p.ready && p.quiet == alive && p.doubt == nil && !p.redialed && p.thrice == 0
}

// elsewhere: a peer is heard where we are not connected to, and not where we are. It may have moved, or it was not
// the peer that said so: over its own connection we learn which.
func (c *Core) elsewhere(now time.Time, p *peer) {
	if at := c.clock.at(now); at.Sub(p.asked) >= 2*c.grace {
		p.asked = at
		c.check(now, p, errMoved, 2*c.grace)
	}
}

// newBeacon meets who is not yet known, unless somebody else is still there.
func (c *Core) newBeacon(now time.Time, id ID, endpoint string) {
	if other := c.places.peers[endpoint]; other != nil && other.ready {
		c.check(now, other, ErrReplaced, c.grace)
		return
	}
	if c.resting(c.clock.at(now), endpoint) || !c.roomToGreet(now, endpoint) {
		c.stats.Refused++
		return
	}
	if p := c.meet(now, id, endpoint); p != nil {
		c.unheard = append(c.unheard, p)
	}
}

// roomToGreet says whether one more may be greeted that is known from a beacon only. Where they are many, one address gets no more than a
// quarter of the places, and who has not answered for a while makes room.
func (c *Core) roomToGreet(now time.Time, endpoint string) bool {
	if c.greeting() >= maxGreeting/2 && c.places.at(endpoint).greeting >= maxGreeting/4 {
		return false
	}
	for len(c.unheard) > 0 && c.greeting() >= maxGreeting {
		oldest := c.unheard[0]
		if c.peers[oldest.id] == oldest && !oldest.ready {
			if c.clock.at(now).Sub(oldest.made) < c.grace {
				return false
			}
			if !oldest.up { // else its answer is on the way
				c.exit(now, oldest, ErrUnreachable)
			}
		}
		c.unheard = c.unheard[1:]
	}
	if len(c.unheard) >= 2*maxGreeting { // most have answered long ago
		c.unheard = slices.DeleteFunc(c.unheard, func(p *peer) bool { return p.ready || c.peers[p.id] != p })
	}
	return c.greeting() < maxGreeting
}

// greeting counts the peers that have not yet answered.
func (c *Core) greeting() int { return len(c.order) - c.ready }

// goodbyeBeacon does not believe it: a live peer answers a ping or goes on
// announcing itself.
func (c *Core) goodbyeBeacon(now time.Time, p *peer) {
	if p != nil {
		c.check(now, p, ErrGoodbye, c.grace*3/2)
	}
}
