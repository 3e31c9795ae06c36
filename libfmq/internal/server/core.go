package server

import (
	"log/slog"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

// Config is what a [Core] has to know.
type Config struct {
	Heartbeat time.Duration // as in machine.Config
	// Silence is after how many heartbeats without an answer a client is forgotten.
	Silence int
	// MaxClients as in machine.Config.
	MaxClients int
	// SASL says who comes in; nil: everybody, unasked.
	SASL *sasl.Server
	// Group is the group of a login.
	Group func(login string) string
	// Digest is what is known of a file's digest; it does not read the file.
	Digest func(*dir.File) (dir.Digest, bool)
	// Receipt hears that a client has all of a file; nil: nobody does. It does not wait.
	Receipt func(Receipt)
	// Begin carries out a turn, elsewhere, and gives it back by Core.Settle. It does not wait.
	Begin func(*Turn)
	// Later gives the core an input, in a second or so. It does not wait.
	Later func(input func(now time.Time) []machine.Effect)
	Log   *slog.Logger
}

// Core is what all clients of a server have in common. Its methods are for one goroutine; they take the time, and return what is to be sent.
type Core struct {
	cfg     Config
	engine  *machine.Server
	mounts  []*mount
	hidden  []string  // paths of mounts
	clients []*client // that are in, by arrival
	listed  int       // octets of clients' lists
	room    int       // for them
	stats   Stats
}

// Stats are counters, and gauges.
type Stats struct {
	machine.Stats
	Subscriptions int    // of all clients, now
	Files         int    // that are offered, now
	Turns         int    // of sending, that are not over
	Sent          uint64 // files sent whole
	Skipped       uint64 // files that a client had already
	Deletes       uint64 // deletes sent
	Broken        uint64 // files that changed, vanished or could not be read when they were sent
	Octets        uint64 // of content sent
}

// New makes a core.
func New(cfg Config) *Core {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Group == nil {
		cfg.Group = func(string) string { return "" }
	}
	if cfg.Receipt == nil {
		cfg.Receipt = func(Receipt) {}
	}
	if cfg.Digest == nil {
		cfg.Digest = func(*dir.File) (dir.Digest, bool) { return dir.Digest{}, false }
	}
	c := &Core{cfg: cfg, room: maxListed}
	// A client is not condemned for its silence alone (5.7): the model counts heartbeats instead of the engine.
	c.engine = NewEngine(machine.Config{Heartbeat: cfg.Heartbeat, Expired: -1, MaxClients: cfg.MaxClients}, func() Actions {
		return &client{core: c}
	})
	return c
}

// Engine is what messages go to.
func (c *Core) Engine() *machine.Server { return c.engine }

// Stats counts.
func (c *Core) Stats() Stats {
	s := c.stats
	s.Stats = c.engine.Stats()
	for _, m := range c.mounts {
		s.Files += len(m.files)
	}
	for _, cl := range c.clients {
		s.Subscriptions += len(cl.subscriptions)
	}
	return s
}

// Settle takes back a turn that is over.
func (c *Core) Settle(now time.Time, t *Turn) []machine.Effect {
	c.stats.Turns--
	c.stats.Sent += uint64(t.Sent)
	c.stats.Skipped += uint64(len(t.Held))
	c.stats.Deletes += uint64(t.Deletes)
	c.stats.Broken += uint64(t.Broken)
	c.stats.Octets += t.Used
	if t.client.turn != t {
		return nil // the client began anew, or has gone, meanwhile
	}
	return c.engine.Resume(now, t.client.machine, EventTurnOver)
}

// Stop says goodbye to everybody.
func (c *Core) Stop(now time.Time) []machine.Effect { return c.tell(now, EventServerStops) }

// tell gives every client that is in an event.
func (c *Core) tell(now time.Time, e machine.Event) []machine.Effect {
	var effects []machine.Effect
	for _, cl := range slices.Clone(c.clients) {
		if e == EventFilesChanged && !cl.ready() {
			continue
		}
		effects = append(effects, c.engine.Resume(now, cl.machine, e)...)
	}
	return effects
}

// Patch takes what has changed in a directory that is offered.
func (c *Core) Patch(now time.Time, source Source, patches []dir.Patch) []machine.Effect {
	i := slices.IndexFunc(c.mounts, func(m *mount) bool { return m.source == source })
	if i < 0 {
		return nil // retracted meanwhile
	}
	m := c.mounts[i]
	for _, p := range patches {
		path := m.path(p.File.Name)
		old := m.files[path]
		m.set(path, p)
		for _, cl := range c.clients {
			if _, first := cl.find(path); cl.sees(m) && (first == nil || slices.Index(c.mounts, first) >= i) {
				cl.changed(path, old)
			}
		}
	}
	return c.tell(now, EventFilesChanged)
}
