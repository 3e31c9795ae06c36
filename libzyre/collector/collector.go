package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Header is the header by which a node says that it has a collector: the collector's Endpoint.
const Header = "X-ZRELOG"

// The ports that rfcs/zrelog wants, those that IANA leaves to everybody.
const (
	firstPort = 49152
	lastPort  = 65535
	tries     = 32
)

// Bounds of what senders can make a collector hold.
const (
	maxRecord   = 512     // octets; the longest record has 273
	inbox       = 10_000  // records not yet received
	inboxOctets = 4 << 20 // the same
	unfinished  = 16 << 20
)

// The levels of records, as Config.Levels.
const (
	Error   = zrelog.LevelError
	Warning = zrelog.LevelWarning
	Info    = zrelog.LevelInfo
)

// ErrClosed: the collector is closed.
var ErrClosed = errors.New("collector: closed")

// Config says where to listen and to what. The zero value is good.
type Config struct {
	// Bind is the address to listen at. Default: every IPv4 address.
	Bind netip.Addr
	// Port is the TCP port. Default: one of 49152 to 65535 that is free.
	Port uint16
	// Levels are those that are wanted; of others nothing is even sent. Default: all, those that have no name too.
	Levels []uint8
	// Transport carries the records. Default: zmtp.
	Transport zsock.Transport
	// Log gets what a developer wants to know. Default: nothing.
	Log *slog.Logger
}

// Record is one report. All of it is what its sender says, but Received and From.
type Record struct {
	Level, Event uint8      // zrelog.LevelInfo, zrelog.EventJoin …; may be any number
	Node, Peer   uint16     // zrelog.Hash of the UUIDs of who reports, and of whom; Peer may be 0: of nobody else
	Time         time.Time  // by the node's clock, exact to a millisecond or a second; UTC
	Received     time.Time  // by ours
	From         netip.Addr // where the connection that brought it comes from
	Text         string     // any octets, at most 255
}

// Stats counts since Listen.
type Stats struct {
	Records     uint64 // that were received
	Malformed   uint64 // messages of ZRELOG that are wrong
	Strangers   uint64 // messages that are not of ZRELOG
	Waiting     int    // records that wait to be received
	Connections int    // of nodes that are connected, and of strangers
}

// Collector is a bound socket. Its methods may be called from any goroutine, but Take and Receive from one at a time.
type Collector struct {
	sockets  zsock.Sockets
	endpoint string
	batch    []zsock.Event
	message  zrelog.Message

	records, malformed, strangers atomic.Uint64

	once   sync.Once
	closed chan struct{}
	err    error
}

// Listen binds. The error says which address or port is in the way.
func Listen(cfg Config) (*Collector, error) {
	if cfg.Transport == nil {
		cfg.Transport = zmtp.Transport{}
	}
	sockets, err := cfg.Transport.Open(zsock.Options{Inbox: inbox, InboxOctets: inboxOctets, UnfinishedOctets: unfinished, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("collector: %w", err)
	}
	c := &Collector{sockets: sockets, closed: make(chan struct{})}
	if c.endpoint, err = bind(sockets, cfg); err != nil {
		sockets.Close()
		return nil, err
	}
	return c, nil
}

// bind binds the SUB.
func bind(sockets zsock.Sockets, cfg Config) (endpoint string, err error) {
	wanted := [][]byte{zrelog.Subscription(0)}
	if len(cfg.Levels) > 0 {
		wanted = wanted[:0]
		for _, level := range cfg.Levels {
			if level == 0 {
				return "", fmt.Errorf("collector: Levels: 0 is no level")
			}
			wanted = append(wanted, zrelog.Subscription(level))
		}
	}
	host := "0.0.0.0"
	if cfg.Bind.IsValid() {
		host = cfg.Bind.String()
	}
	for try := 0; ; try++ {
		port := "*"
		if cfg.Port != 0 {
			port, try = strconv.Itoa(int(cfg.Port)), tries
		} else if try < tries {
			port = strconv.Itoa(firstPort + rand.IntN(lastPort-firstPort+1))
		}
		l, err := sockets.Listen(zsock.ListenOptions{
			Kind: zsock.Sub, Endpoint: "tcp://" + net.JoinHostPort(host, port), Subscribe: wanted, MaxMessage: maxRecord, MaxFrames: 2,
		})
		if errors.Is(err, syscall.EADDRINUSE) && try < tries {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("collector: %w", err)
		}
		return l.Endpoint(), nil
	}
}

// Endpoint is the value of the header: tcp://ADDRESS:PORT. Nodes use the port of it only.
func (c *Collector) Endpoint() string { return c.endpoint }

// Ready yields a value when there is something to Take. It is never closed, and may yield without need.
func (c *Collector) Ready() <-chan struct{} { return c.sockets.Inbox().Ready() }

// Take appends to into[:0] the records that wait, which may be none, and does not block. Records of one node are in order.
func (c *Collector) Take(into []Record) []Record {
	into = into[:0]
	c.batch = c.sockets.Inbox().Take(c.batch)
	at := time.Now()
	for i := range c.batch {
		if e := &c.batch[i]; e.Type == zsock.Message {
			into = c.read(into, e, at)
		}
	}
	c.records.Add(uint64(len(into)))
	return into
}

// read appends the record that a message is, if it is one (rfcs/zrelog, 5).
func (c *Collector) read(into []Record, e *zsock.Event, at time.Time) []Record {
	if first := e.Frames[0]; len(first) < 2 || first[0] != 0xAA || first[1] != 0xA2 {
		c.strangers.Add(1)
		return into
	}
	m := &c.message
	if err := m.Parse(e.Frames); err != nil {
		c.malformed.Add(1)
		return into
	}
	into = append(into, Record{
		Level: m.Level, Event: m.Event, Node: m.Node, Peer: m.Peer, Time: zrelog.When(m.Time), Received: at, From: e.Addr, Text: string(m.Data),
	})
	zsock.Recycle(e.Frames)
	return into
}

// Receive waits until there are records, and returns all that wait. The error is ctx's, or ErrClosed.
func (c *Collector) Receive(ctx context.Context) ([]Record, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-c.closed:
			return nil, ErrClosed
		case <-c.Ready():
			if records := c.Take(nil); len(records) > 0 {
				return records, nil
			}
		}
	}
}

// Stats returns the counters.
func (c *Collector) Stats() Stats {
	of := c.sockets.Stats()
	return Stats{
		Records: c.records.Load(), Malformed: c.malformed.Load(), Strangers: c.strangers.Load() + of.Dropped,
		Waiting: of.Waiting, Connections: of.Connections,
	}
}

// Close unbinds; what was not received is lost. It is idempotent.
func (c *Collector) Close() error {
	c.once.Do(func() {
		c.err = c.sockets.Close()
		close(c.closed)
	})
	return c.err
}
