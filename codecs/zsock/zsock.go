package zsock

import (
	"log/slog"
	"time"
)

// Kind is the form of a socket.
type Kind uint8

const (
	// Router receives from many peers and knows each by its routing identity. Where the transport can tell, a connection that is
	// alive, and has carried a message or is less than a second old, keeps its identity against others that come under it.
	Router Kind = iota + 1
	// Dealer talks to one peer, with a queue of its own.
	Dealer
	// Pub sends to every subscriber that has room and drops for those that have none.
	Pub
	// Sub receives what begins with one of its subscriptions.
	Sub
)

// String gives the form's ZeroMQ name: "ROUTER", "DEALER", "PUB", "SUB".
func (k Kind) String() string {
	switch k {
	case Router:
		return "ROUTER"
	case Dealer:
		return "DEALER"
	case Pub:
		return "PUB"
	case Sub:
		return "SUB"
	}
	return "invalid"
}

// Transport is a way to reach peers. It is a value that costs nothing until Open is called.
type Transport interface {
	// Open makes an empty set of sockets.
	Open(Options) (Sockets, error)
	// String names the transport, "libzmq" for instance.
	String() string
}

// Options are those of a whole set of sockets. The zero value is good.
type Options struct {
	// Inbox is how many messages may wait before receiving is suspended; 0 means [DefaultInbox].
	Inbox int
	// InboxOctets is how many octets may wait before receiving is suspended; 0 means [DefaultInboxOctets].
	// A transport may exceed it by one message.
	InboxOctets int
	// Connections is how many connections to its listeners the set admits at once, and ConnectionsPerAddress how many of them
	// from one network address; 0 means the defaults. Another one is refused. These bounds, and those below, hold as far as
	// the transport can keep them: zmtp can, libzmq cannot.
	Connections, ConnectionsPerAddress int
	// UnfinishedOctets bounds what all connections of the set together hold of messages that have not wholly arrived. When it
	// is too much, connections are ended: of the network address that holds most, those that have been at their message
	// longest. It should be twice MaxMessage at least. 0 means DefaultUnfinishedOctets.
	UnfinishedOctets int64
	// QueuedOctets bounds what the set has queued for all peers together. Beyond it Send says ErrFull for those that have
	// more than their share, the bound divided by the number of peers for which something is queued, and Writable follows once
	// there is room; a message of up to 64 KB goes to a peer for which nothing is queued in any case. So those that are slow do not
	// stop the others, and all together have at most twice as much. 0 means DefaultQueuedOctets.
	QueuedOctets int64
	// Dials is how many links try to connect at once; the others wait for their turn, which does not take long even if nobody
	// answers. 0 means DefaultDials.
	Dials int
	// Log receives what the transport finds odd; nil means silence.
	Log *slog.Logger
}

// The defaults of the options.
const (
	DefaultInbox       = 1000
	DefaultInboxOctets = 16 << 20
	DefaultHighWater   = 1000
	DefaultMaxMessage  = 64 << 20

	DefaultConnections           = 8192
	DefaultConnectionsPerAddress = 1024
	DefaultUnfinishedOctets      = 128 << 20
	DefaultQueuedOctets          = 1 << 30
	DefaultDials                 = 4

	// MaxFrames is the number of frames of the longest message that is sent, or delivered; longer ones are dropped and counted.
	MaxFrames = 1024
	// MaxHeartbeat is the longest heartbeat: ZMTP tells twice it in tenths of a second, in 16 bits.
	MaxHeartbeat = 50 * time.Minute
)

// Sockets is a set of sockets that share an inbox. Its methods may be called from any goroutine.
type Sockets interface {
	// Listen binds a socket. It does not block. An endpoint that is taken gives an error that is syscall.EADDRINUSE.
	Listen(ListenOptions) (Listener, error)
	// Dial makes a socket that connects, and connects anew for as long as it is open. It does not wait for the peer.
	Dial(DialOptions) (Link, error)
	// Inbox is where events of all sockets of the set arrive.
	Inbox() *Inbox
	// Stats counts since Open.
	Stats() Stats
	// Close closes every socket, waits until what is queued has left, at most the longest Linger, and releases
	// everything. It is idempotent; afterwards every method returns ErrClosed and no further event arrives.
	Close() error
}

// Listener is a bound socket.
type Listener interface {
	// Endpoint is the endpoint that was bound, "tcp://0.0.0.0:49152" for instance: never with a wildcard port.
	Endpoint() string
	// Send queues a message without blocking. A Router sends to the peer of that routing identity, and says ErrUnknownPeer,
	// ErrTooLarge, or ErrFull: then exactly one Event of type Writable with that Peer follows once there is room, unless Down
	// comes first. A transport that cannot tell when there is room says ErrUntold in place of ErrFull. A Pub drops for
	// subscribers that are slow, and ignores peer; a Sub refuses. The caller may reuse frames afterwards.
	Send(peer []byte, frames [][]byte) error
	// Close unbinds at once; connections that were accepted end. It is idempotent.
	Close() error
}

