package sim

import (
	"syscall"
	"time"

	"github.com/zeromq/gozyre/libzyre/harmony"
)

// The times of TCP, as Linux and Go have them.
const (
	firstRTO  = int64(200 * time.Millisecond) // then doubled up to
	mostRTO   = int64(120 * time.Second)
	keepalive = int64(15 * time.Second) // idle, and between probes
	probes    = 9
)

// window is how many octets may be between two processes.
const window = 256 << 10

// conn is a TCP connection from a link to a listener, once the SYN has arrived.
type conn struct {
	path
	key   uint64
	draws uint32
	ident uint32   // of who dialled
	link  *link    // nil: that end is closed
	to    *process // nil: that end is closed

	flight   fifo  // what TCP has and has not brought
	held     fifo  // what it brought and the other process has not taken
	last     int64 // when what was sent last arrives
	sent     int64 // when something was sent while nothing was outstanding
	acked    int64 // the last but one acknowledgement
	ackAt    int64 // the last one: it may be on its way still
	rto      int64
	stall    int64 // nothing gets through until then
	noted    bool  // onArrival is
	stuck    bool  // onRetry is
	deaf     bool  // what arrived was not acknowledged
	open     bool  // the listener's process knows it
	probing  bool
	probes   uint8
	halfOpen *Action // that made it so
	waits    bool    // it is in the row of its process
	lost     bool    // who dialled went without a word; see vanish
}

func (c *conn) w() *World { return c.from.w }

func (c *conn) draw() uint64 {
	c.draws++
	return draw(c.from.w.seed, ofFlight, c.key, uint64(c.draws))
}

// shake: both ends have said what they are. The listener lets the other in.
func (c *conn) shake() {
	w := c.w()
	switch {
	case c.link == nil:
		return
	case c.to == nil || c.to.ended:
		c.to = nil
		c.reset()
		return
	}
	if there, back := c.path.open(); !there || !back || w.now < c.stall {
		w.note(w.now+c.timeout(), entry{kind: onShake, c: c})
		return
	}
	if c.to.stopped() {
		c.to.late = append(c.to.late, entry{kind: onShake, c: c})
		return
	}
	if old := c.to.from(c.ident); old != nil && old != c {
		if there, back := old.path.open(); there && back || old.usurped() {
			w.note(w.now+2*old.latency(c.draw()), entry{kind: onAnswer, c: c})
		} else {
			w.note(w.now+int64(time.Second), entry{kind: onAnswer, c: c})
		}
		return
	}
	c.admit()
}

// answer: the connection that has the same identity was asked whether it lives.
func (c *conn) answer() {
	if c.link == nil || c.to == nil || c.to.ended {
		c.shake()
		return
	}
	if old := c.to.from(c.ident); old != nil && old != c {
		if there, back := old.path.open(); there && back && old.link != nil {
			c.to = nil
			c.w().note(c.w().now+c.latency(c.draw()), entry{kind: onReset, c: c, x: 1})
			return
		}
		old.depart()
	}
	c.admit()
}

func (c *conn) admit() {
	w := c.w()
	c.to.setFrom(c.ident, c)
	c.open = true
	m := w.store.message()
	m.what = harmony.Arrived
	c.accept(m)
	w.note(w.now+c.latency(c.draw()), entry{kind: onUp, c: c})
}

// up: the one who dialled knows that the connection stands.
func (c *conn) up() {
	w, l := c.w(), c.link
	if l == nil || l.c != nil {
		return
	}
	if there, back := c.path.open(); !there || !back || w.now < c.stall {
		w.note(w.now+c.timeout(), entry{kind: onUp, c: c})
		return
	}
	if l.p.stopped() {
		l.p.late = append(l.p.late, entry{kind: onUp, c: c})
		return
	}
	l.coming, l.c = nil, c
	l.life++ // nothing of the attempt counts any more
	l.since = w.now
	c.acked, c.ackAt = w.now, w.now
	l.p.put(harmony.Event{Type: harmony.Up, Peer: w.idents[l.peer], Identity: c.identity(), Addr: c.dst.addr()}, false)
	l.pump()
}

