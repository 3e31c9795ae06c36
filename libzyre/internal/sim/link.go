package sim

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
)

// The times of codecs/zmtp.
const (
	backoffFirst = 100 * time.Millisecond
	backoffMost  = 2 * time.Second
	connectMost  = 10 * time.Second
	settled      = time.Second
)

// errIdentity: the listener talks to somebody of our identity already.
var errIdentity = errors.New("sim: the identity is in use")

// errStranger: somebody else is at the other end.
var errStranger = fmt.Errorf("sim: %w", zsock.ErrStranger)

// link is a process' DEALER to one peer.
type link struct {
	p        *process
	peer     uint32 // identity; see World.idents
	dst      address
	port     uint16
	full     bool // ErrFull was said, and Writable was not taken yet
	told     bool // Writable is in the inbox
	gone     bool // disconnected
	anybody  bool // may be at the other end
	key      uint64
	draws    uint64
	life     uint32 // raised when what goes on shall go on no more
	failures int32
	tries    int32 // SYNs of this attempt
	began    int64 // when it did
	since    int64 // the connection stands
	c        *conn // the connection; nil while there is none
	coming   *conn // that shakes hands
	queue    fifo
}

// dial begins an attempt to connect.
func (l *link) dial() {
	w := l.p.w
	l.life++
	l.began, l.tries = w.now, 0
	if from, _ := l.p.host.routes(l.dst); from == 0 {
		l.fail(w.now+int64(50*time.Microsecond), syscall.ENETUNREACH)
		return
	}
	w.note(w.now+l.oneWay(), entry{kind: onSYN, l: l, x: int64(l.life)})
	w.note(w.now+int64(connectMost), entry{kind: onFailed, l: l, x: int64(l.life)<<16 | int64(syscall.ETIMEDOUT)})
}

func (l *link) draw() uint64 {
	w := l.p.w
	l.draws++
	return draw(w.seed, ofBackoff, l.key, l.draws)
}

// oneWay draws the latency to the peer.
func (l *link) oneWay() int64 {
	from, s := l.p.host.routes(l.dst)
	p := path{segment: s, src: from}
	return p.latency(l.draw())
}

// fail notes that the attempt will have failed then.
func (l *link) fail(at int64, why syscall.Errno) {
	l.p.w.note(at, entry{kind: onFailed, l: l, x: int64(l.life)<<16 | int64(why)})
}

// syn arrives where the link dials to.
func (l *link) syn(life uint32) {
	w := l.p.w
	if l.gone || l.life != life {
		return
	}
	h := l.p.host
	src, s := h.routes(l.dst)
	route := path{segment: s, from: h, to: h, src: src, dst: l.dst}
	var there, back bool
	if s != nil {
		route.to = nil
		if i := s.owner(l.dst); i != nil && i.host.kernel() {
			route.to = i.host
		}
	}
	if src != 0 && route.to != nil {
		there, back = route.open()
	}
	if !there || !back {
		l.tries++
		if w.now-l.began >= int64(3*time.Second) && (route.to == nil || l.draw()&1 == 0) {
			l.fail(w.now, syscall.EHOSTUNREACH) // nobody answers ARP
			return
		}
		wait := int64(time.Second)
		if route.to != nil {
			wait <<= l.tries - 1
		}
		w.note(w.now+wait, entry{kind: onSYN, l: l, x: int64(life)})
		return
	}
	if s != nil && s.air != nil {
		s.air.take(w.now, 3*streamAir(0), &s.air.streams)
	}
	to := route.to.listener(l.port)
	if to == nil {
		l.fail(w.now+route.latency(l.draw()), syscall.ECONNREFUSED)
		return
	}
	w.conns++
	c := &conn{path: route, key: l.draw(), link: l, to: to, ident: l.p.ident, boot: h.boots, rto: firstRTO}
	l.coming = c
	w.note(w.now+3*route.latency(l.draw()), entry{kind: onShake, c: c})
}

// failed ends an attempt.
func (l *link) failed(life uint32, why error) {
	if l.gone || l.life != life || l.c != nil {
		return
	}
	if c := l.coming; c != nil {
		l.coming = nil
		c.leave(true)
	}
	if l.p.stopped() { // its process finds out when it runs again
		l.p.late = append(l.p.late, entry{kind: onFailed, l: l, x: int64(life)<<16 | int64(numberOf(why))})
		return
	}
	l.failures++
	l.p.put(harmony.Event{Type: harmony.Failed, Peer: l.p.w.idents[l.peer], Addr: l.dst.addr(), Err: why}, false)
	l.later()
}

func numberOf(err error) syscall.Errno {
	var n syscall.Errno
	errors.As(err, &n)
	return n
}

// later connects anew, after a while.
func (l *link) later() {
	wait := time.Duration(0)
	if l.failures > 0 {
		wait = min(backoffFirst<<min(l.failures-1, 10), backoffMost)
	}
	wait = span(l.draw(), wait/2, wait+1)
	l.life++
	l.p.w.note(l.p.w.now+int64(wait), entry{kind: onRedial, l: l, x: int64(l.life)})
}

// redial is the end of that while.
func (l *link) redial(life uint32) {
	switch {
	case l.gone || l.life != life:
	case l.p.stopped():
		l.p.late = append(l.p.late, entry{kind: onRedial, l: l, x: int64(life)})
	default:
		l.dial()
	}
}

// interrupt ends the connection, or whatever is done to have one.
func (l *link) interrupt() {
	l.life++
	if c := l.coming; c != nil {
		l.coming = nil
		c.leave(true)
	}
	if c := l.c; c != nil {
		l.c = nil
		c.leave(true)
	}
}

// close ends the link. What was sent still arrives.
func (l *link) close() {
	l.interrupt()
	l.gone = true
	l.p.w.store.drop(&l.queue)
}

// pump sends what is queued, as far as the window goes.
func (l *link) pump() {
	c := l.c
	if c == nil {
		return
	}
	for l.queue.count > 0 && (c.flight.octets+c.held.octets < window || c.flight.count+c.held.count == 0) {
		c.send(l.queue.pop())
	}
	if l.full && !l.told && int(l.queue.count) <= l.p.w.cfg.HighWater/2 {
		l.told = true
		l.p.put(harmony.Event{Type: harmony.Writable, Peer: l.p.w.idents[l.peer]}, false)
	}
}
