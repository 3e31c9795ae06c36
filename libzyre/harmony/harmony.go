package harmony

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// ID names a node; it is the 16 octets of its UUID.
type ID = [16]byte

// The defaults of Config.
const (
	DefaultHighWater       = 3000 // 100 messages for each of the 30 seconds after which a quiet peer is gone
	DefaultHighWaterOctets = 64 << 20
)

// linger is how long Close lets goodbyes leave.
const linger = 200 * time.Millisecond

// Config is what Listen needs. ID and Transport must be set; the rest has defaults.
type Config struct {
	// ID is our own; peers see it.
	ID ID
	// Transport carries the messages.
	Transport zsock.Transport
	// Bind is the local address to listen at; the zero Addr means every IPv4 address.
	Bind netip.Addr
	// Port is the TCP port to listen at; 0 means any of 49152 to 65535 that is free, or any other if there is none (RFC 36).
	Port uint16
	// Names says that Connect and Redial take the name of a host too, which is looked up when it is connected to: give such
	// endpoints only if they do not come from the network.
	Names bool
	// HighWater is how many messages are queued for a peer before Send says ErrFull; 0 means DefaultHighWater.
	HighWater int
	// HighWaterOctets bounds the queue of a peer in octets as far as the transport can (see zsock.DialOptions); 0 means
	// DefaultHighWaterOctets.
	HighWaterOctets int64
	// Inbox and InboxOctets bound what waits for Take before receiving is suspended; 0 means zsock's defaults.
	Inbox, InboxOctets int
	// MaxMessage is the number of octets of the largest message received; 0 means zsock's default.
	MaxMessage int64
	// Connections, ConnectionsPerAddress, UnfinishedOctets, QueuedOctets and Dials are the bounds of zsock.Options; 0 means its
	// defaults.
	Connections, ConnectionsPerAddress int
	UnfinishedOctets, QueuedOctets     int64 // see Connections
	Dials                              int   // see Connections
	// Log receives what is odd; nil means silence.
	Log *slog.Logger
}

// The errors of this package, to be met with errors.Is. Sending may also give zsock.ErrTooLarge and zsock.ErrNoFrames,
// connecting zsock.ErrLimit.
var (
	// ErrFull: the peer's queue is full, nothing was queued. It is zsock.ErrFull.
	ErrFull = zsock.ErrFull
	// ErrClosed: the Harmony is closed. It is zsock.ErrClosed.
	ErrClosed = zsock.ErrClosed
	// ErrUnknownPeer: Connect was not called for that peer, or Disconnect was.
	ErrUnknownPeer = errors.New("harmony: not connected to that peer")
	// ErrEndpoint: the endpoint is not tcp://ADDRESS:PORT with a numeric address (or a name, if Config.Names) and a port.
	ErrEndpoint = errors.New("harmony: endpoint must be tcp://ADDRESS:PORT with a numeric address and a port of 1 to 65535")
)

// Harmony is a node's sockets. Its methods may be called from any goroutine, Take from one at a time.
type Harmony struct {
	cfg      Config
	sockets  zsock.Sockets
	identity [17]byte
	endpoint string
	port     uint16

	sent, received, dropped, full atomic.Uint64

	mu     sync.Mutex
	peers  map[ID]*peer
	links  map[zsock.Link]*peer
	closed bool

	batch []zsock.Event // Take's
}

// peer is the outgoing side of one peer.
type peer struct {
	id ID // under Harmony.mu

	mu   sync.Mutex
	link zsock.Link
	full bool // Send said ErrFull, and the event Writable was not taken yet
}

