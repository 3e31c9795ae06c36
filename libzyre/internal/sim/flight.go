package sim

import "time"

// outstanding reports whether something was sent and its acknowledgement has not come.
func (c *conn) outstanding() bool {
	return c.flight.count > 0 || c.deaf || c.ackAt > c.w().now
}

// unacknowledged is for how long nothing was, although something is outstanding.
func (c *conn) unacknowledged() int64 {
	if !c.outstanding() {
		return 0
	}
	last := c.acked
	if c.ackAt <= c.w().now {
		last = c.ackAt
	}
	return max(0, c.w().now-max(last, c.sent))
}

// send hands a message to TCP.
func (c *conn) send(m *message) {
	w := c.w()
	if !c.outstanding() {
		c.sent = w.now
	}
	s := c.segment
	if s != nil && s.air != nil {
		m.at = -1
		if c.flight.push(m); !c.noted && !c.stuck {
			c.transmit()
		}
		return
	}
	at, takes := w.now+c.latency(c.draw()), int64(0)
	if s != nil {
		at += c.again()
		takes = s.takes(m.octets)
	}
	at = max(at, c.last) + takes
	c.last, m.at = at, at
	c.flight.push(m)
	if !c.noted && !c.stuck {
		c.noted = true
		w.note(at, entry{kind: onArrival, c: c})
	}
}

// takes is how long so many octets take.
func (s *segment) takes(octets int32) int64 {
	if s.wire.Bandwidth == 0 {
		return 0
	}
	return int64(octets) * int64(time.Second) / int64(s.wire.Bandwidth)
}

// again draws how long it takes longer because segments have to be sent again: first
// as a probe of the tail, then with a time-out that doubles.
func (c *conn) again() (longer int64) {
	p := c.segment.wire.Resent
	for longer < 8*firstRTO && p > 0 && unit(c.draw()) < p {
		longer = max(firstRTO, 2*longer)
	}
	return longer
}

// transmit sends all that is in flight over an access point, in one go; or all of
// it has to wait because there is too much.
func (c *conn) transmit() {
	w, s := c.w(), c.segment
	end, ok := s.air.take(w.now, streamAir(int(c.flight.octets)), &s.air.streams)
	if !ok {
		c.stuck = true
		w.note(w.now+c.timeout(), entry{kind: onRetry, c: c})
		return
	}
	at := max(end+c.latency(c.draw())+c.again(), c.last) + s.takes(c.flight.octets)
	c.last = at
	for m := c.flight.head; m != nil; m = m.next {
		m.at = at
	}
	c.noted = true
	w.note(at, entry{kind: onArrival, c: c})
}

// next has what is first in flight arrive, not before a time.
func (c *conn) next(not int64) {
	if c.flight.count == 0 || c.stuck || c.noted {
		return
	}
	if c.flight.head.at < 0 {
		c.transmit()
		return
	}
	c.noted = true
	c.w().note(max(not, c.flight.head.at), entry{kind: onArrival, c: c})
}

// arrival: the first of what is in flight gets to the other host, or not.
func (c *conn) arrival() {
	w := c.w()
	c.noted = false
	if c.forgotten(); c.flight.count == 0 {
		return
	}
	there, back := c.path.open()
	switch {
	case w.now < c.stall:
		c.noted = true
		w.note(c.stall+c.latency(c.draw()), entry{kind: onArrival, c: c})
		return
	case !there && c.usurped():
		w.store.drop(&c.flight)
		w.note(w.now+c.latency(c.draw()), entry{kind: onReset, c: c})
		return
	case !there:
		c.stuck = true
		w.note(w.now+c.timeout(), entry{kind: onRetry, c: c})
		return
	}
	if (c.to == nil || !c.open) && !back { // the answer that nobody is there does not get through
		c.stuck = true
		w.note(w.now+c.timeout(), entry{kind: onRetry, c: c})
		return
	}
	m := c.flight.pop()
	c.rto = firstRTO
	if c.to == nil || !c.open {
		w.store.free(m)
		w.store.drop(&c.flight)
		w.note(w.now+c.latency(c.draw()), entry{kind: onReset, c: c})
		return
	}
	if c.ackAt <= w.now {
		c.acked = c.ackAt
	}
	if back {
		c.ackAt = w.now + c.latency(c.draw())
	} else if !c.deaf {
		c.deaf = true
		if !c.stuck {
			c.stuck = true
			w.note(w.now+c.timeout(), entry{kind: onRetry, c: c})
		}
	}
	c.accept(m)
	c.next(w.now)
	if l := c.link; l != nil && l.queue.count > 0 {
		l.pump()
	}
}

// forgotten drops what is in flight where the host that sent it has lost its power since.
func (c *conn) forgotten() {
	if c.boot != c.from.boots {
		c.deaf = false
		c.from.w.store.drop(&c.flight)
	}
}

// timeout is how long TCP waits before it sends again, each time longer; while the host sleeps its timers do too.
func (c *conn) timeout() int64 {
	t := c.rto
	if c.from.asleep {
		return t
	}
	c.rto = min(2*c.rto, mostRTO)
	return t
}

// retry sends again what was not acknowledged.
func (c *conn) retry() {
	w := c.w()
	c.stuck = false
	if c.forgotten(); c.flight.count == 0 && !c.deaf {
		return
	}
	there, back := c.path.open()
	if !there && c.usurped() || there && back && c.to == nil {
		w.store.drop(&c.flight)
		w.note(w.now+c.latency(c.draw()), entry{kind: onReset, c: c})
		return
	}
	if !there || !back {
		c.stuck = true
		w.note(w.now+c.timeout(), entry{kind: onRetry, c: c})
		if !there {
			return
		}
	}
	at := w.now + c.latency(c.draw())
	if back && c.deaf {
		c.deaf = false
		c.acked, c.ackAt = c.ackAt, at
	}
	if !c.stuck && !c.noted && c.segment != nil && c.segment.air != nil && c.flight.count > 0 {
		c.transmit()
		return
	}
	c.next(at)
}

// accept is what the other host does with what arrived.
func (c *conn) accept(m *message) {
	p := c.to
	if p.stopped() || len(p.row) > 0 || p.boxFull() {
		c.held.push(m)
		if !c.waits {
			c.waits = true
			p.row = append(p.row, c)
		}
		return
	}
	p.take(c, m)
}
