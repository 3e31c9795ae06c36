package zmtp

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// The defaults of Transport.
const (
	DefaultHandshakeTimeout  = 10 * time.Second
	DefaultHandshakes        = 1024
	DefaultHandshakesPerAddr = 512
)

// Transport is ZMTP as a zsock.Transport. The zero value is ready for use.
type Transport struct {
	// Listen and Dial make connections; nil means the system's. The network is "tcp4", "tcp6" or "unix". A test passes
	// its own, and then nothing here knows that there is no network: with testing/synctest not even that time does not pass.
	Listen func(ctx context.Context, network, address string) (net.Listener, error)
	// Dial is the same for connections that begin here.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// HandshakeTimeout is how long a connection may take until both ends have admitted each other; 0 means
	// DefaultHandshakeTimeout.
	HandshakeTimeout time.Duration
	// Handshakes and HandshakesPerAddr are how many connections to a listener may be in their handshake, in all and from
	// one address; 0 means the defaults. Another one ends the oldest of them.
	Handshakes, HandshakesPerAddr int
}

var _ zsock.Transport = Transport{}

// String is "zmtp".
func (Transport) String() string { return "zmtp" }

// Open makes an empty set of sockets. It starts nothing.
func (t Transport) Open(o zsock.Options) (zsock.Sockets, error) {
	if t.Listen == nil { // who was admitted is kept alive by keepAlive
		t.Listen = (&net.ListenConfig{KeepAlive: -1}).Listen
	}
	if t.Dial == nil {
		t.Dial = (&net.Dialer{KeepAlive: -1}).DialContext
	}
	t.HandshakeTimeout = positive(t.HandshakeTimeout, DefaultHandshakeTimeout)
	t.Handshakes = positive(t.Handshakes, DefaultHandshakes)
	t.HandshakesPerAddr = positive(t.HandshakesPerAddr, DefaultHandshakesPerAddr)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &sockets{transport: t, log: o.Log, links: map[*link]struct{}{}, listeners: map[*listener]struct{}{},
		inproc: map[string]*inprocListener{}, closed: make(chan struct{}), born: time.Now()}
	s.gate.most = positive(o.Dials, zsock.DefaultDials)
	s.crowd = crowd{most: positive(o.Connections, zsock.DefaultConnections), mostPerAddr: positive(o.ConnectionsPerAddress, zsock.DefaultConnectionsPerAddress)}
	s.queued.most = positive(o.QueuedOctets, zsock.DefaultQueuedOctets)
	s.unfinished = newUnfinished(positive(o.UnfinishedOctets, zsock.DefaultUnfinishedOctets))
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.inbox = zsock.NewInbox(o.Inbox, o.InboxOctets, s.turns.room)
	s.turns.inbox = s.inbox
	return s, nil
}

func positive[T int | int64 | time.Duration](v, otherwise T) T {
	if v <= 0 {
		return otherwise
	}
	return v
}
