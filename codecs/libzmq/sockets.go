package libzmq

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// sockets is a set of sockets with one receiving goroutine.
//
// Locks: a socket's mutex is taken before the set's; never the other way round.
type sockets struct {
	ctx    *zmq4.Context
	log    *slog.Logger
	inbox  *zsock.Inbox
	wakeup *wakeup
	done   chan struct{} // closed when the receiving goroutine has ended

	sent, received, dropped, filled, refused atomic.Uint64

	mu      sync.Mutex
	all     map[*socket]struct{} // keeps them reachable: pebbe closes what the collector finds
	readers []*socket            // those that receive
	full    map[*socket]struct{} // those that wait for room
	changed bool                 // readers or full are not what the goroutine sleeps on
	zap     *zap                 // opened for the first listener that asks about its peers
	closing bool
	closed  chan struct{} // made by the first Close, closed when it is through
	err     error         // of Close
}

func (s *sockets) Inbox() *zsock.Inbox { return s.inbox }

func (s *sockets) Stats() zsock.Stats {
	s.mu.Lock()
	n := len(s.all)
	s.mu.Unlock()
	return zsock.Stats{
		Sent: s.sent.Load(), Received: s.received.Load(), Dropped: s.dropped.Load(), Full: s.filled.Load(),
		Refused: s.refused.Load(), Sockets: n, Waiting: s.inbox.Len(),
	}
}

func (s *sockets) Listen(o zsock.ListenOptions) (zsock.Listener, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if err := checkSecurity(&o.Security, o.Endpoint, true); err != nil {
		return nil, err
	}
	if ipcTaken(o.Endpoint) {
		return nil, fmt.Errorf("libzmq: listen at %s: %w", o.Endpoint, syscall.EADDRINUSE)
	}
	k, err := s.open(settings{kind: o.Kind, identity: o.Identity, highWater: o.HighWater, maxMessage: o.MaxMessage, maxFrames: o.MaxFrames, linger: o.Linger,
		subscribe: o.Subscribe, listens: true, ipv6: isIPv6(o.Endpoint), reads: o.Kind != zsock.Pub,
		security: o.Security, heartbeat: o.Heartbeat})
	if err != nil {
		return nil, err
	}
	if o.Kind == zsock.Router {
		k.maxOctets = o.HighWaterOctets
	}
	err = k.begin(func(z *zmq4.Socket) error {
		if err := z.Bind(inner(o.Endpoint)); err != nil {
			return err
		}
		endpoint, err := z.GetLastEndpoint()
		k.endpoint = outer(endpoint)
		return err
	})
	if err != nil {
		return nil, limit(fmt.Errorf("libzmq: listen at %s: %w", o.Endpoint, err))
	}
	return listener{k}, nil
}

func (s *sockets) Dial(o zsock.DialOptions) (zsock.Link, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	if err := checkSecurity(&o.Security, o.Endpoint, false); err != nil {
		return nil, err
	}
	k, err := s.open(settings{kind: o.Kind, identity: o.Identity, highWater: o.HighWater, maxMessage: o.MaxMessage, maxFrames: o.MaxFrames, linger: o.Linger,
		subscribe: o.Subscribe, ipv6: isIPv6(o.Endpoint), reads: o.Kind == zsock.Sub || o.Kind == zsock.Dealer && !o.SendOnly,
		security: o.Security, heartbeat: o.Heartbeat})
	if err != nil {
		return nil, err
	}
	k.maxOctets = o.HighWaterOctets
	k.endpoint = o.Endpoint
	k.link = link{k}
	if err := k.begin(func(z *zmq4.Socket) error { return z.Connect(inner(o.Endpoint)) }); err != nil {
		return nil, limit(fmt.Errorf("libzmq: connect to %s: %w", o.Endpoint, err))
	}
	return k.link, nil
}

// open makes and configures a socket that neither listens nor dials yet.
func (s *sockets) open(t settings) (*socket, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, zsock.ErrClosed
	}
	if t.security.Authenticate != nil && s.zap == nil {
		var err error
		if s.zap, err = newZAP(s.ctx); err != nil {
			return nil, err
		}
		s.changed = true
		s.wakeup.wake()
	}
	z, err := s.ctx.NewSocket(t.zmqType())
	if err != nil {
		return nil, limit(fmt.Errorf("libzmq: new %s socket: %w", t.kind, fault(err)))
	}
	if t.security.Authenticate != nil {
		t.domain = s.zap.register(t.security)
	}
	k := &socket{set: s, zmq: z, kind: t.kind, maxMessage: t.maxMessage, maxFrames: t.maxFrames, linger: t.linger, ipv6: t.ipv6,
		security: t.security, domain: t.domain}
	if err = t.apply(z); err == nil {
		k.native, err = nativeOf(z)
	}
	if err == nil && t.insists() {
		err = k.native.enforceDomain()
	}
	if err != nil {
		s.zap.forget(k.domain)
		return nil, errors.Join(fmt.Errorf("libzmq: options of a %s socket: %w", t.kind, fault(err)), z.Close())
	}
	if t.reads {
		k.reads = true
		k.native.receives()
	}
	s.all[k] = struct{}{}
	return k, nil
}

// begin binds or connects a new socket and gives it to the receiving goroutine; when that fails it closes it.
func (k *socket) begin(f func(*zmq4.Socket) error) error {
	k.mu.Lock()
	err := zsock.ErrClosed
	if !k.closed {
		err = fault(f(k.zmq))
	}
	k.mu.Unlock()
	if err != nil {
		k.close(0)
		return err
	}
	if k.reads {
		s := k.set
		s.mu.Lock()
		s.readers = append(s.readers, k)
		s.changed = true
		s.mu.Unlock()
		k.service()
	}
	return nil
}

// forget removes a socket that was closed.
func (s *sockets) forget(k *socket) {
	s.mu.Lock()
	delete(s.all, k)
	s.zap.forget(k.domain)
	if _, ok := s.full[k]; ok {
		delete(s.full, k)
		s.changed = true
	}
	if k.reads {
		for i, r := range s.readers {
			if r == k {
				s.readers = append(s.readers[:i:i], s.readers[i+1:]...)
				s.changed = true
				break
			}
		}
	}
	changed := s.changed
	s.mu.Unlock()
	if changed {
		s.wakeup.wake()
	}
}

// watch makes the receiving goroutine wait for room in a socket's queue, or stop that.
func (s *sockets) watch(k *socket, full bool) {
	s.mu.Lock()
	if full {
		s.full[k] = struct{}{}
	} else {
		delete(s.full, k)
	}
	s.changed = true
	s.mu.Unlock()
	if full {
		s.wakeup.wake()
	}
}

func (s *sockets) Close() error {
	s.mu.Lock()
	if s.closing {
		closed := s.closed
		s.mu.Unlock()
		<-closed
		return s.err
	}
	s.closing = true
	s.closed = make(chan struct{})
	all := make([]*socket, 0, len(s.all))
	for k := range s.all {
		all = append(all, k)
	}
	s.mu.Unlock()

	s.wakeup.wake()
	<-s.done
	for _, k := range all {
		k.close(k.linger)
	}
	if s.zap != nil {
		s.zap.close()
	}
	s.wakeup.close()
	// Returns when all sockets are gone, at the latest after the longest linger.
	if err := s.ctx.Term(); err != nil {
		s.err = fmt.Errorf("libzmq: end of context: %w", fault(err))
	}
	close(s.closed)
	return s.err
}
