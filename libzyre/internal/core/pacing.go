package core

import (
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
)

// JOIN and LEAVE go to all peers: on a radio as many frames one after the other as there are peers, so many go at once and the
// others a little later. Whoever changes several groups in a row then costs one packet a peer.
const (
	atOnce    = 64
	betweenIt = 50 * time.Millisecond
)

// postpone lets a message wait for the peer's turn.
func (c *Core) postpone(now time.Time, p *peer, m zre.Message, call *Call) {
	c.wait(now, p, m, call)
	if !p.paced {
		p.paced = true
		c.paced = append(c.paced, p)
	}
	if c.paceAt.IsZero() {
		c.paceAt = now.Add(betweenIt)
		c.wake(c.paceAt)
	}
}

// takeTurns sends what was postponed for the peers whose turn it is.
func (c *Core) takeTurns(now time.Time) {
	if c.paceAt.IsZero() || now.Before(c.paceAt) {
		return
	}
	count := min(atOnce, len(c.paced))
	for _, p := range c.paced[:count] {
		if p.paced && c.peers[p.id] == p {
			c.flush(p)
		}
	}
	clear(c.paced[:count])
	c.paced, c.paceAt = c.paced[count:], now.Add(betweenIt)
	if len(c.paced) == 0 {
		c.paced, c.paceAt = nil, time.Time{}
	}
}

// flush sends what waits for a peer, as far as there is room.
func (c *Core) flush(p *peer) {
	p.paced = false
	for len(p.waiting) > 0 && !p.full {
		first := p.waiting[0]
		c.out = first.message
		if !c.send(p, first.message.Content) {
			return
		}
		p.waiting = p.waiting[1:]
		first.done(nil)
	}
}