func (c *conn) identity() ID {
	if c.to != nil {
		return c.to.id
	}
	return ID{}
}

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
	if c.flight.count == 0 {
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
	m := c.flight.pop()
	c.rto = firstRTO
	if c.to == nil || !c.open {
		w.store.free(m)
		w.store.drop(&c.flight)
		if back {
			w.note(w.now+c.latency(c.draw()), entry{kind: onReset, c: c})
		} else {
			c.watch()
		}
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

// timeout is how long TCP waits before it sends again, each time longer.
func (c *conn) timeout() int64 {
	t := c.rto
	c.rto = min(2*c.rto, mostRTO)
	return t
}

// retry sends again what was not acknowledged.
func (c *conn) retry() {
	w := c.w()
	c.stuck = false
	if c.flight.count == 0 && !c.deaf {
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

// leave closes the end of who dialled. What TCP has still arrives, then that it
// closed; unless that is done without a word.
func (c *conn) leave(say bool) {
	w := c.w()
	c.link = nil
	c.whole()
	if !say {
		w.store.drop(&c.flight)
		c.watch()
		return
	}
	if !c.open {
		return // the listener forgets it in silence
	}
	m := w.store.message()
	m.what = harmony.Departed
	c.send(m)
	if there, _ := c.path.open(); !there {
		c.watch()
	}
}

// depart closes the listener's end: its process is told, behind all that has arrived.
func (c *conn) depart() {
	p := c.to
	if p == nil || !c.open {
		return
	}
	m := c.w().store.message()
	m.what = harmony.Departed
	c.open = false
	c.accept(m)
}

// forget closes the listener's end, whose process is no more. The other end is told,
// if anybody is there to do it.
func (c *conn) forget(say bool) {
	w := c.w()
	if c.to != nil && c.to.from(c.ident) == c {
		c.to.in[c.ident] = nil
	}
	c.to = nil
	w.store.drop(&c.held)
	if c.link == nil {
		return
	}
	if _, back := c.path.open(); say && back {
		w.note(w.now+c.latency(c.draw()), entry{kind: onReset, c: c})
	} else {
		c.watch()
	}
}

// reset: who dialled hears that the other end knows no such connection.
func (c *conn) reset() { c.broke(syscall.ECONNRESET) }

func (c *conn) broke(why error) {
	w, l := c.w(), c.link
	w.store.drop(&c.flight)
	if l == nil {
		return
	}
	if !c.from.kernel() || !c.from.owns(c.src) {
		c.watch()
		return
	}
	if l.p.stopped() {
		l.p.late = append(l.p.late, entry{kind: onReset, c: c})
		return
	}
	c.link = nil
	c.whole()
	if l.c != c {
		if l.coming == c {
			l.coming = nil
			l.failed(l.life, why)
		}
		return
	}
	l.c = nil
	if w.now-l.since >= int64(settled) {
		l.failures = 0
	} else {
		l.failures++
	}
	l.p.put(harmony.Event{Type: harmony.Down, Peer: w.idents[l.peer], Addr: c.dst.addr(), Err: why}, false)
	l.later()
}

// watch has TCP ask after a while whether the other end is there still.
func (c *conn) watch() {
	if !c.probing && (c.link != nil || c.to != nil) {
		c.probing, c.probes = true, 0
		c.w().note(c.w().now+keepalive+int64(c.draw()%uint64(time.Second)), entry{kind: onProbe, c: c})
	}
}

// probe is one such question.
func (c *conn) probe() {
	c.probing = false
	if c.link == nil && (c.to == nil || !c.open) {
		return
	}
	there, back := c.path.open()
	switch {
	case there && back || c.usurped():
		if c.link != nil && (c.to == nil || c.usurped()) {
			c.reset()
		}
		if c.to != nil && c.link == nil && c.flight.count == 0 && there && back {
			c.depart()
		} else if c.to != nil && c.link == nil {
			c.askAgain()
		}
	default:
		if c.probes++; c.probes >= probes {
			c.broke(syscall.ETIMEDOUT)
			if c.to != nil {
				c.depart()
			}
			return
		}
		c.askAgain()
	}
}

func (c *conn) askAgain() {
	c.probing = true
	c.w().note(c.w().now+keepalive, entry{kind: onProbe, c: c})
}
