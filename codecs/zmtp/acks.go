package zmtp

import (
	"net"
	"syscall"
	"time"
)

// ackGrain is how exact acks is: the system is asked when something is written, but not more often.
const ackGrain = 100 * time.Millisecond

// acks knows for how long the other end's system has acknowledged nothing. The system itself only tells when it did so last, which
// may be long ago because there was nothing to acknowledge. So what is noted is when something was written last while nothing
// was outstanding. out.mu guards it.
type acks struct {
	raw   syscall.RawConn // nil: not TCP, or the system does not tell
	asked time.Duration   // when, since the set was opened
	since time.Duration   // nothing was outstanding just before
}

// acknowledger is a connection that knows by itself what it has not acknowledged; one of a test, for instance.
type acknowledger interface{ Unacknowledged() time.Duration }

// tcpOf is how to ask the system about a TCP connection; nil: that is not possible.
func tcpOf(nc net.Conn) (raw syscall.RawConn) {
	if sc, ok := nc.(syscall.Conn); ok && tellsTCP {
		if _, tcp := nc.RemoteAddr().(*net.TCPAddr); tcp {
			raw, _ = sc.SyscallConn()
		}
	}
	return raw
}

func newAcks(nc net.Conn) acks { return acks{raw: tcpOf(nc), asked: -ackGrain} }

// writing is called before something is written.
func (a *acks) writing(now time.Duration) {
	if a.raw == nil || now-a.asked < ackGrain {
		return
	}
	a.asked = now
	if s, _ := askTCP(a.raw); !s.outstanding {
		a.since = now
	}
}

// unacknowledged is -1 when it is not known.
func (a *acks) unacknowledged(now time.Duration) time.Duration {
	s, known := askTCP(a.raw)
	switch {
	case !known:
		return -1
	case !s.outstanding:
		return 0
	}
	return max(0, min(s.ago, now-a.since))
}

// tcpState is what the system knows of a connection.
type tcpState struct {
	outstanding bool          // something was sent and not acknowledged
	ago         time.Duration // when the other end's system acknowledged anything last
	acked       uint64        // octets acknowledged so far
	gone        bool          // the other end has hung up
	full        bool          // the other end's buffers are full, and it answers when asked whether they still are
}

// unacknowledged is for zsock.Unacknowledged. A connection that knows it by itself, of a test for instance, answers for itself.
// out.mu is held.
func (c *conn) unacknowledged() time.Duration {
	switch own, ok := c.net.(acknowledger); {
	case ok:
		return own.Unacknowledged()
	case c.within():
		return 0
	case c.direct == nil: // nothing was ever written
		a := newAcks(c.net)
		return a.unacknowledged(time.Since(c.set.born))
	}
	return c.direct.acks.unacknowledged(time.Since(c.set.born))
}

// within says that both ends are on this machine, and that a connection that stands has another end.
func (c *conn) within() bool {
	a := c.net.RemoteAddr()
	return a != nil && (a.Network() == "unix" || a.Network() == "pipe")
}

// Unacknowledged is for zsock.Unacknowledged.
func (l *link) Unacknowledged() time.Duration {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	if c := l.queue.conn; c != nil {
		return c.unacknowledged()
	}
	return 0
}