// Link is a socket that connects to one endpoint.
type Link interface {
	// Send queues a message and never blocks. It returns nil when all of the message is queued; ErrFull when
	// nothing is, and then exactly one Event of type Writable follows once there is room; ErrTooLarge when the
	// message alone exceeds HighWaterOctets; ErrNoFrames; ErrClosed. The caller may reuse frames afterwards.
	// A Pub never returns ErrFull: it drops for subscribers that are slow; see Missed.
	Send(frames [][]byte) error
	// Redial goes on at another endpoint (or anew at the same), keeping what is queued as far as the transport can.
	Redial(endpoint string) error
	// Close closes; what is queued may still leave within the link's Linger. It does not block and is idempotent.
	Close() error
	// Drop closes at once and forgets what is queued. It does not block and is idempotent.
	Drop() error
}

// ListenOptions describe a socket to be bound.
type ListenOptions struct {
	// Kind is Router, Pub or Sub.
	Kind Kind
	// Endpoint is "tcp://ADDRESS:PORT", where * stands for every IPv4 address or for any free port, and ADDRESS may be the
	// name of an interface; or "ipc://PATH" where the system has such sockets; or "inproc://NAME", which only links of
	// the same Sockets reach.
	Endpoint string
	// Identity is told to who connects to a Router, as ours (the Peer of its Up, where its transport says so): at most 255
	// octets not beginning with zero; nil tells nothing.
	Identity []byte
	// HighWater is the number of messages queued per peer and direction; 0 means DefaultHighWater.
	HighWater int
	// HighWaterOctets bounds what is queued for each peer in octets, as far as the transport can; every transport's Router
	// refuses a single message above it. 0 means DefaultMaxMessage.
	HighWaterOctets int64
	// MaxMessage is the number of octets of the largest message received; 0 means DefaultMaxMessage. A peer that
	// sends a larger frame is disconnected; a larger message of small frames is dropped and counted.
	MaxMessage int64
	// MaxFrames is the number of frames of the longest message received; 0 means the constant MaxFrames, which is the most.
	// A longer message is dropped and counted.
	MaxFrames int
	// Linger is how long what is queued may still leave after Sockets.Close.
	Linger time.Duration
	// Subscribe lists the prefixes that a Sub wants; an empty prefix is everything.
	Subscribe [][]byte
	// Security says whom to admit; the zero value admits everybody.
	Security Security
	// Heartbeat is after how long a silence of a connection its other end is asked for a sign of life (ZMTP's PING), and
	// after how long another silence it counts as broken. 0 means never.
	Heartbeat time.Duration
}

// DialOptions describe a socket that connects.
type DialOptions struct {
	// Kind is Dealer, Pub or Sub.
	Kind Kind
	// Endpoint is "tcp://ADDRESS:PORT" (a name that resolves to an address will do), "ipc://PATH" or "inproc://NAME".
	Endpoint string
	// Identity is the routing identity under which a Router knows us: 1 to 255 octets not beginning with zero; nil
	// lets the peer choose one.
	Identity []byte
	// Expect is the identity that the other end must have, if it tells one (see ListenOptions.Identity): where it tells
	// another, nothing that is queued goes there, and Failed says so with ErrStranger. Transports that are not told do not check.
	Expect []byte
	// HighWater is the number of messages queued for the peer; 0 means DefaultHighWater.
	HighWater int
	// HighWaterOctets bounds what is queued for the peer in octets, as far as the transport can; every transport
	// refuses a single message above it. 0 means DefaultMaxMessage.
	HighWaterOctets int64
	// MaxMessage as in ListenOptions.
	MaxMessage int64
	// MaxFrames as in ListenOptions.
	MaxFrames int
	// Linger is how long what is queued may still leave after Close.
	Linger time.Duration
	// Subscribe as in ListenOptions.
	Subscribe [][]byte
	// Hold has a Pub keep what it sends while nobody is connected, or has not said yet what he wants: up to the link's bounds, and
	// it leaves, wanted or not, as soon as somebody is there (a Sub passes over what it does not want). Else that is dropped. It
	// holds as far as the transport can: zmtp can, libzmq cannot.
	Hold bool
	// SendOnly says that nothing is expected from the peer: what arrives nevertheless is not delivered.
	SendOnly bool
	// Security is what we show to the listener, and what we expect of it.
	Security Security
	// Heartbeat as in ListenOptions.
	Heartbeat time.Duration
}
