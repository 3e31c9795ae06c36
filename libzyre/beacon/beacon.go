package beacon

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// MaxPayload is the longest announcement, in octets: a datagram of that size
// passes every IPv4 network whole.
const MaxPayload = 512

// The range of Config.Interval and of Pace.
const (
	minInterval = 10 * time.Millisecond
	maxInterval = time.Hour
)

// What errors wrap; ask with [errors.Is].
var (
	// ErrClosed: the beacon was closed, or has ended with the error that Err gives.
	ErrClosed = errors.New("beacon is closed")
	// ErrInvalid: a payload or a configuration out of range.
	ErrInvalid = errors.New("invalid")
	// ErrInterface: an interface that does not exist, or none that could ever be used.
	ErrInterface = errors.New("no usable interface")
	// ErrPortInUse: another program holds the UDP port and does not share it.
	ErrPortInUse = errors.New("UDP port in use")
)

// Config says where and how often. Its zero value listens on a free port of
// every interface.
type Config struct {
	// Port is the UDP port that all who want to meet have in common, 1 to 65535.
	// 0: the system chooses a free one, which [Beacon.Port] tells.
	Port uint16
	// Interfaces are the names of the only interfaces to send and to listen on. Each has
	// to exist, and one of them has to be of a kind that can broadcast, when Listen is
	// called. They need not be up or have an address yet, and may go and come back later.
	// Empty: every interface that is up, loopback included.
	Interfaces []string
	// Interval is the time between announcements, 10 ms to 1 h, before jitter of
	// ±10 %; [Beacon.Pace] changes it. 0: one second.
	Interval time.Duration
	// Queue is how many signals are held for a slow reader before some are
	// dropped, 1 to 1,000,000. 0: 512.
	Queue int
	// Log gets outages and changes of the interfaces (Warn, Info) and details (Debug).
	// nil: silent.
	Log *slog.Logger
	// IPv6 adds announcements to the link-local multicast group [Group6].
	//
	// Draft: may change.
	IPv6 bool
}

// Signal is an announcement that was heard.
type Signal struct {
	Addr      netip.Addr // source address, not authenticated; with a zone when it is IPv6
	Interface string     // the interface it arrived on; empty when the system does not say
	Data      []byte     // the payload, 0 to 512 octets; the reader's own
	Time      time.Time  // when it was taken from the network
}

// Beacon announces and listens. All methods may be called from any goroutine.
type Beacon struct {
	port     uint16
	queue    chan Signal
	fair     fairness
	moved    chan struct{}
	pace     atomic.Int64 // the interval, a time.Duration
	commands chan command
	stop     chan struct{} // closed by Close
	once     sync.Once
	done     chan struct{} // closed when err is final and nothing is done any more
	err      error
	ended    chan struct{} // closed last, after queue
	counters counters
}

type command struct {
	data  []byte // nil: silence
	reply chan error
}

// Listen opens the port and starts to listen; it announces nothing before
// [Beacon.Publish]. It does not block. Errors: [ErrInvalid], [ErrInterface],
// [ErrPortInUse], or what the system says about the sockets.
func Listen(cfg Config) (*Beacon, error) {
	cfg, err := cfg.checked()
	if err != nil {
		return nil, err
	}
	m, err := openSockets(cfg)
	if err != nil {
		return nil, err
	}
	return start(cfg, m)
}

// start runs a beacon on a medium, which it then owns.
func start(cfg Config, m medium) (*Beacon, error) {
	b := &Beacon{
		port:     m.port(),
		queue:    make(chan Signal, cfg.Queue),
		moved:    make(chan struct{}, 1),
		commands: make(chan command),
		stop:     make(chan struct{}),
		done:     make(chan struct{}),
		ended:    make(chan struct{}),
	}
	b.Pace(cfg.Interval)
	l, err := newLoop(cfg, m, b)
	if err != nil {
		m.close()
		return nil, err
	}
	go l.run()
	return b, nil
}

// Publish announces data (1 to 512 octets, copied) on every interface, now and
// from now on, in place of what was announced before. The first announcement has
// left on every interface that takes it when Publish returns; that takes a
// fraction of a millisecond, or up to 100 ms for each interface that is congested.
// An interface that fails is tried again and is no error. Errors:
// [ErrInvalid], [ErrClosed].
func (b *Beacon) Publish(data []byte) error {
	if len(data) == 0 || len(data) > MaxPayload {
		return fmt.Errorf("beacon: publish %d octets: %w: a payload has 1 to %d octets", len(data), ErrInvalid, MaxPayload)
	}
	return b.command(append([]byte(nil), data...))
}

// Silence stops announcing and goes on listening. When it returns, nothing is
// sent any more until Publish is called. On a closed beacon it does nothing.
func (b *Beacon) Silence() {
	_ = b.command(nil) // the only error says that it is closed, hence silent
}

func (b *Beacon) command(data []byte) error {
	c := command{data, make(chan error, 1)}
	select {
	case b.commands <- c:
	case <-b.done:
		return b.closed()
	}
	select {
	case err := <-c.reply:
		return err
	case <-b.done:
		return b.closed()
	}
}

func (b *Beacon) closed() error {
	if b.err != nil {
		return fmt.Errorf("beacon: %w: %w", ErrClosed, b.err)
	}
	return fmt.Errorf("beacon: %w", ErrClosed)
}

// Signals gives what others announce, in the order of arrival, each datagram once; news
// at once, repeats up to 200 ms later. It holds Config.Queue signals; when the reader is
// slower, the oldest are dropped, or the latest of an address that floods, and
// counted ([Stats].Dropped). It is closed when the beacon ends.
func (b *Beacon) Signals() <-chan Signal { return b.queue }

// Pace sets the interval between announcements, 10 ms to 1 h, in place of
// Config.Interval; what is out of range is taken as the nearer end. It counts from the
// next announcement on, the time of which stays as it is, and so does the
// burst at birth. It never blocks. On a closed beacon it does nothing.
func (b *Beacon) Pace(interval time.Duration) {
	b.pace.Store(int64(min(max(interval, minInterval), maxInterval)))
}

// Changes yields a value after our own addresses have changed: an address or an
// interface in use came, went, or came back, a cable was pulled or plugged in. What
// happens before the value is taken adds no second one. Nothing is told of what was
// there when Listen returned. The channel stays open when the beacon ends.
func (b *Beacon) Changes() <-chan struct{} { return b.moved }

// Port tells the UDP port, which is of interest when Config.Port was 0.
func (b *Beacon) Port() uint16 { return b.port }

// Err tells why the beacon ended by itself; nil while it runs and after Close.
func (b *Beacon) Err() error {
	select {
	case <-b.done:
		return b.err
	default:
		return nil
	}
}

// Close ends the beacon, waits until everything has ended, and returns what Err
// returns. It may be called again, and while other methods are under way.
func (b *Beacon) Close() error {
	b.once.Do(func() { close(b.stop) })
	<-b.ended
	return b.err
}

// checked fills in the defaults and refuses what is out of range.
func (c Config) checked() (Config, error) {
	if c.Interval == 0 {
		c.Interval = time.Second
	}
	if c.Interval < minInterval || c.Interval > maxInterval {
		return c, fmt.Errorf("beacon: Config.Interval %v: %w: 10ms to 1h, or 0 for 1s", c.Interval, ErrInvalid)
	}
	if c.Queue == 0 {
		c.Queue = 512
	}
	if c.Queue < 1 || c.Queue > 1_000_000 {
		return c, fmt.Errorf("beacon: Config.Queue %d: %w: 1 to 1000000, or 0 for 512", c.Queue, ErrInvalid)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}
