package zmtp

import (
	"bytes"
	"context"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// link is a socket that connects. Everything but set and opts is under queue.mu.
type link struct {
	set   *sockets
	opts  *options
	queue queue

	endpoint *endpoint
	expect   []byte // who has to be there; nil: anybody
	// life is raised whenever what goes on shall go on no more: what an older life began ends without effect.
	life     int
	cancel   context.CancelFunc // of an attempt to connect
	retry    *time.Timer
	failures int
	brief    bool      // the last connection broke before it had settled
	since    time.Time // when the connection came to stand
	missed   int64     // messages of a Pub that were wanted, and dropped
	ended    bool
	deadline *time.Timer // of the linger
}

func (l *link) event(c *conn) zsock.Event { return zsock.Event{Link: l, Peer: c.peer, Addr: c.addr} }

func (l *link) Send(frames [][]byte) error {
	octets, wire, err := measure(frames)
	if err != nil {
		return err
	}
	q := &l.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.opts.kind == zsock.Pub {
		return l.publish(frames, octets, wire)
	}
	_, err = q.push(frames, octets, wire, false)
	switch err {
	case nil:
		l.set.sent.Add(1)
	case zsock.ErrFull:
		l.set.becameFull(q)
	}
	return err
}

// becameFull notes that a sender waits for room. q.mu is held.
func (s *sockets) becameFull(q *queue) {
	if !q.full {
		q.full = true
		s.filled.Add(1)
	}
}

// publish sends to a subscriber that is connected, subscribed and fast enough, and drops otherwise.
func (l *link) publish(frames [][]byte, octets int64, wire int) error {
	q := &l.queue
	if q.closing {
		return zsock.ErrClosed
	}
	if l.wants(frames[0]) {
		switch _, err := q.push(frames, octets, wire, false); err {
		case nil:
		case zsock.ErrFull:
			l.missed++
		default:
			return err
		}
	}
	l.set.sent.Add(1)
	return nil
}

// wants says whether a Pub's message is for the other end. queue.mu is held.
func (l *link) wants(first []byte) bool {
	c := l.queue.conn
	if l.opts.hold && (c == nil || !c.topics.known()) {
		return true
	}
	return c != nil && c.topics.match(first)
}

// Missed is for zsock.Missed.
func (l *link) Missed() int64 {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	return l.missed
}

// roomMade tells a sender that met a full queue that there is room.
func (l *link) roomMade(q *queue) {
	if q.full && q.roomy() {
		q.full = false
		l.set.inbox.Put(zsock.Event{Type: zsock.Writable, Link: l})
	}
}

// Expect says who the other end has to be from now on, as DialOptions.Expect.
func (l *link) Expect(identity []byte) {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	l.expect = bytes.Clone(identity)
}

// Redial goes on at another endpoint, with everything that is queued.
func (l *link) Redial(to string) error {
	ep, err := parseDialled(to)
	if err != nil {
		return err
	}
	q := &l.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closing {
		return zsock.ErrClosed
	}
	l.interrupt()
	l.endpoint, l.failures, l.brief = ep, 0, false
	l.connect()
	return nil
}

// interrupt ends the connection, or whatever is done to have one. queue.mu is held.
func (l *link) interrupt() {
	l.life++
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
	if l.retry != nil {
		l.retry.Stop()
	}
	if c := l.queue.conn; c != nil {
		l.queue.conn = nil
		c.kill(errClosed)
	}
}

// Close ends the link once what is queued has left, at the latest after Linger.
func (l *link) Close() error { return l.close(l.opts.linger) }

// Drop ends the link at once.
func (l *link) Drop() error { return l.close(0) }

func (l *link) close(linger time.Duration) error {
	q := &l.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.ended || q.closing && linger > 0 {
		return nil
	}
	q.closing = true
	if linger <= 0 || q.conn == nil && q.first == nil {
		l.end()
		return nil
	}
	if q.conn != nil {
		q.conn.flush()
	}
	l.deadline = time.AfterFunc(linger, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		l.end()
	})
	return nil
}

// end is the end. queue.mu is held.
func (l *link) end() {
	if l.ended {
		return
	}
	l.ended = true
	if l.deadline != nil {
		l.deadline.Stop()
	}
	l.interrupt()
	l.queue.over, l.queue.full = true, false
	l.queue.forget()
	l.set.forget(l)
}
