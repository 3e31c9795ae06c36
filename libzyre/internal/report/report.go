package report

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Header is the header of a peer that collects: tcp://HOST:PORT, of which the port counts.
const Header = "X-ZRELOG"

// Bounds of what collectors can make a node hold: anybody can say that he is one.
const (
	maxCollectors = 32 // at a time, each a connection; others wait
	maxOfHost     = 8  // of them, at one address

	highWater       = 1000      // records for each
	highWaterOctets = 256 << 10 // the same
	queuedOctets    = 16 << 20  // for all together
	longestControl  = 512       // octets of what a collector may say: its subscriptions
)

const (
	statsEvery = 5 * time.Second
	linger     = 200 * time.Millisecond // for what is queued when the node ends
)

// Counters are what STATS tells; see rfcs/zrelog, 4.
type Counters struct {
	Peers               int
	In, Out             uint64
	Queue               int
	OctetsIn, OctetsOut uint64
}

// Config says who reports.
type Config struct {
	ID        core.ID
	Transport zsock.Transport
	Level     uint8 // records above it are not made; 0: there are none at all
	Log       *slog.Logger
	// Addr is where a peer that is present is now.
	Addr func(core.ID) (addr string, ok bool)
	// Counters are asked for when they are to be told.
	Counters func() Counters
}

// Stats counts.
type Stats struct {
	Collectors int
	Waiting    int    // collectors that are left out until another leaves
	Records    uint64 // handed to the transport, one for each collector
	Dropped    uint64 // for which a collector had no room
}

// Reporter is the publisher.
type Reporter struct {
	cfg     Config
	sockets zsock.Sockets // nil: there is no collector
	to      []*collector
	waiting []waiting // for one of them to leave, oldest first
	next    time.Time // when Tick has something to do; zero: never
	wanted  atomic.Bool
	stats   Stats

	message zrelog.Message // reused for each record, as what follows
	data    []byte
	note    []byte
	octets  []byte
	frames  [1][]byte
	batch   []zsock.Event
	closing sync.WaitGroup // of sets of sockets that are not used any more
}

// New returns a Reporter. It does nothing by itself.
func New(cfg Config) *Reporter {
	return &Reporter{cfg: cfg, message: zrelog.Message{ID: zrelog.IDLog, Node: zrelog.HashUUID(cfg.ID)}}
}

// Wanted says whether there is any collector. Any goroutine may ask.
func (r *Reporter) Wanted() bool { return r.wanted.Load() }

// Next is when Tick is due: never, if it is zero.
func (r *Reporter) Next() time.Time { return r.next }

// Stats counts since New.
func (r *Reporter) Stats() Stats {
	stats := r.stats
	stats.Collectors, stats.Waiting = len(r.to), len(r.waiting)
	return stats
}

// Ready yields when there is something to Take: never, while there is no collector.
func (r *Reporter) Ready() <-chan struct{} {
	if r.sockets == nil {
		return nil
	}
	return r.sockets.Inbox().Ready()
}

// Take takes the news of connections. Where one ends, or cannot be made, its collector is looked for where its node is now.
func (r *Reporter) Take() {
	if r.sockets == nil {
		return
	}
	r.batch = r.sockets.Inbox().Take(r.batch)
	for i := range r.batch {
		if e := &r.batch[i]; e.Type == zsock.Down || e.Type == zsock.Failed {
			if c := r.find(e.Link); c != nil {
				r.follow(c)
			}
		}
	}
}

// Close ends everything: what is queued may leave within 200 ms, and for that it waits. Nothing may follow it but Stats.
func (r *Reporter) Close() {
	r.wanted.Store(false)
	if r.sockets != nil {
		r.sockets.Close()
	}
	r.closing.Wait()
}
