package sim

import (
	"syscall"
	"time"

	"github.com/zeromq/gozyre/libzyre/harmony"
)

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
