package core

import (
	"math"
	"time"
)

// moment is a time by a clock that begins with this node, in nanoseconds. Zero is no time at all.
type moment int64

const never = moment(math.MaxInt64)

func (m moment) Sub(other moment) time.Duration { return time.Duration(m - other) }
func (m moment) Add(d time.Duration) moment     { return m + moment(d) }
func (m moment) Before(other moment) bool       { return m < other }
func (m moment) After(other moment) bool        { return m > other }
func (m moment) IsZero() bool                   { return m == 0 }

// clock is the time by which peers are judged. It stands still while our own
// inlet is suspended: a peer cannot be heard by someone who does not listen.
type clock struct {
	epoch time.Time
	last  time.Time     // of an input
	lag   time.Duration // behind the system's clock
	since time.Time     // when it was stopped; zero: it runs
}

// system is a time by the system's clock.
func (k *clock) system(now time.Time) moment {
	if k.epoch.IsZero() {
		k.epoch = now.Add(-time.Hour)
	}
	return moment(now.Sub(k.epoch))
}

// at is the time by which peers are judged, now. Each input asks for it first.
func (k *clock) at(now time.Time) moment {
	if now.After(k.last) {
		k.last = now
	}
	if !k.since.IsZero() {
		now = k.since
	}
	return k.system(now).Add(-k.lag)
}

// Suspend says that messages are not being taken from now on.
func (c *Core) Suspend(now time.Time) {
	if c.clock.since.IsZero() {
		c.clock.since = now
		c.scheduleAll()
	}
}

// Resume says that messages are being taken again.
func (c *Core) Resume(now time.Time) {
	if !c.clock.since.IsZero() {
		c.clock.lag += now.Sub(c.clock.since)
		c.clock.since = time.Time{}
		c.scheduleAll()
	}
}

// Next is when Tick is due: never, if it is zero.
func (c *Core) Next() time.Time { return c.next }

// Tick does what time brings.
func (c *Core) Tick(now time.Time) {
	c.doubtOurselves(now)
	c.hearNewcomers(now)
	at, system := c.clock.at(now), c.clock.system(now)
	c.dismissLate(at)
	for i := 0; i < len(c.order); {
		if c.looks[i] > system {
			i++
			continue
		}
		p := c.order[i]
		c.look(now, at, p)
		if i < len(c.order) && c.order[i] == p { // else another one took its place
			c.due(p)
			i++
		}
	}
	c.takeTurns(now)
	c.lookAtTalk(now)
	c.tryStatics(now)
	c.schedule()
}

// look does what is due for one peer.
func (c *Core) look(now time.Time, at moment, p *peer) {
	switch {
	case p.full && len(p.waiting) > 0 && !now.Before(p.waiting[0].deadline):
		c.stats.Blocked++
		c.exit(now, p, ErrBlocked)
	case c.clock.since.IsZero():
		c.judge(now, at, p)
	}
}

// doubtOurselves: whoever could not run cannot blame others for silence.
func (c *Core) doubtOurselves(now time.Time) {
	late := now.Sub(c.next)
	if c.next.IsZero() || late < c.grace || !c.clock.since.IsZero() {
		return
	}
	c.clock.lag += late
	at := c.clock.at(now)
	for _, p := range c.order {
		p.setBack(at, c.cfg.Evasive)
		for i := range p.waiting {
			p.waiting[i].deadline = p.waiting[i].deadline.Add(late)
		}
		c.due(p)
	}
}

// setBack: the clock is set back to then, and what was noted before that was known is no later.
func (p *peer) setBack(at moment, evasive time.Duration) {
	for _, noted := range []*moment{&p.seen, &p.here, &p.made, &p.tried, &p.dialled, &p.risen, &p.moved, &p.asked} {
		*noted = min(*noted, at)
	}
	p.doubtBy, p.lookAt = min(p.doubtBy, at.Add(evasive)), min(p.lookAt, at.Add(mostUnheard))
}

// scheduleAll asks all peers anew when they are due: the clock is another one.
func (c *Core) scheduleAll() {
	for _, p := range c.order {
		c.due(p)
	}
	c.schedule()
}

// schedule sets Next to the earliest of all.
func (c *Core) schedule() {
	c.next = time.Time{}
	c.wakeStatics()
	if len(c.waiting) > 0 {
		c.wake(c.clock.last)
	}
	if !c.paceAt.IsZero() {
		c.wake(c.paceAt)
	}
	if len(c.talked) > 0 {
		c.wake(c.talkedAt)
	}
	first := never
	for _, look := range c.looks {
		first = min(first, look)
	}
	if first != never {
		c.wake(c.clock.epoch.Add(time.Duration(first)))
	}
}

// due makes Next early enough for one peer. One that is due later than before needs no call: it is looked at in vain.
func (c *Core) due(p *peer) {
	look := never
	if p.full && len(p.waiting) > 0 {
		look = c.clock.system(p.waiting[0].deadline)
	}
	if c.clock.since.IsZero() {
		look = min(look, c.deadline(p).Add(c.clock.lag))
	}
	if int(p.index) < len(c.order) && c.order[p.index] == p {
		c.looks[p.index] = look
	}
	if look != never {
		c.wake(c.clock.epoch.Add(time.Duration(look)))
	}
}

// wake makes Next early enough. It is never before the last input: that we were late then would be our own doing.
func (c *Core) wake(at time.Time) {
	if at.Before(c.clock.last) {
		at = c.clock.last
	}
	if c.next.IsZero() || at.Before(c.next) {
		c.next = at
	}
}
