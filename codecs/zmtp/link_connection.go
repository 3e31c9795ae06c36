package zmtp

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Times of connecting, chosen for peers on a local network.
const (
	reconnectFirst = 100 * time.Millisecond // after a failure; then doubled up to
	reconnectMost  = 2 * time.Second
	connectMost    = 10 * time.Second // an address where nobody answers
	settled        = time.Second      // a connection that stood so long is made anew at once when it breaks
)

// connect begins to connect. queue.mu is held.
func (l *link) connect() {
	l.life++
	l.set.gate.enter(dialler{l, l.life})
}

// attempt is a goroutine that tries to connect once.
func (l *link) attempt(life int) {
	ctx, ep := l.begin(life)
	if ep == nil { // Redial, Drop or Close came first
		l.set.gate.leave()
		l.set.running.Done()
		return
	}
	l.set.running.Add(1)
	leave := func() {
		l.set.gate.leave()
		l.set.running.Done()
	}
	hold := time.AfterFunc(l.set.gate.hold(), leave)
	nc, err := l.set.dial(ctx, ep)
	var a *admitted
	if err == nil {
		a, err = l.shake(ctx, nc)
	}
	if hold.Stop() {
		leave()
	}
	l.attempted(life, ep, nc, a, err)
	l.set.running.Done()
}

// begin says where to connect to, unless that life is over.
func (l *link) begin(life int) (context.Context, *endpoint) {
	q := &l.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.life != life || l.ended {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(l.set.ctx, connectMost)
	l.cancel = cancel
	return ctx, l.endpoint
}

// shake is of its own so that little is on the stack while it waits; see wait.
func (l *link) shake(ctx context.Context, nc net.Conn) (*admitted, error) {
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	a, err := shake(nc, l.opts.end(nc), l.opts.kind, l.set.transport.HandshakeTimeout)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil && l.isStranger(a.peer.identity) {
		err = zsock.ErrStranger
	}
	return a, err
}

func (l *link) isStranger(identity []byte) bool {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	return len(l.expect) > 0 && len(identity) > 0 && !bytes.Equal(identity, l.expect)
}

// attempted goes on after an attempt.
func (l *link) attempted(life int, ep *endpoint, nc net.Conn, a *admitted, err error) {
	q := &l.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if l.life == life {
		l.cancel()
		l.cancel = nil
		if err == nil {
			l.stands(nc, a)
			return
		}
		l.failures++
		l.set.inbox.Put(zsock.Event{Type: zsock.Failed, Link: l, Addr: ep.addr(), Err: fmt.Errorf("zmtp: connect to %s: %w", ep.text, explain(err))})
		l.later()
	}
	if nc != nil {
		nc.Close()
	}
}

// stands goes on with a connection. queue.mu is held.
func (l *link) stands(nc net.Conn, a *admitted) {
	c := newConn(l.set, l, l.opts, nc, a)
	c.out = &l.queue
	l.since = time.Now()
	l.queue.conn = c
	e := l.event(c)
	e.Type = zsock.Up
	l.set.inbox.Put(e)
	c.startWatch()
	l.set.running.Add(1)
	c.startReading()
	if l.queue.first != nil || c.control != nil {
		l.queue.start()
	}
	if l.queue.closing {
		c.flush()
	}
}

// later connects anew, after a while. queue.mu is held.
func (l *link) later() {
	wait := time.Duration(0) // it had worked until just now
	if l.failures > 0 {
		wait = min(reconnectFirst<<min(l.failures-1, 10), reconnectMost)
	}
	// Everybody who lost the same peer at the same time shall not come back at the same time.
	wait = wait/2 + rand.N(wait/2+1)
	life := l.life
	l.retry = time.AfterFunc(wait, func() {
		l.queue.mu.Lock()
		defer l.queue.mu.Unlock()
		if l.life == life && !l.ended {
			l.connect()
		}
	})
}

// connEnded is called by the reader of a connection.
func (l *link) connEnded(c *conn, cause error) {
	q := &l.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.conn != c {
		return // Redial, Drop or Close had ended it
	}
	q.conn = nil
	if q.closing && q.first == nil && q.holder == nil {
		l.end()
		return
	}
	switch {
	case time.Since(l.since) >= settled:
		l.failures, l.brief = 0, false
	case l.brief:
		l.failures++
	default: // the first time it is tried at once: that is how one learns soonest that the other end is gone
		l.brief = true
	}
	e := l.event(c)
	e.Type, e.Err = zsock.Down, cause
	l.set.inbox.Put(e)
	l.later()
}
