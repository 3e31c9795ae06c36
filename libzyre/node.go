package zyre

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/node"
	"github.com/zeromq/gozyre/libzyre/internal/report"
	"github.com/zeromq/gozyre/libzyre/internal/share"
)

// Node is one participant of a network. Its methods may be called from any
// goroutine.
type Node struct {
	cfg      Config
	node     *node.Node // belongs to run
	network  network
	beacon   announcer
	share    *share.Share // nil: no files
	reports  *report.Reporter
	requests chan *request
	spare    sync.Pool // of requests; the node's own, for their channels must stay in its bubble of testing/synctest
	events   chan Event
	listened atomic.Bool // whether anybody ever asked for events
	closing  chan struct{}
	once     sync.Once
	stopped  chan struct{} // no request is taken any more
	done     chan struct{} // all is closed
	err      error         // why it ended, once done
	last     Stats         // once done
}

// network is what a node needs of its connections; harmony is the real one.
type network interface {
	node.Network
	Port() uint16
	Ready() <-chan struct{}
	Stats() harmony.Stats
	Close() error
}

// announcer is what a node needs of discovery; beacon is the real one.
type announcer interface {
	Publish(data []byte) error
	Pace(interval time.Duration)
	Signals() <-chan beacon.Signal
	Changes() <-chan struct{}
	Stats() beacon.Stats
	Err() error
	Close() error
}

// Start makes a node, opens its sockets and announces it. It returns once the
// first beacon has left, and does not wait for peers, nor for an interface
// to come up: the node is announced when one does. It ends with Close or with ctx.
//
// The error is ErrInvalid for a Config that makes no sense, a wrong interface
// among it, or says which port or limit of the system is in the way and what to
// do.
func Start(ctx context.Context, cfg Config) (*Node, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	discovery, err := beacon.Listen(beacon.Config{
		Port:       cfg.Port,
		Interfaces: cfg.Interfaces,
		Interval:   cfg.Interval,
		Log:        cfg.Log,
	})
	if err != nil {
		if errors.Is(err, beacon.ErrInterface) || errors.Is(err, beacon.ErrInvalid) {
			err = fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		return nil, err
	}
	connections, err := harmony.Listen(harmony.Config{
		ID:         harmony.ID(cfg.UUID),
		Transport:  cfg.Transport,
		Bind:       bindAddr(cfg.Interfaces),
		Port:       cfg.TCPPort,
		Names:      len(cfg.Peers) > 0,
		HighWater:  cfg.HighWater,
		MaxMessage: int64(cfg.Limits.MessageOctets + maxHello),

		HighWaterOctets: int64(cfg.Limits.MessageOctets + maxHello),

		Connections:           max(8192, 2*cfg.Limits.Peers),
		ConnectionsPerAddress: cfg.Limits.PeersPerAddress,
		UnfinishedOctets:      4 * int64(cfg.Limits.MessageOctets+maxHello), // one that grows is there twice
		QueuedOctets:          cfg.Limits.QueuedOctets,
		Dials:                 cfg.Limits.Dials,
		Log:                   cfg.Log,
	})
	if err != nil {
		discovery.Close()
		return nil, err
	}
	files, err := openShare(&cfg)
	if err != nil {
		discovery.Close()
		connections.Close()
		return nil, err
	}
	n := newNode(cfg, connections, discovery, files, localAddr)
	if err := discovery.Publish(core.AppendBeacon(nil, core.ID(cfg.UUID), connections.Port())); err != nil {
		discovery.Close()
		connections.Close()
		if files != nil {
			files.Close()
		}
		return nil, err
	}
	go n.run(ctx)
	return n, nil
}

func newNode(cfg Config, network network, discovery announcer, files *share.Share, local func(netip.Addr) netip.Addr) *Node {
	_, tells := cfg.Transport.(zmtp.Transport)
	n := &Node{
		cfg:      cfg,
		network:  network,
		beacon:   discovery,
		share:    files,
		requests: make(chan *request),
		spare:    sync.Pool{New: newRequest},
		events:   make(chan Event, min(cfg.Queue, maxChannel)),
		closing:  make(chan struct{}),
		stopped:  make(chan struct{}),
		done:     make(chan struct{}),
	}
	var fetches node.Files // not one that is a nil pointer
	if files != nil {
		fetches = files
	}
	n.reports = n.newReporter()
	n.node = node.New(node.Config{
		Files:   fetches,
		Observe: n.reports.Observe,
		Config: core.Config{
			ID:          core.ID(cfg.UUID),
			Name:        cfg.Name,
			Headers:     cfg.Headers,
			Port:        network.Port(),
			Interval:    cfg.Interval,
			Evasive:     cfg.Evasive,
			Expired:     cfg.Expired,
			SendTimeout: cfg.SendTimeout,
			Limits: core.Limits{
				Peers:           cfg.Limits.Peers,
				PeersPerAddress: cfg.Limits.PeersPerAddress,
				NewPeers:        cfg.Limits.NewPeers,
				Groups:          cfg.Limits.Groups,
				HeaderOctets:    cfg.Limits.HeaderOctets,
			},
			Peers:       cfg.Peers,
			Advertise:   cfg.Advertise,
			Tells:       tells,
			AnyEndpoint: cfg.AnyEndpoint,
			LocalAddr:   local,
		},
		Queue:       cfg.Queue,
		Reader:      n.offer,
		Trace:       cfg.Trace,
		TraceFailed: func(err error) { cfg.Log.Error("the trace ends here", "error", err) },
	}, network)
	return n
}

// UUID returns the node's identity.
func (n *Node) UUID() UUID { return n.cfg.UUID }

// Name returns the name that people see.
func (n *Node) Name() string { return n.cfg.Name }

// Events is where the node tells what happens: for each peer Enter first and
// Exit last, its messages in order between them, nothing lost without an event
// that says so. Stop is the last of all, then the channel is closed. Who reads
// slowly makes peers wait, once Config.Queue events are held.
func (n *Node) Events() <-chan Event {
	n.listened.Store(true)
	return n.events
}

// Close says goodbye to all peers, closes everything and waits for that, half a
// second at most; two with files, or as long as the disk takes. Events that are not read by then are lost. It may
// be called again; it returns nil.
func (n *Node) Close() error {
	n.once.Do(func() { close(n.closing) })
	<-n.done
	return nil
}

// Err says why the node ended: nil after Close and while it runs, the context's
// error, or what broke.
func (n *Node) Err() error {
	select {
	case <-n.done:
		return n.err
	default:
		return nil
	}
}

// bindAddr is where peers may connect to: everywhere, unless only loopback is
// wanted.
func bindAddr(interfaces []string) netip.Addr {
	for _, name := range interfaces {
		if i, err := net.InterfaceByName(name); err != nil || i.Flags&net.FlagLoopback == 0 {
			return netip.Addr{}
		}
	}
	if len(interfaces) == 0 {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// localAddr asks the system which address of ours routes to another host.
// Nothing is sent. Where there is no route the answer is 0.0.0.0, and the peer
// takes the address that it hears us from.
func localAddr(remote netip.Addr) netip.Addr {
	const discard = 9 // any port does
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(netip.AddrPortFrom(remote, discard)))
	if err != nil {
		return netip.IPv4Unspecified()
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// now is a node's only clock.
func now() time.Time { return time.Now() }
