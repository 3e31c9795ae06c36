package core

import "github.com/zeromq/gozyre/codecs/zre"

// small is what was sent to a peer since all before it was acknowledged, as long as that is PINGs and PING-OKs only: what may be
// unsaid when its connection is given up for another one.
type small struct {
	only  bool   // nothing else was sent
	base  uint16 // the sequence before them
	pongs int    // PING-OKs among them
}

func isSmall(id zre.ID) bool { return id == zre.IDPing || id == zre.IDPingOK }

// sends looks, before a message is sent, what of those before it was acknowledged; noteSent notes it. Nothing is where it
// finds no room.
func (c *Core) sends(p *peer, id zre.ID) (alone bool) { return isSmall(id) && c.learn(p) }

func (p *peer) noteSent(id zre.ID, alone bool) {
	switch {
	case !isSmall(id):
		p.small.only = false
		return
	case alone:
		p.small = small{only: true, base: p.sent}
	}
	if id == zre.IDPingOK {
		p.small.pongs++
	}
}

// takeBack gives up pings whose answers can no longer come in order. Where nothing but such was sent of late, and it was not
// acknowledged, it was not heard: its sequences are used again, so that the peer does not miss them, and what it was owed it still is.
func (c *Core) takeBack(p *peer) {
	if p.small.only && c.net.Unacknowledged(p.id) > 0 {
		p.sent = p.small.base
		p.asks = min(p.asks+p.small.pongs, maxPings)
	}
	p.small = small{}
	p.dropPings()
}
