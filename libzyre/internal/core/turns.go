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
	turn := now.Add(betweenIt * time.Duration(1+len(c.paced)/atOnce))
	c.wait(turn, p, m, call)
	if p.paced = true; !p.listed {
		p.listed = true
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
	for count := 0; count < atOnce && len(c.paced) > 0; c.paced = c.paced[1:] {
		p := c.paced[0]
		c.paced[0], p.listed = nil, false
		if p.paced && c.peers[p.id] == p { // else it had its turn, or is gone
			c.flush(p)
			c.due(p)
			count++
		}
	}
	c.paceAt = now.Add(betweenIt)
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
