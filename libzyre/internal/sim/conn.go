package sim

import (
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
	boot  int      // of the host that dialled: after another nothing is left of it there
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
	if id := c.identity(); !l.anybody && id != (ID{}) && id != w.idents[l.peer] {
		l.failed(l.life, errStranger)
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
