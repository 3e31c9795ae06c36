package core

import (
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/groups"
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
	if id == c.cfg.ID {
		c.stats.Unexpected++
		return
	}
	command, version := zre.ID(frames[0][2]), frames[0][3]
	if version != 2 || command == zre.IDHello && len(frames[0]) > maxHello {
		c.stats.Malformed++
		return
	}
	bad := c.in.Parse(frames)
	if command == zre.IDHello {
		if bad != nil {
			c.stats.Malformed++
			return
		}
		c.hello(now, id, addr)
		return
	}
	p := c.peers[id]
	if p == nil || !p.ready {
		c.stats.Unexpected++
		return
	}
	sequence := binary.BigEndian.Uint16(frames[0][4:])
	if !follows(sequence, p.received) {
		c.again(now, p, ErrLost)
		return
	}
	p.received = sequence
	c.alive(now, p)
	p.here = p.seen
	if bad != nil {
		c.stats.Malformed++
		return
	}
	c.command(now, p, frames)
}

// follows reports whether a sequence is the next one. Some peers (zyre.js) count
// modulo 65535 and go from 65534 to 0.
func follows(next, before uint16) bool {
	return next == before+1 || next == 0 && before == 65534
}

// command does what a peer that is ready says.
func (c *Core) command(now time.Time, p *peer, frames [][]byte) {
	m := &c.in
	switch m.ID {
	case zre.IDWhisper:
		p.proven, p.redialed = true, false
		c.stats.Received++
		c.tell(now, p, Event{Type: Whisper, Msg: frames[1:]})
	case zre.IDShout:
		p.proven, p.redialed = true, false
		c.stats.Received++
		group := c.groups.Intern(m.Group)
		if !c.groups.In(c.cfg.ID, group) {
			c.stats.Unexpected++ // we have just left it
			return
		}
		c.tell(now, p, Event{Type: Shout, Group: group, Msg: frames[1:]})
	case zre.IDJoin, zre.IDLeave:
		c.membership(now, p)
	case zre.IDPing:
		p.asks = min(p.asks+1, maxPings)
		c.answer(p)
	case zre.IDPingOK:
		c.pong(now, p)
	case zre.IDGoodbye:
		c.exit(now, p, ErrGoodbye)
	default: // ELECT and LEADER: we hold no elections
		c.stats.Unexpected++
	}
}

// membership takes a JOIN or LEAVE, whose status shows whether one was missed.
func (c *Core) membership(now time.Time, p *peer) {
	status := groups.Status(c.in.Status)
	if !status.Follows(p.status) {
		c.again(now, p, ErrLost)
		return
	}
	p.status = status
	group := string(c.in.Group)
	if group == "" {
		c.stats.Malformed++
		return
	}
	if c.in.ID == zre.IDLeave {
		if c.groups.Leave(p.id, group) {
			c.tell(now, p, Event{Type: Leave, Group: group})
		}
		return
	}
	if c.groups.Count(p.id) >= maxGroups {
		c.exit(now, p, ErrMisbehaved)
		return
	}
	if c.groups.Join(p.id, group) {
		c.tell(now, p, Event{Type: Join, Group: group})
	}
}
