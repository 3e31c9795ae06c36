package core

import (
	"slices"
	"time"
)

// clock is the time by which peers are judged. It stands still while our own
// inlet is suspended: a peer cannot be heard by someone who does not listen.
type clock struct {
	lag   time.Duration
	since time.Time // when it was stopped; zero: it runs
}

func (k *clock) at(now time.Time) time.Time {
	if !k.since.IsZero() {
		now = k.since
	}
	return now.Add(-k.lag)
}

// Suspend says that messages are not being taken from now on.
func (c *Core) Suspend(now time.Time) {
	if c.clock.since.IsZero() {
		c.clock.since = now
		c.schedule(now)
	}
}

// Resume says that messages are being taken again.
func (c *Core) Resume(now time.Time) {
	if !c.clock.since.IsZero() {
		c.clock.lag += now.Sub(c.clock.since)
		c.clock.since = time.Time{}
		c.schedule(now)
	}
}

// Next is when Tick is due: never, if it is zero.
func (c *Core) Next() time.Time { return c.next }

// Tick does what time brings.
func (c *Core) Tick(now time.Time) {
	c.doubtOurselves(now)
	at := c.clock.at(now)
	for _, p := range slices.Clone(c.order) {
		if len(p.waiting) > 0 && !now.Before(p.waiting[0].deadline) {
			c.stats.Blocked++
			c.exit(now, p, ErrBlocked)
			continue
		}
		if c.clock.since.IsZero() {
			c.judge(now, at, p)
		}
	}
	c.takeTurns(now)
	c.tryStatics(now)
	c.schedule(now)
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
		if p.seen.After(at) {
			p.seen = at
		}
	}
}

// schedule sets Next to the earliest deadline of all.
func (c *Core) schedule(now time.Time) {
	c.next = time.Time{}
	c.wakeStatics()
	if !c.paceAt.IsZero() {
		c.wake(c.paceAt)
	}
	for _, p := range c.order {
		c.due(p)
	}
}

// due makes Next early enough for one peer.
func (c *Core) due(p *peer) {
	if len(p.waiting) > 0 {
		c.wake(p.waiting[0].deadline)
	}
	if c.clock.since.IsZero() {
		c.wake(c.deadline(p).Add(c.clock.lag))
	}
}

func (c *Core) wake(at time.Time) {
	if c.next.IsZero() || at.Before(c.next) {
		c.next = at
	}
}
