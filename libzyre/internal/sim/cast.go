package sim

import (
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// birth is when the first announcements on an interface are made, those of package
// beacon.
var birth = [...]time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 350 * time.Millisecond}

// cast is a datagram to all on a segment.
type cast struct {
	segment *segment // nil: within the host
	host    *host    // that sent it
	from    *process
	src     address
	number  uint64
	port    uint16 // of the beacon
	id      ID
}

// announce begins to announce a process.
func (p *process) announce() {
	w := p.w
	for _, after := range birth {
		w.note(w.now+int64(after), entry{kind: onBeat, p: p, x: -1})
	}
	p.life++
	w.note(w.now+int64(birth[len(birth)-1])+p.beat(), entry{kind: onBeat, p: p, x: p.life})
}

// beat is the time until the next announcement.
func (p *process) beat() int64 {
	pace := p.node.Pace()
	p.beats++
	return int64(span(draw(p.w.seed, ofBeat, p.key, p.beats), pace*9/10, pace*11/10))
}

// beaten is onBeat: life is -1 for those of a burst.
func (p *process) beaten(life int64) {
	switch {
	case p.ended || life >= 0 && life != p.life:
		return
	case !p.host.kernel() || p.frozen > 0:
		p.late = append(p.late, entry{kind: onBeat, p: p, x: life})
		return
	}
	p.broadcast(p.port)
	if life >= 0 {
		p.w.note(p.w.now+p.beat(), entry{kind: onBeat, p: p, x: life})
	}
}

// broadcast sends a beacon on every interface; port 0 says goodbye.
func (p *process) broadcast(port uint16) {
	w := p.w
	p.sent++
	if len(p.host.procs) > 1 {
		w.cast(cast{host: p.host, from: p, src: loopback, port: port, id: p.id, number: p.sent}, w.now+int64(30*time.Microsecond))
	}
	for _, i := range p.host.ifaces {
		if !i.up {
			continue
		}
		s := i.segment
		u := draw(w.seed, ofDatagram, p.key+uint64(s.number), p.sent)
		at := w.now + s.latency(u)
		if s.air != nil {
			end, ok := s.air.take(w.now, BeaconAir(core.BeaconSize), &s.air.beacons)
			if !ok {
				continue
			}
			at += end - w.now
		}
		w.cast(cast{segment: s, host: p.host, from: p, src: i.addr, port: port, id: p.id, number: p.sent}, at)
	}
}

// cast notes that a datagram arrives.
func (w *World) cast(c cast, at int64) {
	w.datagrams++
	var slot int
	if n := len(w.spareCasts); n > 0 {
		slot = w.spareCasts[n-1]
		w.spareCasts = w.spareCasts[:n-1]
		w.casts[slot] = c
	} else {
		slot = len(w.casts)
		w.casts = append(w.casts, c)
	}
	w.note(at, entry{kind: onDatagram, x: int64(slot)})
}

// datagram is onDatagram: one event for all who receive it.
func (w *World) datagram(slot int) {
	c := w.casts[slot]
	w.spareCasts = append(w.spareCasts, slot)
	w.octets = core.AppendBeacon(w.octets[:0], c.id, c.port)
	s := c.segment
	if s == nil {
		if c.host.kernel() {
			c.arrives(c.host)
		}
		return
	}
	wire := &s.wire
	rough := wire.Loss > 0 || wire.Doubled > 0 || wire.Late > 0
	for n, i := range s.ifaces {
		if n%ahead == 0 {
			w.foresee(s.ifaces[n:min(n+ahead, len(s.ifaces))], c.id)
		}
		h := i.host
		if !i.up || !h.kernel() || len(h.procs) == 0 || s.parted(c.host, h) {
			continue
		}
		if rough && h != c.host {
			u := draw(w.seed, ofLoss, c.from.key^uint64(h.number)<<16^uint64(s.number), c.number)
			if unit(u) < wire.Loss {
				continue
			}
			u = mix(u)
			if v := unit(u); v < wire.Late+wire.Doubled {
				only := c
				only.segment, only.host = nil, h // to this host only
				w.cast(only, w.now+int64(span(mix(u), 5*time.Millisecond, 500*time.Millisecond)))
				w.octets = core.AppendBeacon(w.octets[:0], c.id, c.port)
				if v < wire.Late {
					continue
				}
			}
		}
		c.arrives(h)
	}
}

// ahead is how many receivers' memory is read at once.
const ahead = 32

// foresee reads what a beacon needs of those that receive it: else the processor waits for
// each in turn, most of the time.
func (w *World) foresee(ifaces []*iface, id ID) {
	var sights [ahead]core.Sight
	seen := sights[:0]
	for _, i := range ifaces {
		for _, p := range i.host.procs {
			if len(seen) < ahead {
				seen = append(seen, p.node.Core().Foresee(id))
			}
		}
	}
	for _, s := range seen {
		w.fetched += s.Fetch()
	}
}

// arrives gives a datagram to the processes of a host.
func (c *cast) arrives(h *host) {
	for _, p := range h.procs {
		if p == c.from || p.ended {
			continue
		}
		if p.stopped() {
			if len(p.casts) < maxDatagrams {
				p.casts = append(p.casts, *c)
			}
			continue
		}
		p.w.heard++
		if p.node.Beacon(p.now(), c.src.addr(), p.w.octets) || p.due == 0 || p.behind {
			p.step()
		}
	}
}

// hear is for what had waited.
func (p *process) hear(c *cast) {
	p.w.octets = core.AppendBeacon(p.w.octets[:0], c.id, c.port)
	p.w.heard++
	p.node.Beacon(p.now(), c.src.addr(), p.w.octets)
	p.step()
}