// Listen opens the ROUTER and does not block. A Config.Port that is taken gives an error that is syscall.EADDRINUSE.
func Listen(cfg Config) (*Harmony, error) {
	if cfg.Transport == nil {
		return nil, errors.New("harmony: Config.Transport is nil: give one, zmtp.Transport{} for instance")
	}
	if cfg.HighWater <= 0 {
		cfg.HighWater = DefaultHighWater
	}
	if cfg.HighWaterOctets <= 0 {
		cfg.HighWaterOctets = DefaultHighWaterOctets
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	sockets, err := cfg.Transport.Open(zsock.Options{
		Inbox: cfg.Inbox, InboxOctets: cfg.InboxOctets, Connections: cfg.Connections, ConnectionsPerAddress: cfg.ConnectionsPerAddress,
		UnfinishedOctets: cfg.UnfinishedOctets, QueuedOctets: cfg.QueuedOctets, Dials: cfg.Dials, Log: cfg.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("harmony: %w", err)
	}
	h := &Harmony{cfg: cfg, sockets: sockets, peers: map[ID]*peer{}, links: map[zsock.Link]*peer{}}
	h.identity[0] = 1
	copy(h.identity[1:], cfg.ID[:])
	if err := h.bind(); err != nil {
		return nil, errors.Join(err, sockets.Close())
	}
	return h, nil
}

// Port is the TCP port that peers connect to.
func (h *Harmony) Port() uint16 { return h.port }

// Endpoint is the endpoint that was bound, "tcp://0.0.0.0:49152" for instance. A node that is to be reached puts one of
// its addresses in place of 0.0.0.0.
func (h *Harmony) Endpoint() string { return h.endpoint }

// Connect makes the peer's DEALER, which connects to the endpoint until it succeeds and does not wait for that. An
// older one of the same peer is closed first and what it had queued is dropped.
//
// Where somebody else is at the other end, and says so, as every Harmony does, nothing is sent there, and Failed says so with an
// error that is zsock.ErrStranger, if the transport can.
func (h *Harmony) Connect(id ID, endpoint string) error {
	return h.connect(id, endpoint, append([]byte{1}, id[:]...))
}

// ConnectAny is Connect to an endpoint of which it is not known who is there: see Event.Identity and Rename.
func (h *Harmony) ConnectAny(id ID, endpoint string) error { return h.connect(id, endpoint, nil) }

func (h *Harmony) connect(id ID, endpoint string, expect []byte) error {
	if err := h.cfg.check(endpoint); err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrClosed
	}
	h.remove(id)
	link, err := h.sockets.Dial(zsock.DialOptions{
		Kind: zsock.Dealer, Endpoint: endpoint, Identity: h.identity[:], Expect: expect, SendOnly: true,
		HighWater: h.cfg.HighWater, HighWaterOctets: h.cfg.HighWaterOctets, MaxMessage: h.cfg.MaxMessage, Linger: linger,
	})
	if err != nil {
		return fmt.Errorf("harmony: connect to peer %X: %w", id, err)
	}
	p := &peer{id: id, link: link}
	h.peers[id], h.links[link] = p, p
	return nil
}

// Redial goes on with a peer at another endpoint, keeping its queue as far as the transport can.
func (h *Harmony) Redial(id ID, endpoint string) error {
	if err := h.cfg.check(endpoint); err != nil {
		return err
	}
	p, err := h.peer(id)
	if err != nil {
		return err
	}
	if err := p.link.Redial(endpoint); err != nil {
		return fmt.Errorf("harmony: redial peer %X: %w", id, err)
	}
	return nil
}

// Send queues a message for a peer and never blocks. After ErrFull it says ErrFull again until the event Writable of
// that peer was taken: what waits for room goes first, and order is kept. The caller may reuse frames afterwards.
func (h *Harmony) Send(id ID, frames [][]byte) error {
	p, err := h.peer(id)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full {
		return ErrFull
	}
	switch err := p.link.Send(frames); {
	case err == nil:
		h.sent.Add(1)
		return nil
	case errors.Is(err, zsock.ErrFull):
		p.full = true
		h.full.Add(1)
		return ErrFull
	case errors.Is(err, zsock.ErrClosed):
		return fmt.Errorf("%w (disconnected meanwhile)", ErrUnknownPeer)
	default:
		return fmt.Errorf("harmony: send to peer %X: %w", id, err)
	}
}

// Rename gives a peer another ID: the connection to old, and all that is queued for it, belong to the peer new from now on. If there is
// a connection to new, that is dropped first. When both are the same nothing happens.
func (h *Harmony) Rename(old, new ID) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrClosed
	}
	was := h.peers[old]
	if was == nil {
		return ErrUnknownPeer
	}
	if old == new {
		return nil
	}
	h.remove(new)
	delete(h.peers, old)
	was.id = new
	if l, ok := was.link.(interface{ Expect([]byte) }); ok { // whoever is there from now on, it has to be that one
		l.Expect(append([]byte{1}, new[:]...))
	}
	h.peers[new] = was
	return nil
}

// Unacknowledged is for how long the peer's system has acknowledged nothing of what it was sent, negative when that is not known; see
// zsock.Unacknowledged. It is 0 for a peer to which there is no connection.
func (h *Harmony) Unacknowledged(id ID) time.Duration {
	p, err := h.peer(id)
	if err != nil {
		return 0
	}
	return zsock.Unacknowledged(p.link)
}

// Disconnect closes a peer's DEALER at once and drops what is queued. It does nothing for an unknown peer.
func (h *Harmony) Disconnect(id ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.remove(id)
}

// Close closes everything and waits, 200 ms at most, until what is queued has left. It is idempotent.
func (h *Harmony) Close() error {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	return h.sockets.Close()
}

func (h *Harmony) peer(id ID) (*peer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, ErrClosed
	}
	if p := h.peers[id]; p != nil {
		return p, nil
	}
	return nil, ErrUnknownPeer
}

// remove forgets a peer; mu is held.
func (h *Harmony) remove(id ID) {
	p := h.peers[id]
	if p == nil {
		return
	}
	delete(h.peers, id)
	delete(h.links, p.link)
	if err := p.link.Drop(); err != nil {
		h.cfg.Log.Error("harmony: disconnect", "peer", fmt.Sprintf("%X", id), "error", err)
	}
}
