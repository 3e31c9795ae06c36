package zmtp

import (
	"errors"
	"net"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// The reasons why a connection ends on our side.
var (
	errClosed   = errors.New("zmtp: closed at this end")
	errReplaced = errors.New("zmtp: replaced by another connection of the same identity")
	errSilent   = errors.New("zmtp: the other end gave no sign of life")
)

// owner is the socket that a connection belongs to.
type owner interface {
	// event is a beginning of every event of the connection.
	event(*conn) zsock.Event
	// roomMade is called when the writer has taken something from the queue, whose mu is held.
	roomMade(*queue)
	// connEnded is called by the connection's reader as the last thing it does.
	connEnded(*conn, error)
}

// conn is a connection whose two ends have admitted each other. A goroutine reads from it, or waits until it can, unless it
// sleeps; one that writes exists only while there is something to write.
type conn struct {
	set    *sockets
	owner  owner
	opts   *options // the socket's
	net    net.Conn
	raw    syscall.RawConn // nil: only net's own methods are there
	peer   []byte          // routing identity of the other end
	addr   netip.Addr
	cipher cipher
	minor  byte          // the peer's version is 3.minor
	since  time.Duration // when it came to stand, since the set was opened
	spoke  atomic.Bool   // a message came, or a Router was asked to send one

	in     input
	held   held
	topics *topics // of a Pub: what the peer subscribed to
	watch  atomic.Pointer[watch]
	probe  atomic.Pointer[probe] // somebody else wants its identity

	// The goroutines, made once, so that starting one costs no memory.
	reader, waiter, writer func()

	dead     atomic.Bool
	cause    atomic.Pointer[error] // of kill
	draining atomic.Bool
	// deaf: nothing is handed over any more. What comes is still read, so that the end is heard.
	deaf atomic.Bool
	// handing: the reader may be waiting for our own consumer.
	handing atomic.Bool
	begun   bool // what came behind the handshake was looked at

	pulse  pulse
	bed    int32       // its number among the set's sleepers; 0: none
	slept  bool        // it was asleep before
	asleep atomic.Bool // no goroutine reads or waits: who makes it false begins one

	// Under out.mu:
	out      *queue
	direct   *direct
	writing  bool   // a writer runs
	control  []byte // commands to be sent before any message, as frames
	flushing bool   // to be finished as soon as everything is written
}

// maxControl bounds what waits of commands: a peer that asks faster than it reads gets fewer answers.
const maxControl = 1 << 10

func newConn(s *sockets, o owner, opts *options, nc net.Conn, a *admitted) *conn {
	c := &conn{set: s, owner: o, opts: opts, net: nc, raw: rawOf(nc), peer: a.peer.identity, addr: addrOf(nc), cipher: a.cipher, minor: a.minor, since: time.Since(s.born)}
	keepAlive(nc)
	c.in.rest = a.leftover
	c.reader, c.waiter, c.writer = c.read, c.wait, c.write
	c.in.prepare()
	switch opts.kind {
	case zsock.Pub:
		c.topics = &topics{}
	case zsock.Sub:
		for _, topic := range opts.subscribe {
			c.control = appendSubscription(c.control, topic, a.minor)
		}
	}
	return c
}

// rawOf is how to wait on a connection without holding a buffer, or nil. Only the system's own connections are waited on in
// that way: what wraps one wants to see each octet.
func rawOf(nc net.Conn) (raw syscall.RawConn) {
	if !canWait {
		return nil
	}
	switch nc := nc.(type) {
	case *net.TCPConn:
		raw, _ = nc.SyscallConn()
	case *net.UnixConn:
		raw, _ = nc.SyscallConn()
	}
	return raw
}

// addrOf is the other end's address; that of an IPC or in-process connection is the zero Addr.
func addrOf(nc net.Conn) netip.Addr {
	if a, ok := nc.RemoteAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Addr().Unmap()
	}
	if a := nc.RemoteAddr(); a != nil {
		if ap, err := netip.ParseAddrPort(a.String()); err == nil {
			return ap.Addr().Unmap()
		}
	}
	return netip.Addr{}
}

// kill ends the connection; its reader and its writer notice. It does not block.
func (c *conn) kill(cause error) {
	if c.dead.Swap(true) {
		return
	}
	c.cause.Store(&cause)
	c.deaf.Store(true)
	c.net.Close()
	c.wake(false)
	if p := c.probe.Load(); p != nil {
		p.stirred()
	}
	c.set.turns.abort(c)
	if cause != errSwollen { // else those who wait are told by who ended it
		c.set.unfinished.wake()
	}
	if w := c.watch.Load(); w != nil {
		w.stop()
	}
}

// why is the reason that kill was given, once it was called.
func (c *conn) why() error {
	if cause := c.cause.Load(); cause != nil {
		return *cause
	}
	return errClosed // it is being called just now
}

func (c *conn) alive() bool { return !c.dead.Load() }

// drain ends the connection in favour of another one of the same identity, as soon as everything was read that had come.
func (c *conn) drain() {
	c.draining.Store(true)
	if c.net.SetReadDeadline(time.Unix(1, 0)) != nil {
		c.kill(errReplaced)
	}
	c.wake(false)
}

// tell sends a command, unless too many wait.
func (c *conn) tell(body []byte) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	if len(c.control)+sizeOfFrame(len(body)) <= maxControl && c.out.conn == c {
		c.control = appendFrame(c.control, flagCommand, body)
		c.out.start()
	}
}

// flush ends the connection once everything queued is written. out.mu is held.
func (c *conn) flush() {
	if c.flushing = true; !c.writing {
		c.finish()
	}
}

// finish tells the other end that nothing more will come, and then waits for it to hang up: who closes a connection with
// something in it that was not read has the system take back what it has not sent yet.
func (c *conn) finish() {
	half, ok := c.net.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		c.kill(errClosed)
		return
	}
	c.deaf.Store(true)
	c.set.turns.abort(c)
}
