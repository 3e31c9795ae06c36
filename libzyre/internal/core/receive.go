package core

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
)

// headSize is the octets that every message of ZRE/2 begins with: signature,
// id, version, sequence.
const headSize = 6

// Message takes a message of a peer and the address that it came from, if that
// is known. The frames are the core's from now on.
func (c *Core) Message(now time.Time, id ID, addr netip.Addr, frames [][]byte) {
	if len(frames) == 0 || len(frames[0]) < headSize || frames[0][0] != 0xAA || frames[0][1] != 0xA1 {
		c.stats.Strangers++
		return
	}
	if id == c.cfg.ID || c.staticOf(id) != nil {
		c.stats.Unexpected++
		return
	}
	number, version := zre.ID(frames[0][2]), frames[0][3]
	if version != 2 || number == zre.IDHello && len(frames[0]) > c.maxHello() {
		c.stats.Malformed++
		return
	}
	bad := c.in.Parse(frames)
	if number == zre.IDHello {
		if bad != nil {
			c.stats.Malformed++
			return
		}
		c.hello(now, id, addr, frames)
		return
	}
	p := c.peers[id]
	if (p == nil || !p.ready) && len(c.newcomers) > 0 && c.keeps(now, id, frames) {
		return
	}
	if p == nil || !p.ready {
		c.stats.Unexpected++
		if p != nil {
			c.askAgain(now, p, number)
		}
		return
	}
	sequence := binary.BigEndian.Uint16(frames[0][4:])
	if isSmall(number) && p.received-sequence < maxPings && bad == nil {
		// It was said over a connection that broke, and is said again.
		c.alive(now, p)
		c.heard = command{c, now, p, frames}
		c.in.Dispatch(&c.heard)
		return
	}
	c.alive(now, p)
	if addr = addr.Unmap(); !addr.IsValid() || addr == p.host {
		p.here = p.seen
	}
	if !follows(sequence, p.received) {
		c.again(now, p, ErrLost)
		return
	}
	p.received = sequence
	if bad != nil {
		c.stats.Malformed++
		return
	}
	c.heard = command{c, now, p, frames}
	c.in.Dispatch(&c.heard)
	c.heard = command{} // it keeps no message alive
}

// maxHello is the octets of the longest HELLO that fits, so that a longer one need not be parsed.
func (c *Core) maxHello() int {
	return c.cfg.Limits.HeaderOctets + c.cfg.Limits.Groups*(maxName+4) + 4*maxName
}

// follows reports whether a sequence is the next one. Some peers (zyre.js) count
// modulo 65535 and go from 65534 to 0.
func follows(next, before uint16) bool {
	return next == before+1 || next == 0 && before == 65534
}
