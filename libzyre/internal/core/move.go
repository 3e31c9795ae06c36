package core

import (
	"slices"
	"time"
)

// condemn: the answer did not come.
func (c *Core) condemn(now time.Time, p *peer) {
	at := c.clock.at(now)
	switch {
	case p.up && !p.refused && c.net.Unacknowledged(p.id) == 0:
		p.doubt = nil // its host has the question: it may just not read, and hearsay condemns nobody
	case p.doubt == ErrUnreachable && p.refused && at.Sub(p.seen) < c.grace:
		p.doubtBy = at.Add(c.grace) // what it said before it went is still coming
	case p.doubt != errMoved:
		c.exit(now, p, p.doubt)
	case len(p.others) == 0:
		p.doubt = nil
	case c.unheardFor(at, p) >= leastUnheard || p.small.only && c.unheardFor(at, p) >= c.grace: // nor was the question heard
		p.doubt = nil
		c.tryElsewhere(now, p)
	case c.unheardFor(at, p) >= c.grace: // what is on its way would be lost, and may only be slow
		p.doubtBy = at.Add(c.grace)
	case at.Sub(p.here) < c.patience(p):
		p.doubt = nil // it was heard from there, and may just not read
	default:
		c.move(now, p)
	}
}

// patience is how long a peer that is heard elsewhere, and does not answer, may not be heard from where it was. At another port there is
// another socket: the old one is gone.
func (c *Core) patience(p *peer) time.Duration {
	_, old, _ := parseEndpoint(p.endpoint)
	if _, port, _ := parseEndpoint(p.others[len(p.others)-1]); port != old {
		return 2 * c.grace
	}
	return c.cfg.Evasive
}

// move begins a peer's life anew at the next of its endpoints.
func (c *Core) move(now time.Time, p *peer) {
	if p.up && c.net.Unacknowledged(p.id) > 0 || c.tells && !p.stood {
		c.renew(now, p)
		return
	}
	c.exit(now, p, ErrMoved)
	endpoint, others := p.another()
	c.meetAgain(now, p.id, endpoint, others...)
}

// renew greets a peer anew that never had our HELLO: its life with us begins only now. What it said itself still holds; it will not
// say it again.
func (c *Core) renew(now time.Time, p *peer) {
	c.turn(p)
	p.up, p.refused, p.doubt, p.owed, p.quiet = false, false, nil, 0, alive
	p.made = c.clock.at(now)
	p.dialled, p.tried = p.made, p.made
	p.giveUp(ErrMoved)
	c.tell(now, p, Event{Type: Exit, Cause: ErrMoved})
	if err := c.net.Connect(p.id, p.endpoint); err != nil {
		c.stats.Refused++
	}
	c.greet(p)
	c.enter(now, p)
	c.due(p)
}

// enter tells that a peer is there, and in which groups.
func (c *Core) enter(now time.Time, p *peer) {
	c.tell(now, p, Event{Type: Enter, Headers: p.headers})
	for _, group := range c.groups.Of(p.id) {
		c.tell(now, p, Event{Type: Join, Group: group})
	}
}

// tryElsewhere goes on at the next of a peer's endpoints and keeps its queue. One
// that never showed that it gets what we send has to be greeted there.
func (c *Core) tryElsewhere(now time.Time, p *peer) {
	switch {
	case len(p.others) == 0:
	case !p.ready:
		c.regreet(c.clock.at(now), p)
	case !c.knowsUs(now, p):
		c.move(now, p)
	default:
		c.turn(p)
		c.redial(now, p)
	}
}

// knowsUs says whether a peer has had our HELLO, so that its connection can be made anew without one. One that has not shown that it
// gets what we send since it was dialled anew has some time for that.
func (c *Core) knowsUs(now time.Time, p *peer) bool {
	at := c.clock.at(now)
	if p.redialed {
		return at.Sub(p.moved) < 2*c.cfg.Evasive
	}
	c.learn(p)
	return p.proven
}

// learn notes that a peer's host has all that was said since HELLO, which we know when nothing is outstanding.
func (c *Core) learn(p *peer) bool {
	has := c.net.Unacknowledged(p.id) == 0
	if has && p.up && p.ready && !p.redialed {
		p.proven = true
	}
	return has
}

// turn makes the next endpoint of a peer the one to connect to.
func (c *Core) turn(p *peer) {
	var endpoint string
	endpoint, p.others = p.another()
	c.settle(p, endpoint)
}

// goTo makes one of a peer's endpoints the one to connect to.
func (c *Core) goTo(p *peer, endpoint string) {
	if at := slices.Index(p.others, endpoint); at >= 0 {
		p.others[at] = p.endpoint
	}
	c.settle(p, endpoint)
}

// redial makes a peer's connection anew and keeps what is queued.
func (c *Core) redial(now time.Time, p *peer) {
	c.takeBack(p)
	at := c.clock.at(now)
	if !p.redialed {
		p.moved = at
	}
	p.proven, p.redialed, p.refused = false, true, false
	if p.up {
		p.up, p.dialled = false, at
	}
	if err := c.net.Redial(p.id, p.endpoint); err != nil {
		c.stats.Refused++
	}
	c.answer(p)
	c.due(p)
}

// Moved says that our own addresses are not what they were. Connections from one that we have no more are made anew.
func (c *Core) Moved(now time.Time) {
	for _, p := range slices.Clone(c.order) {
		local := c.localTo(p)
		if local == p.local || local.IsUnspecified() {
			continue // or there is no way at all, for now
		}
		p.local = local
		if c.knowsUs(now, p) {
			c.redial(now, p)
			continue
		}
		c.exit(now, p, ErrMoved)
		c.meetAgain(now, p.id, p.endpoint, p.others...)
	}
}
