package libzmq

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// socket is one libzmq socket. Who holds mu may touch it; the mutex is the full fence that libzmq asks for when a
// socket passes from one thread to another.
type socket struct {
	set        *sockets
	kind       zsock.Kind
	maxMessage int64
	maxFrames  int
	maxOctets  int64
	linger     time.Duration
	link       zsock.Link // nil for a listener
	ipv6       bool
	security   zsock.Security
	domain     string // see settings
	reads      bool

	mu       sync.Mutex
	zmq      *zmq4.Socket
	native   native
	endpoint string
	full     bool // Send met the high-water mark, the receiving goroutine waits for room
	closed   bool
	partial  partial // a message of which some frames have been read
	lastPeer []byte
	missed   int64 // messages of a Pub's link that its subscriber had no room for

	due atomic.Bool // the receiving goroutine shall look at the socket without waiting for its descriptor
}

// service makes the receiving goroutine look at the socket.
func (k *socket) service() {
	k.due.Store(true)
	k.set.wakeup.wake()
}

// gather is where Send lays the frames of a short message one behind the other, to hand them to C in one call.
type gather struct {
	buf   [16 << 10]byte
	sizes [64]uint32
}

var gathers = sync.Pool{New: func() any { return new(gather) }}

// send queues one message; prefix is a routing identity or nil.
func (k *socket) send(prefix []byte, frames [][]byte) error {
	if len(frames) == 0 || len(frames) > zsock.MaxFrames {
		return zsock.ErrNoFrames
	}
	octets := 0
	for _, f := range frames {
		octets += len(f)
	}
	if k.maxOctets > 0 && int64(octets) > k.maxOctets {
		return fmt.Errorf("%w: %d octets, the bound is %d", zsock.ErrTooLarge, octets, k.maxOctets)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return zsock.ErrClosed
	}
	if k.full {
		return zsock.ErrFull
	}
	e := k.write(prefix, frames, octets)
	if e == syscall.EAGAIN {
		// libzmq learns of room only when it looks at its commands, and the descriptor is quiet until it has.
		if _, writable := k.native.events(); writable {
			e = k.write(prefix, frames, octets)
		}
	}
	if k.reads {
		// Writing may have swallowed the signal that something arrived.
		if readable, _ := k.native.events(); readable {
			k.service()
		}
	}
	switch e {
	case 0:
		k.set.sent.Add(1)
		return nil
	case syscall.EAGAIN:
		if k.kind == zsock.Pub {
			k.missed++
			k.set.sent.Add(1)
			return nil
		}
		k.set.filled.Add(1)
		if k.link == nil {
			return zsock.ErrUntold // a ROUTER is writable as long as one peer has room, or none
		}
		k.full = true
		k.set.watch(k, true)
		return zsock.ErrFull
	case syscall.EHOSTUNREACH:
		return zsock.ErrUnknownPeer
	}
	return fmt.Errorf("libzmq: send to %s: %w", k.endpoint, e)
}

func (k *socket) write(prefix []byte, frames [][]byte, octets int) syscall.Errno {
	n := len(frames)
	if prefix != nil {
		n++
	}
	g := gathers.Get().(*gather)
	defer gathers.Put(g)
	if n <= len(g.sizes) && len(prefix)+octets <= len(g.buf) {
		buf, sizes := g.buf[:0], g.sizes[:0]
		if prefix != nil {
			buf, sizes = append(buf, prefix...), append(sizes, uint32(len(prefix)))
		}
		for _, f := range frames {
			buf, sizes = append(buf, f...), append(sizes, uint32(len(f)))
		}
		return k.native.send(g.buf[:len(buf)], sizes)
	}
	// Large or many: frame by frame, without copying here. See gz_send for why a failure does not end it.
	var first syscall.Errno
	if prefix != nil {
		if e := k.native.sendFrame(prefix, true); e != 0 {
			return e
		}
	}
	for i, f := range frames {
		e := k.native.sendFrame(f, i < len(frames)-1)
		if e != 0 && i == 0 && prefix == nil {
			return e
		}
		if e != 0 && first == 0 {
			first = e
		}
	}
	return first
}

// redial goes on at another endpoint.
func (k *socket) redial(endpoint string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return zsock.ErrClosed
	}
	if err := checkSecurity(&k.security, endpoint, false); err != nil {
		return err
	}
	if v6 := isIPv6(endpoint); v6 && !k.ipv6 {
		if err := k.zmq.SetIpv6(true); err != nil {
			return fmt.Errorf("libzmq: redial %s: %w", endpoint, fault(err))
		}
		k.ipv6 = true
	}
	// The old one goes first: a DEALER ignores a second connect to an endpoint that it has.
	if err := k.zmq.Disconnect(inner(k.endpoint)); err != nil {
		return fmt.Errorf("libzmq: leave %s: %w", k.endpoint, fault(err))
	}
	if err := k.zmq.Connect(inner(endpoint)); err != nil {
		if again := k.zmq.Connect(inner(k.endpoint)); again != nil {
			k.set.log.Error("libzmq: link without endpoint", "endpoint", k.endpoint, "error", again)
		}
		return limit(fmt.Errorf("libzmq: redial %s: %w", endpoint, fault(err)))
	}
	k.endpoint = endpoint
	if k.full {
		k.service() // the new connection has an empty queue
	}
	return nil
}

// close closes the socket; it is idempotent and does not block.
func (k *socket) close(linger time.Duration) error {
	k.mu.Lock()
	if k.closed {
		k.mu.Unlock()
		return nil
	}
	k.closed = true
	if linger != k.linger {
		k.zmq.SetLinger(linger)
	}
	if linger == 0 && k.link != nil {
		// Closing alone takes the way of libzmq's reaper thread: meanwhile the connection could still come to stand,
		// and take the identity over from the link that is dialled next. Disconnecting goes ahead of that.
		k.zmq.Disconnect(inner(k.endpoint))
	}
	k.native.free()
	err := k.zmq.Close()
	k.mu.Unlock()
	k.set.forget(k)
	if err != nil {
		return fmt.Errorf("libzmq: close: %w", fault(err))
	}
	return nil
}

// link is a socket that dials, as users see it.
type link struct{ *socket }

func (l link) Send(frames [][]byte) error   { return l.send(nil, frames) }
func (l link) Redial(endpoint string) error { return l.redial(endpoint) }
func (l link) Close() error                 { return l.close(l.linger) }
func (l link) Drop() error                  { return l.close(0) }

// Missed is for zsock.Missed.
func (l link) Missed() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.missed
}

// listener is a socket that listens, as users see it.
type listener struct{ *socket }

func (l listener) Endpoint() string { return l.endpoint }
func (l listener) Close() error     { return l.close(l.linger) }
func (l listener) Send(peer []byte, frames [][]byte) error {
	switch l.kind {
	case zsock.Router:
		if len(peer) == 0 {
			return zsock.ErrUnknownPeer
		}
		return l.send(peer, frames)
	case zsock.Pub:
		return l.send(nil, frames)
	}
	return fmt.Errorf("%w: a SUB cannot send", zsock.ErrInvalid)
}
