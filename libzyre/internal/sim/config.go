package sim

import (
	"io"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Config describes a simulation. The zero value is a small and quiet one.
type Config struct {
	Nodes   int           // default 20
	Seed    uint64        // everything follows from it
	For     time.Duration // of virtual time; default 6 minutes
	Faults  bool          // everything that can go wrong does, at random
	Actions []Action      // what is done; nil: Plan
	// Segments are the networks; every host is on the first, and each third on each of
	// the others. Default: one wire, or with Faults what the seed brings.
	Segments []Wire
	PerHost  int           // nodes on each host; default 1
	Churn    time.Duration // mean time between a node's coming or going; 0: none, or with Faults 4 s
	Within   time.Duration // in which all nodes start; default 3 s

	HighWater        int           // messages queued for a peer; default 3000
	Evasive, Expired time.Duration // defaults 5 s and 30 s
	Interval         time.Duration // of beacons; default 1 s
	Settle           time.Duration // see history.Config; default 10 s, and 15 s of more than 64 nodes, whose beacons are rare
	Static           bool          // every node has node 0's endpoint in its configuration, and no beacon arrives
	Quiet            bool          // applications do nothing by themselves, but answer
	Groups           bool          // with Quiet: each joins a group when it begins
	Mute             bool          // nor do they answer
	Shrink           time.Duration // wall time to look for a shorter history of a finding; 0: none
	Trace            io.Writer     // gets what package trace reads, of all nodes; nil: nobody does
	trace            bool
	about            map[string]bool // whom the transcript is about; nil: all
	quietAt          int64           // instead of calm's own
	rule             string          // of the finding that is shrunk; empty: the first
	hush             bool            // the checker hears nothing of what is done: for tests
	first            bool            // end with the first finding
	watch            func(*World, *process, *zyre.Event)
}

// last is how much at the end nothing new happens, so that all views can agree.
const last = 45 * time.Second

func (cfg Config) withDefaults() Config {
	or(&cfg.Nodes, 20)
	or(&cfg.For, 6*time.Minute)
	or(&cfg.PerHost, 1)
	or(&cfg.Within, 3*time.Second)
	or(&cfg.HighWater, 3000)
	or(&cfg.Evasive, 5*time.Second)
	or(&cfg.Expired, 30*time.Second)
	or(&cfg.Interval, time.Second)
	if cfg.Nodes > 64 {
		or(&cfg.Settle, 15*time.Second)
	}
	or(&cfg.Settle, 10*time.Second)
	if cfg.Segments == nil {
		cfg.Segments = []Wire{{Latency: 100 * time.Microsecond, Jitter: 400 * time.Microsecond}}
	}
	return cfg
}

func or[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// calm is from when on nothing new happens.
func (cfg *Config) calm() int64 {
	if cfg.quietAt > 0 {
		return cfg.quietAt
	}
	return int64(max(cfg.For-last, cfg.For/2))
}

// crowd is how many nodes an access point can carry of which each tells all others something each second, and is answered: it has room
// for some 1,700 small messages a second.
const crowd = 30

// WithFaults fills in what the seed brings of networks that are not good ones.
func (cfg Config) WithFaults() Config {
	if !cfg.Faults {
		return cfg
	}
	r := streamOf(cfg.Seed, ofWorld, 1<<40)
	jitter := []time.Duration{300 * time.Microsecond, 3 * time.Millisecond, 30 * time.Millisecond}
	wire := func() Wire {
		w := Wire{Latency: r.span(50*time.Microsecond, 2*time.Millisecond), Jitter: jitter[r.below(3)]}
		if r.chance(0.7) {
			w.Loss = unit(r.next()) * 0.2
			w.Resent = w.Loss
		}
		if r.chance(0.5) {
			w.Doubled, w.Late = unit(r.next())*0.05, unit(r.next())*0.05
		}
		if r.chance(0.3) {
			w.Bandwidth = 1 << (17 + r.below(4))
		}
		w.AccessPoint = r.chance(0.3) && cfg.Nodes <= crowd
		return w
	}
	segments, perHost, highWater := 1+r.below(2), 1, 3000
	first, second := wire(), wire()
	if r.chance(0.3) {
		perHost = 2 + r.below(2)
	}
	if r.chance(0.3) {
		highWater = 10
	}
	if cfg.Segments == nil {
		cfg.Segments = []Wire{first, second}[:segments]
	}
	or(&cfg.PerHost, perHost)
	or(&cfg.HighWater, highWater)
	or(&cfg.Churn, 4*time.Second)
	return cfg
}
