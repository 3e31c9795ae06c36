package zmtp

import "time"

// A connection on which little happens sleeps: no goroutine waits for it alone, and to wake it takes some microseconds more. One that
// is woken again and again stays awake, until it has been quiet for a while.
const (
	livelyWithin = 20 * time.Millisecond // of the last time
	livelyAfter  = 8                     // times
	livelyFor    = time.Second           // of quiet, and up to half as much more
)

// pulse is how lively a connection is. Its reader alone knows.
type pulse struct {
	quiet time.Duration // when there was nothing more to read last, since the set was opened
	until time.Duration // when its reader stops waiting; 0: never
	times uint8         // that it was quiet for a moment only, up to livelyAfter
}

// rest goes on with a connection on which there is nothing to read: it sleeps, or a goroutine waits.
func (c *conn) rest() {
	if c.draining.Load() || c.bed == 0 && !c.set.sleepers.enter(c) || c.lively() {
		go c.waiter()
		return
	}
	c.sleep()
}

// lively says that a connection stays awake.
func (c *conn) lively() bool {
	p, now := &c.pulse, time.Since(c.set.born)
	moment := now - p.quiet
	p.quiet = now
	switch {
	case p.times == livelyAfter:
	case moment > livelyWithin:
		p.times = 0
		return false
	default:
		if p.times++; p.times < livelyAfter {
			return false
		}
	}
	if p.until < now+livelyFor {
		p.until = now + livelyFor + livelyFor/2
		c.limitReading(c.set.born.Add(p.until))
	}
	return true
}

// calm is called when the time is over that lively has set. What there may be to read will wake it.
func (c *conn) calm() error {
	c.pulse.times, c.pulse.until = 0, 0
	c.limitReading(time.Time{})
	return errIdle
}

// limitReading says until when to wait, unless drain has said it.
func (c *conn) limitReading(until time.Time) {
	c.net.SetReadDeadline(until)
	if c.draining.Load() {
		c.net.SetReadDeadline(time.Unix(1, 0))
	}
}

// sleep leaves a connection to the sleepers.
func (c *conn) sleep() {
	raw, bed, first := c.raw, c.bed, !c.slept
	c.slept = true
	c.set.running.Add(1) // from here on somebody else may end the connection
	defer c.set.running.Done()
	c.asleep.Store(true)
	if !c.set.sleepers.arm(raw, bed, first) || !c.alive() || c.draining.Load() {
		c.wake(false)
	}
}

// wake has a connection read that is asleep. Is it not known that there is something to read, it waits for it alone.
func (c *conn) wake(readable bool) {
	switch {
	case !c.asleep.CompareAndSwap(true, false):
	case readable:
		go c.reader()
	default:
		go c.waiter()
	}
}
