package libzmq

import (
	"runtime"
	"syscall"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// batchMessages is how many messages are received, and handed over, in one go.
const batchMessages = 256

// receiver is what the receiving goroutine needs beside the set.
type receiver struct {
	*sockets
	scratch scratch
	poller  poller
	watched []*socket // watched[i] is the poller's item i+1; item 0 is the wake-up pair, the one after the last zap's socket
	batch   []zsock.Event
	addrs   addresses
}

// run is the receiving goroutine: it sleeps until something may be read, written or has to be noticed.
func (s *sockets) run() {
	defer close(s.done)
	r := &receiver{sockets: s}
	suspended := false
	for first := true; ; first = false {
		full := s.inbox.Room() == 0
		s.mu.Lock()
		if s.closing {
			s.mu.Unlock()
			return
		}
		if first || s.changed || full != suspended {
			suspended = full
			r.rebuild(suspended)
		}
		zap := s.zap
		s.mu.Unlock()

		due := zap != nil && zap.due
		for _, k := range r.watched {
			due = due || k.due.Load()
		}
		if err := r.poller.wait(due); err != nil {
			s.log.Error("libzmq: receiving has ended", "error", err)
			return
		}
		if r.poller.signalled(0) {
			s.wakeup.drain(&r.scratch)
		}
		if zap != nil && (zap.due || r.poller.signalled(len(r.watched)+1)) {
			r.serveZAP(zap)
		}
		before := s.received.Load()
		for i, k := range r.watched {
			if r.poller.signalled(i+1) || k.due.Load() {
				r.serve(k, suspended)
			}
		}
		if s.received.Load() != before {
			// Let the consumer run here and now: this goroutine is about to sleep in C, and waking another thread for
			// the consumer would cost more than the whole of our work (a round trip takes a third less).
			runtime.Gosched()
		}
	}
}

// rebuild lists what to sleep on. The set's mutex is held.
func (r *receiver) rebuild(suspended bool) {
	r.changed = false
	clear(r.watched)
	r.watched = r.watched[:0]
	r.poller.reset()
	r.poller.add(&r.wakeup.in)
	for k := range r.full {
		r.sleepOn(k, suspended)
	}
	if !suspended {
		for _, k := range r.readers {
			if _, full := r.full[k]; !full {
				r.sleepOn(k, suspended)
			}
		}
	}
	if r.zap != nil {
		r.poller.add(&r.zap.native)
	}
}

// sleepOn adds a socket to those slept on.
func (r *receiver) sleepOn(k *socket, suspended bool) {
	if k.reads && !suspended {
		k.due.Store(true) // what came while nobody watched signals no more
	}
	r.watched = append(r.watched, k)
	r.poller.add(&k.native)
}

// serve looks at one socket.
func (r *receiver) serve(k *socket, suspended bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.due.Store(false)
	if k.closed {
		return
	}
	if k.reads && !suspended {
		r.drain(k)
	}
	if k.full {
		if _, writable := k.native.events(); writable {
			k.full = false
			r.watch(k, false)
			r.inbox.Put(zsock.Event{Type: zsock.Writable, Link: k.link})
		}
	}
}

// drain receives one batch. If more may be waiting the socket stays due, so that others have their turn in between.
func (r *receiver) drain(k *socket) {
	room := min(r.inbox.Room(), batchMessages)
	if room == 0 {
		k.due.Store(true)
		return
	}
	frames, big, err := k.native.recv(&r.scratch, room)
	rest := r.scratch.buf[:]
	for i := range frames {
		f := &frames[i]
		start, end := int(f.addr), int(f.addr)+int(f.size)
		addr, data := rest[:start], rest[start:end]
		rest = rest[end:]
		if !k.partial.begun {
			n, octets := measure(frames[i:])
			if k.kind == zsock.Router { // the routing identity is kept elsewhere
				n, octets = n-1, octets-int(f.size)
			}
			k.partial.begin(r.addrs.parse(addr), n, octets)
		}
		r.frame(k, data, f.more != 0)
	}
	switch err {
	case 0:
		k.due.Store(true)
	case syscall.EAGAIN:
	case syscall.EMSGSIZE:
		k.due.Store(true)
		r.bigFrame(k, big)
	default:
		r.log.Error("libzmq: receive", "socket", k.kind.String(), "endpoint", k.endpoint, "error", err)
	}
	if len(r.batch) > 0 {
		r.received.Add(uint64(len(r.batch)))
		r.inbox.Put(r.batch...)
		clear(r.batch)
		r.batch = r.batch[:0]
	}
}
