package core

import "time"

const betweenLooks = 5 * time.Second

// talkedTo notes that something was said to a peer.
func (c *Core) talkedTo(p *peer) {
	if !p.talked {
		p.talked = true
		c.talked = append(c.talked, p)
	}
}

// lookAtTalk looks whether what was said was acknowledged. A connection on which nothing was for Expired, though the peer is heard, is lost
// somewhere on the way: it is made anew, and the peer will notice what it missed.
func (c *Core) lookAtTalk(now time.Time) {
	if len(c.talked) == 0 || now.Before(c.talkedAt) {
		return
	}
	kept := c.talked[:0]
	for _, p := range c.talked {
		if c.peers[p.id] != p {
			continue
		}
		unheard := c.net.Unacknowledged(p.id)
		if p.talked = unheard > 0; !p.talked {
			continue
		}
		if unheard >= c.cfg.Expired && p.ready && p.quiet == alive {
			c.redial(now, p)
		}
		kept = append(kept, p)
	}
	clear(c.talked[len(kept):])
	c.talked, c.talkedAt = kept, now.Add(betweenLooks)
}
