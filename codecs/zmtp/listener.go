package zmtp

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// acceptPause is how long nobody is accepted when the process may open no more descriptors.
const acceptPause = 100 * time.Millisecond

// listener is a bound socket.
type listener struct {
	set      *sockets
	opts     *options
	endpoint string
	net      net.Listener
	door     door
	closed   chan struct{}
	ended    atomic.Bool

	mu    sync.RWMutex
	conns map[*conn]struct{}
	peers map[string]*conn // by routing identity; of a Router
	// successors wait until everything that an older connection of the same identity brought has been told.
	successors map[*conn]chan struct{}
	generated  uint32
	closing    bool
}

func (s *sockets) listen(at string, opts *options) (*listener, error) {
	ep, err := parseEndpoint(at)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	closing := s.closing
	s.mu.Unlock()
	if closing {
		return nil, zsock.ErrClosed
	}
	nl, endpoint, err := s.bind(ep)
	if err != nil {
		return nil, fmt.Errorf("zmtp: listen at %s: %w", at, explain(err))
	}
	l := &listener{set: s, opts: opts, endpoint: endpoint, net: nl, closed: make(chan struct{}), conns: map[*conn]struct{}{}, peers: map[string]*conn{},
		successors: map[*conn]chan struct{}{}}
	l.door = door{most: s.transport.Handshakes, mostPerAddr: s.transport.HandshakesPerAddr}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		go nl.Close() // an in-process one takes s.mu
		return nil, zsock.ErrClosed
	}
	s.listeners[l] = struct{}{}
	s.running.Add(1)
	switch nl.(type) {
	case *net.TCPListener, *net.UnixListener:
		s.sleepers.begin()
	}
	go l.accept()
	return l, nil
}

func (l *listener) Endpoint() string { return l.endpoint }

// accept is a goroutine that lets connections in.
func (l *listener) accept() {
	defer l.set.running.Done()
	for {
		nc, err := l.net.Accept()
		if err == nil {
			if v := l.door.enter(nc); v != nil {
				l.set.running.Add(1)
				go l.greet(v)
			}
			continue
		}
		select {
		case <-l.closed:
			return
		default:
		}
		l.set.log.Error("zmtp: accepting is suspended for a moment", "endpoint", l.endpoint, "error", explain(err))
		select {
		case <-l.closed:
			return
		case <-time.After(acceptPause):
		}
	}
}

// greet is a goroutine that shakes hands with a visitor.
func (l *listener) greet(v *visitor) {
	a, err := shake(v.conn, l.opts.end(v.conn), l.opts.kind, l.set.transport.HandshakeTimeout)
	var from *conn
	if err == nil {
		from, err = l.claim(a)
	}
	if !l.door.leave(v) {
		err = errCrowded
	}
	if err == nil {
		if err = l.admit(v.conn, a, from); err == nil {
			return // running counts the connection now
		}
	}
	l.refuse(v, err)
	l.set.running.Done()
}

func (l *listener) refuse(v *visitor, err error) {
	l.set.refused.Add(1) // before anybody can know
	if err == errTaken || err == errOurs {
		l.set.taken.Add(1)
	}
	v.conn.Close()
	// Of strangers who fail the consumer hears only while that cannot keep it from what matters.
	if box := l.set.inbox; box.Len() < refusalsHeld {
		box.Offer([]zsock.Event{{Type: zsock.Failed, Addr: addrOf(v.conn), Err: err}})
	}
}

// refusalsHeld is how many events may wait when a refusal is told.
const refusalsHeld = 100

// admit goes on with a connection, which may take its identity over from another one.
func (l *listener) admit(nc net.Conn, a *admitted, from *conn) error {
	c, before, err := l.enter(nc, a, from)
	if err != nil {
		return err
	}
	if before != nil { // what the connection before it brought comes first
		<-before
	}
	e := l.event(c)
	e.Type = zsock.Up
	if l.set.turns.deliver(c, &c.dead, []zsock.Event{e}) > 0 {
		l.remove(c) // it ended before anybody was told of it
		l.set.running.Done()
		return nil
	}
	c.handing.Store(false)
	c.startReading()
	return nil
}

// enter notes a connection, and says whose end it has to wait for.
func (l *listener) enter(nc net.Conn, a *admitted, from *conn) (c *conn, before chan struct{}, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing {
		return nil, nil, zsock.ErrClosed
	}
	var old *conn
	if l.opts.kind == zsock.Router {
		if len(a.peer.identity) == 0 {
			l.generated++
			a.peer.identity = generated(l.generated)
		}
		old = l.peers[string(a.peer.identity)]
		if old != nil && old != from && old.alive() { // somebody else was faster
			return nil, nil, errTaken
		}
	}
	if err := l.set.crowd.enter(addrOf(nc)); err != nil {
		return nil, nil, err
	}
	c = newConn(l.set, l, l.opts, nc, a)
	c.out = &queue{owner: l, all: &l.set.queued, maxMessages: l.opts.highWater, maxOctets: l.opts.octets, conn: c}
	l.conns[c] = struct{}{}
	if l.opts.kind == zsock.Router {
		if old != nil {
			before = make(chan struct{})
			l.successors[old] = before
			old.drain()
		}
		l.peers[string(c.peer)] = c
	}
	if c.control != nil { // subscriptions
		c.out.mu.Lock()
		c.out.start()
		c.out.mu.Unlock()
	}
	c.handing.Store(true) // until everybody was told of it
	c.startWatch()
	return c, before, nil
}

func (l *listener) event(c *conn) zsock.Event { return zsock.Event{Peer: c.peer, Addr: c.addr} }

// roomMade tells that a peer has room whose queue was full. That comes before its Down, for q.closing comes before that.
func (l *listener) roomMade(q *queue) {
	if q.full && q.roomy() && !q.closing {
		q.full = false
		e := l.event(q.conn)
		e.Type = zsock.Writable
		l.set.inbox.Put(e)
	}
}

func (l *listener) connEnded(c *conn, cause error) {
	c.out.mu.Lock()
	c.out.closing = true
	c.out.mu.Unlock()
	e := l.event(c)
	e.Type, e.Err = zsock.Down, cause
	l.set.turns.deliver(l, &l.ended, []zsock.Event{e})
	l.remove(c)
}

// remove forgets a connection of which everything was told, and lets its successor begin.
func (l *listener) remove(c *conn) {
	c.out.mu.Lock()
	c.out.conn = nil
	c.out.closing, c.out.over = true, true
	c.set.lost.Add(uint64(c.out.forget()))
	c.out.mu.Unlock()
	l.set.crowd.leave(c.addr)
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
	if l.peers[string(c.peer)] == c {
		delete(l.peers, string(c.peer))
	}
	if successor := l.successors[c]; successor != nil {
		delete(l.successors, c)
		close(successor)
	}
}

// Close unbinds. What is queued for peers may still leave, within Linger.
func (l *listener) Close() error {
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return nil
	}
	l.closing = true
	l.ended.Store(true)
	close(l.closed)
	l.set.turns.abort(l)
	err := l.net.Close()
	for c := range l.conns {
		c.out.mu.Lock()
		c.out.closing = true
		if l.opts.linger > 0 {
			c.flush()
			time.AfterFunc(l.opts.linger, func() { c.kill(errClosed) })
		} else {
			c.kill(errClosed)
		}
		c.out.mu.Unlock()
	}
	l.mu.Unlock()
	l.door.close()
	l.set.mu.Lock()
	delete(l.set.listeners, l)
	l.set.mu.Unlock()
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("zmtp: close %s: %w", l.endpoint, err)
	}
	return nil
}
