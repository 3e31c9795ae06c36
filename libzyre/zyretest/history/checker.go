package history

import (
	"math"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Config says how strict a Checker is. The zero value is a good one.
type Config struct {
	// Settle is how long after the last start, stop, join, leave, exit or
	// disturbance the views must agree with the truth, and how long a disturbance
	// excuses what follows from it. Default 10 s.
	Settle time.Duration
	// Lag is how much later than it happened in the node an event may be told
	// here, and how long a call may take to have its effect. Default 1 s, for
	// real nodes; negative: none, for a simulator that tells each event at once.
	Lag time.Duration
	// Expired is what the nodes are configured with; see Pause. Default 30 s.
	Expired time.Duration
}

// How says in which way a node stopped.
type How uint8

const (
	// Goodbye: it was closed, and may have said so to its peers.
	Goodbye How = iota
	// Killed: it ended without a word.
	Killed
)

// String returns goodbye or killed.
func (h How) String() string {
	if h == Killed {
		return "killed"
	}
	return "goodbye"
}

// Checker judges a history while it happens. It belongs to one goroutine; see
// Collector for many. Times must not go back; where one does, the latest before
// it is taken.
type Checker struct {
	settle, lag, expired int64 // nanoseconds

	base time.Time
	now  int64 // nanoseconds since base

	index map[zyre.UUID]int32
	nodes []*node

	groups  []string // names, by number
	groupOf map[string]int32
	more    map[membership]struct{} // views of groups from inlineGroups on

	entries []entry // messages on their way, in one pool; 0 is none
	free    int32   // of them

	everywhere trouble
	between    map[link]trouble

	sweeps   queue[sweep]
	suspects []suspect // what may yet be excused, oldest first
	missing  map[missed]struct{}

	findings []Finding
	figures  Figures
}

// birth is when a history begins, on its own clock: late enough that 0, for
// never, is long ago.
const birth = int64(1000 * time.Hour)

// New returns a Checker that has seen nothing yet.
func New(cfg Config) *Checker {
	if cfg.Settle <= 0 {
		cfg.Settle = 10 * time.Second
	}
	if cfg.Lag == 0 {
		cfg.Lag = time.Second
	}
	if cfg.Expired <= 0 {
		cfg.Expired = 30 * time.Second
	}
	return &Checker{
		expired: int64(cfg.Expired),
		settle:  int64(cfg.Settle),
		lag:     int64(max(0, cfg.Lag)),
		index:   make(map[zyre.UUID]int32),
		groupOf: make(map[string]int32),
		more:    make(map[membership]struct{}),
		entries: make([]entry, 1),
		between: make(map[link]trouble),
		missing: make(map[missed]struct{}),
		figures: Figures{Exits: make(map[string]uint64), Rules: make(map[string]uint64)},
	}
}

// Start says that a node starts: call it before the node runs, so that its UUID
// is known here before any other node can tell of it. A UUID may start again
// once it has stopped and all that it told before was told here.
func (c *Checker) Start(at time.Time, id zyre.UUID, name string) {
	c.tick(at)
	n := c.node(id)
	c.figures.Starts++
	if n.live {
		c.end(n, Killed)
	}
	c.clearRow(n)
	for g := range n.member {
		n.member[g] = false
		if n.changed[g] > 0 { // what its old life did there may still be told
			n.changed[g] = c.now
		}
	}
	n.name, n.live, n.known, n.ended, n.started = name, true, true, false, c.now
	for _, x := range c.nodes {
		c.pair(n, x).excused = x.last
		if _, met := x.strangers[id]; met { // it was told of too early
			delete(x.strangers, id)
			c.pair(x, n).present = true
		}
	}
	c.touch(n)
}

// Stop says that a node stops: call it before the node is closed, or when it is
// killed. What a closed node tells until its STOP still counts.
func (c *Checker) Stop(at time.Time, id zyre.UUID, how How) {
	c.tick(at)
	if n := c.node(id); n.live {
		c.figures.Stops++
		c.end(n, how)
	}
}

func (c *Checker) end(n *node, how How) {
	for _, x := range c.nodes {
		c.excuse(n, x)
		c.excuse(x, n)
	}
	c.acquit(func(x *suspect) bool { return x.s == n }) // what it had yet to tell is never read
	n.live, n.how, n.stopped = false, how, c.now
	c.touch(n)
}

// Event takes what a node told. The event is not kept.
func (c *Checker) Event(at time.Time, id zyre.UUID, e *zyre.Event) {
	c.tick(at)
	c.figures.Events++
	r := c.node(id)
	if !c.mayTell(r) {
		c.report(RuleOrder, r, nil, "told %v of %s, but it %s", e.Type, c.label(e.Peer), c.state(r))
		return
	}
	if e.Type == zyre.Stop {
		c.onStop(r, e)
		return
	}
	at32, known := c.index[e.Peer]
	if !known || !c.nodes[at32].known {
		c.onStranger(r, e)
		return
	}
	s := c.nodes[at32]
	p := c.pair(r, s)
	p.note(c.now, e)
	if s == r {
		c.report(RuleOrder, r, s, "told %v of itself", e.Type)
		return
	}
	switch e.Type {
	case zyre.Enter:
		c.onEnter(r, s, p)
	case zyre.Exit:
		c.onExit(r, s, p, e.Cause)
	default:
		if !p.present {
			c.report(RuleOrder, r, s, "told %v, but no ENTER before it", e.Type)
		}
		switch e.Type {
		case zyre.Evasive:
			c.figures.Evasives++
			p.evasive = true
		case zyre.Silent:
			c.figures.Silents++
			if !p.evasive {
				c.report(RuleOrder, r, s, "told SILENT, but no EVASIVE before it")
			}
			p.evasive = false
		case zyre.Join:
			c.onJoin(r, s, p, e.Group)
		case zyre.Leave:
			c.onLeave(r, s, p, e.Group)
		case zyre.Whisper, zyre.Shout:
			c.onMessage(r, s, p, e)
		}
	}
}

// mayTell says whether a node can tell anything now.
func (c *Checker) mayTell(n *node) bool {
	switch {
	case !n.known || n.ended:
		return false
	case n.live:
		return true
	case n.how == Killed:
		return c.now-n.stopped <= c.lag // it was told before, and read since
	}
	return c.now-n.stopped <= c.settle
}

// onStop takes the last event of a node.
func (c *Checker) onStop(r *node, e *zyre.Event) {
	r.ended = true
	if r.live {
		c.report(RuleStop, r, nil, "ended without being asked to: %v", e.Cause)
		c.end(r, Goodbye)
	}
	for s, p := range c.views(r) {
		if p.present {
			c.report(RuleOrder, r, s, "told STOP, but no EXIT before it")
			p.present = false
		}
	}
	for id := range r.strangers {
		c.report(RuleOrder, r, nil, "told STOP, but no EXIT of %s before it", c.label(id))
	}
	r.strangers = nil
}

// onStranger takes what a node told of somebody of whom nothing is known here:
// only the order of the life is judged.
func (c *Checker) onStranger(r *node, e *zyre.Event) {
	_, present := r.strangers[e.Peer]
	switch {
	case e.Type == zyre.Enter && present:
		c.report(RuleOrder, r, nil, "told ENTER of the stranger %s twice", c.label(e.Peer))
	case e.Type == zyre.Enter:
		if r.strangers == nil {
			r.strangers = make(map[zyre.UUID]struct{})
		}
		r.strangers[e.Peer] = struct{}{}
	case !present:
		c.report(RuleOrder, r, nil, "told %v of the stranger %s, but no ENTER before it", e.Type, c.label(e.Peer))
	case e.Type == zyre.Exit:
		delete(r.strangers, e.Peer)
	}
	c.figures.Foreign++
}

// tick moves the clock and does what is due.
func (c *Checker) tick(at time.Time) {
	if c.base.IsZero() {
		c.base = at.Add(-time.Duration(birth))
	}
	now := max(c.now, int64(at.Sub(c.base)))
	for c.sweeps.len() > 0 && c.sweeps.first().due < now {
		c.now = max(c.now, c.sweeps.first().due)
		c.sweep(c.sweeps.pop())
	}
	c.now = now
	c.condemn()
}

// time is a moment of the checker's clock as those outside know it.
func (c *Checker) time(at int64) time.Time { return c.base.Add(time.Duration(at)) }

const forever = math.MaxInt64
