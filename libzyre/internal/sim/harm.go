package sim

import "time"

// rewire changes an interface.
func (w *World) rewire(h *host, a *Action) {
	s := w.segments[a.Segment]
	i := h.on(s)
	if i == nil {
		return
	}
	if a.Do == Unplug {
		i.up = false
		a.on = true
		w.note(w.now+int64(a.For), w.calm(a))
	} else {
		h.hops++
		delete(s.owners, i.addr)
		i.addr = addressOf(s.number, h.number+h.hops*len(w.hosts))
		s.owners[i.addr] = i
	}
	w.truth.joltAll(h, a.String())
	w.truth.look(a.String())
	w.watchAll(h)
	w.notice(h)
}

// plug takes an interface up again.
func (w *World) plug(h *host, a *Action) {
	for _, i := range h.ifaces {
		if i.segment == w.segments[a.Segment] {
			i.up = true
		}
	}
	w.truth.joltAll(h, a.String())
	w.notice(h)
}

// notice has the processes of a host hear of its interfaces, soon.
func (w *World) notice(h *host) {
	for _, p := range h.procs {
		w.note(w.now+int64(span(draw(w.seed, ofWaking, p.key, uint64(w.now)), 10*time.Millisecond, noticed)), entry{kind: onMoved, p: p})
	}
}

// partition parts the hosts of Side from all others.
func (w *World) partition(a *Action) {
	w.cut(a, 1)
	a.on = true
	w.truth.look(a.String())
	w.note(w.now+int64(a.For), w.calm(a))
}

func (w *World) heal(a *Action) { w.cut(a, -1) }

func (w *World) cut(a *Action, by int) {
	s := w.segments[a.Segment]
	inside := make([]bool, len(w.hosts))
	for _, n := range a.Side {
		if n >= 0 && n < len(w.places) {
			inside[w.places[n].host.number] = true
		}
	}
	for _, from := range w.hosts {
		for _, to := range w.hosts {
			if from != to && inside[from.number] != inside[to.number] && (inside[from.number] || !a.OneWay) {
				s.part(from, to, by)
			}
		}
		w.watchAll(from)
	}
}

// harm does something to the connections between two nodes.
func (w *World) harm(a *Action) {
	p, q := w.places[a.Node].life, w.places[a.With].life
	if p == nil || q == nil || p == q {
		return
	}
	there, back := p.connTo(q), q.connTo(p)
	switch a.Do {
	case Stall:
		for _, c := range []*conn{there, back} {
			if c != nil {
				c.stall = w.now + int64(a.For)
			}
		}
		if a.For > tolerated {
			a.on = true
			w.truth.pair(a.Node, a.With, 1, a.String())
			w.note(w.now+int64(a.For), w.calm(a))
		}
	case Reset:
		for _, c := range []*conn{there, back} {
			if c == nil {
				continue
			}
			c.cutOff()
		}
		w.truth.jolt(a.Node, a.With, a.String())
	case HalfOpen:
		if there != nil {
			there.halfOpen = a
			w.truth.pair(a.Node, a.With, 1, a.String())
			there.depart()
			there.watch()
		}
	}
}

// connTo is our connection to another process, if it stands.
func (p *process) connTo(q *process) *conn {
	if l := p.link(q.id); l != nil && l.c != nil && l.c.to == q {
		return l.c
	}
	return nil
}

// cutOff resets a connection at both ends.
func (c *conn) cutOff() {
	w := c.w()
	w.store.drop(&c.flight)
	c.depart()
	w.note(w.now, entry{kind: onReset, c: c})
}

// whole says that whoever believed in a connection that was half open knows better.
func (c *conn) whole() {
	if a := c.halfOpen; a != nil {
		c.halfOpen = nil
		c.w().truth.pair(a.Node, a.With, -1, "")
	}
}

// watchAll has TCP look after the connections of a host.
func (w *World) watchAll(h *host) {
	for _, p := range h.procs {
		for _, l := range p.links {
			if l != nil && l.c != nil {
				l.c.watch()
			}
		}
		for _, c := range p.in {
			if c != nil {
				c.watch()
			}
		}
	}
}
