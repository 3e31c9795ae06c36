package core

import "time"

const (
	betweenLooks = 1500 * time.Millisecond
	overdue      = 6500 * time.Millisecond // TCP has tried six times, and there is another way
)

// talkedTo notes that something was said to a peer.
func (c *Core) talkedTo(p *peer) {
	if p.talked {
		return
	}
	p.talked = true
	if c.talked = append(c.talked, p); len(c.talked) == 1 {
		c.talkedAt = c.clock.last.Add(betweenLooks)
		c.wake(c.talkedAt)
	}
}

// lookAtTalk looks whether what was said was acknowledged. A connection on which nothing was for Expired, though the peer is heard, is lost
// somewhere on the way: it is made anew, and the peer will notice what it missed. Where there is another way, that is taken sooner.
func (c *Core) lookAtTalk(now time.Time) {
	if len(c.talked) == 0 || now.Before(c.talkedAt) {
		return
	}
	kept, late := c.talked[:0], []*peer(nil)
	for _, p := range c.talked {
		if c.peers[p.id] != p {
			continue
		}
		unheard := c.net.Unacknowledged(p.id)
		if p.talked = unheard > 0 || unheard == 0 && !p.ready && p.up; !p.talked { // who is ready only later is looked at then
			c.learn(p)
			continue
		}
		kept = append(kept, p)
		switch {
		case !p.ready || p.quiet != alive:
		case unheard >= overdue && len(p.others) > 0:
			late = append(late, p)
		case unheard >= c.cfg.Expired:
			c.redial(now, p)
		}
	}
	clear(c.talked[len(kept):])
	c.talked, c.talkedAt = kept, now.Add(betweenLooks)
	for _, p := range late {
		c.tryElsewhere(now, p)
	}
}
