package zmtp

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"encoding/binary"
	"log/slog"
	"math"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// sockets is a set of sockets.
//
// Locks, each taken before those behind it: listener.mu, queue.mu, gate.mu or sockets.mu or crowd.mu or tally.mu or unfinished.mu,
// turns.mu, the inbox's own.
type sockets struct {
	transport Transport
	log       *slog.Logger
	inbox     *zsock.Inbox
	turns     turns
	gate      gate

	crowd      crowd
	unfinished *unfinished
	queued     tally
	sleepers   sleepers
	ctx        context.Context // ends what dials when everything is to end
	cancel     context.CancelFunc

	sent, received, dropped, filled, lost, refused, taken atomic.Uint64

	// running counts goroutines, and links that have not ended.
	running sync.WaitGroup
	born    time.Time

	mu        sync.Mutex
	links     map[*link]struct{}
	listeners map[*listener]struct{}
	inproc    map[string]*inprocListener
	closing   bool
	closed    chan struct{}
}

// options are those that a socket's connections look at.
type options struct {
	kind       zsock.Kind
	identity   []byte
	maxMessage int64
	maxFrames  int
	highWater  int
	octets     int64 // of the queue to a peer
	linger     time.Duration
	subscribe  [][]byte
	hold       bool
	security   zsock.Security
	secret     *ecdh.PrivateKey // of security, made ready
	heartbeat  time.Duration
	server     bool
	reads      bool // what arrives is delivered
}

// possible is what a slice can hold on this machine.
func possible(octets int64) int64 { return min(octets, math.MaxInt-maxCommand) }

// end is our part of a handshake with somebody at that connection.
func (o *options) end(nc net.Conn) *end {
	metadata := appendProperty(nil, "Socket-Type", []byte(o.kind.String()))
	if o.kind == zsock.Router || o.kind == zsock.Dealer {
		metadata = appendProperty(metadata, "Identity", o.identity)
	}
	return &end{server: o.server, security: o.security, metadata: metadata, addr: addrOf(nc), secret: o.secret}
}

// prepare does once what every handshake would do otherwise.
func (o *options) prepare() (err error) {
	if o.security.Mechanism == zsock.Curve {
		o.secret, err = curveSecret(o.security.Secret)
	}
	return err
}

// wants says whether a Sub subscribed to what begins with this frame.
func (o *options) wants(first []byte) bool { return anyPrefix(o.subscribe, first) }

func (s *sockets) Inbox() *zsock.Inbox { return s.inbox }

func (s *sockets) Stats() zsock.Stats {
	s.mu.Lock()
	n, handshakes := len(s.links)+len(s.listeners), 0
	for l := range s.listeners {
		handshakes += l.door.size()
	}
	s.mu.Unlock()
	return zsock.Stats{
		Sent: s.sent.Load(), Received: s.received.Load(), Dropped: s.dropped.Load(), Full: s.filled.Load(), Lost: s.lost.Load(),
		Refused: s.refused.Load(), Taken: s.taken.Load(), Crowded: s.crowd.turnedAway.Load(), Swollen: s.unfinished.ended.Load(),
		Clogged: s.queued.clogged.Load(), Sockets: n, Connections: s.crowd.size(), Handshakes: handshakes,
		Unfinished: s.unfinished.total.Load(), Queued: s.queued.octets.Load(), Waiting: s.inbox.Len(),
	}
}

func (s *sockets) Listen(o zsock.ListenOptions) (zsock.Listener, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	opts := &options{kind: o.Kind, identity: o.Identity, maxMessage: possible(o.MaxMessage), maxFrames: o.MaxFrames, highWater: o.HighWater, octets: o.HighWaterOctets,
		linger: o.Linger, subscribe: o.Subscribe, security: o.Security, heartbeat: o.Heartbeat, server: true, reads: o.Kind != zsock.Pub}
	if err := opts.prepare(); err != nil {
		return nil, err
	}
	return s.listen(o.Endpoint, opts)
}

func (s *sockets) Dial(o zsock.DialOptions) (zsock.Link, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	ep, err := parseDialled(o.Endpoint)
	if err != nil {
		return nil, err
	}
	opts := &options{kind: o.Kind, identity: o.Identity, maxMessage: possible(o.MaxMessage), maxFrames: o.MaxFrames, highWater: o.HighWater, octets: o.HighWaterOctets,
		linger: o.Linger, subscribe: o.Subscribe, security: o.Security, heartbeat: o.Heartbeat,
		hold: o.Hold, reads: o.Kind == zsock.Sub || o.Kind == zsock.Dealer && !o.SendOnly}
	if err := opts.prepare(); err != nil {
		return nil, err
	}
	l := &link{set: s, opts: opts, endpoint: ep, expect: bytes.Clone(o.Expect)}
	l.queue = queue{owner: l, all: &s.queued, maxMessages: opts.highWater, maxOctets: opts.octets}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return nil, zsock.ErrClosed
	}
	s.links[l] = struct{}{}
	s.running.Add(1) // until the link has ended
	s.mu.Unlock()
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	if !l.ended { // by Close of the set, meanwhile
		l.connect()
	}
	return l, nil
}

// forget removes a link that has ended.
func (s *sockets) forget(l *link) {
	s.mu.Lock()
	delete(s.links, l)
	s.mu.Unlock()
	s.running.Done()
}

func (s *sockets) Close() error {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		<-s.closed
		return nil
	}
	s.closing = true
	var links []*link
	for l := range s.links {
		links = append(links, l)
	}
	var listeners []*listener
	for l := range s.listeners {
		listeners = append(listeners, l)
	}
	s.mu.Unlock()
	for _, l := range links {
		l.Close()
	}
	for _, l := range listeners {
		l.Close()
	}
	s.running.Wait() // at the latest after the longest linger
	s.sleepers.close()
	s.cancel()
	close(s.closed)
	return nil
}

// generated makes a routing identity for a peer that has none: a zero octet, which no peer may begin with, and a number.
func generated(n uint32) []byte { return binary.BigEndian.AppendUint32([]byte{0}, n) }
