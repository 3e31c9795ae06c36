package zmtp

import (
	"encoding/binary"
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

// conn is a connection whose two ends have admitted each other. A goroutine reads from it as long as it lives; one that
// writes exists only while there is something to write.
type conn struct {
	set    *sockets
	owner  owner
	opts   *options // the socket's
	net    net.Conn
	raw    syscall.RawConn // nil: only net's own methods are there
	peer   []byte          // routing identity of the other end
	addr   netip.Addr
	cipher cipher
	minor  byte // the peer's version is 3.minor
	since  time.Time
	spoke  atomic.Bool // a message came, or a Router was asked to send one

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
	c := &conn{set: s, owner: o, opts: opts, net: nc, raw: rawOf(nc), peer: a.peer.identity, addr: addrOf(nc), cipher: a.cipher, minor: a.minor, since: time.Now()}
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
	if p := c.probe.Load(); p != nil {
		p.stirred()
	}
	c.set.turns.abort(c)
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
}

// write is the writer's goroutine.
func (c *conn) write() {
	defer c.set.running.Done()
	q := c.out
	q.mu.Lock()
	for c.alive() {
		control, batch, from := c.next()
		if control == nil && batch == nil {
			break
		}
		q.holder = c
		q.mu.Unlock()
		n, err := from, error(nil)
		if batch != nil {
			n, err = c.transmitChunk(batch, from)
		} else {
			err = c.transmitControl(control)
		}
		if err != nil {
			c.cannotWrite(err)
		}
		q.mu.Lock()
		q.holder = nil
		switch {
		case batch == nil:
		case err != nil && n == 0 && !q.over:
			q.unpop(batch) // nothing of it has left: it can go out over the next connection
		default:
			if err != nil {
				c.set.lost.Add(uint64(batch.messages))
			}
			q.done(batch)
		}
		if err != nil {
			break
		}
	}
	c.writing = false
	if d := c.direct; d != nil && d.rest != nil { // it is dead
		c.set.lost.Add(uint64(d.rest.messages))
		q.done(d.rest)
		d.rest = nil
	}
	if next := q.conn; next != nil && next != c && (q.first != nil || next.control != nil) {
		q.start() // our successor's writer, which waited for us
	}
	if c.flushing && c.alive() {
		c.finish()
	}
	q.mu.Unlock()
}

// cannotWrite ends the connection; but while somebody waits for its end, everything that had come is read first.
func (c *conn) cannotWrite(cause error) {
	if p := c.probe.Load(); p != nil {
		p.broken.Store(true)
		p.stirred()
		return
	}
	c.kill(cause)
}

// next takes what is to be written next: what was begun, then commands, then messages. out.mu is held.
func (c *conn) next() (control []byte, batch *chunk, from int) {
	if d := c.direct; d != nil && d.rest != nil {
		batch, d.rest = d.rest, nil
		return nil, batch, d.from
	}
	if control, c.control = c.control, nil; control != nil {
		return control, nil, 0
	}
	if batch = c.out.pop(); batch != nil {
		c.owner.roomMade(c.out)
	}
	return nil, batch, 0
}

func (c *conn) transmitControl(frames []byte) error {
	if c.cipher != nil {
		frames = c.seal(nil, frames)
	}
	_, err := c.net.Write(frames)
	return err
}

// transmitChunk writes a chunk, of which so many octets have left, and says how many have then.
func (c *conn) transmitChunk(batch *chunk, left int) (int, error) {
	if batch.tail == nil {
		n, err := c.transmit(batch.b[left:])
		return left + n, err
	}
	both := net.Buffers{batch.b, batch.tail} // nothing of it has left: see writeNow, and there is no cipher: see listener.send
	n, err := both.WriteTo(c.net)
	return int(n), err
}

// transmit writes frames, and says how many octets have left when that fails.
func (c *conn) transmit(frames []byte) (n int, err error) {
	if c.cipher == nil {
		return c.net.Write(frames)
	}
	sealed := newChunk(min(len(frames)+len(frames)/2, 2*gatherChunk))
	defer sealed.free()
	for len(frames) > 0 && err == nil {
		// Many small frames become several times as long.
		some := wholeFrames(frames, gatherChunk)
		sealed.b = c.seal(sealed.b[:0], frames[:some])
		frames = frames[some:]
		var left int
		left, err = c.net.Write(sealed.b)
		n += left
	}
	return n, err
}

// wholeFrames is the length of the frames at the beginning of b that end within the first octets, and of one at least.
func wholeFrames(b []byte, octets int) int {
	at := 0
	for at < len(b) {
		_, size, n := parseHeader(b[at:])
		if at > 0 && at+n+int(size) > octets {
			break
		}
		at += n + int(size)
	}
	return at
}

// seal appends frames, encrypted.
func (c *conn) seal(dst, frames []byte) []byte {
	for len(frames) > 0 {
		flags, size, n := parseHeader(frames)
		body := frames[n : n+int(size)]
		frames = frames[n+int(size):]
		// Where the header ends depends on the body's length, which is only known exactly when it is there.
		if at := len(dst); len(body)+c.cipher.overhead() > 255 {
			dst = append(dst, make([]byte, maxHeader)...)
			dst = c.cipher.seal(dst, flags&^flagLong, body)
			dst[at] = flagLong
			binary.BigEndian.PutUint64(dst[at+1:], uint64(len(dst)-at-maxHeader))
		} else {
			dst = append(dst, 0, 0)
			dst = c.cipher.seal(dst, flags&^flagLong, body)
			dst[at+1] = byte(len(dst) - at - 2)
		}
	}
	return dst
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
