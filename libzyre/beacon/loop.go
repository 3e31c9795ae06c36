package beacon

import (
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"
)

const (
	scanUntold = time.Second            // between scans where the system tells no changes
	scanSettle = 10 * time.Millisecond  // a change comes as several messages
	scanApart  = 100 * time.Millisecond // an interface that flaps costs no more than this
)

// scanTold is the time between scans where the system tells changes: a sandbox may
// swallow what it tells. A variable for the test that lives by what is told.
var scanTold = 10 * time.Second

// loop is the goroutine that owns the links, the schedule and the outages. The
// inlets see of it only view, which is replaced and never changed.
type loop struct {
	cfg    Config
	log    *slog.Logger
	m      medium
	b      *Beacon
	view   atomic.Pointer[view]
	inlets []*inlet
	hard   chan error // from the inlets

	data    []byte // what is announced; nil: nothing
	sched   schedule
	links   []*link
	ifaces  []iface        // of the last scan
	places  map[place]bool // our addresses, of the last scan
	retired []retired
	outages map[string]time.Time // interface → since when

	every       time.Duration // between scans that nothing asked for
	scanned     time.Time
	scanAt      time.Time
	scanFailing bool
	err         error // hard: ends the loop
}

// newLoop looks at the interfaces once, and refuses to begin when none can ever be of use.
func newLoop(cfg Config, m medium, b *Beacon) (*loop, error) {
	l := &loop{
		cfg: cfg, log: cfg.Log, m: m, b: b,
		inlets:  m.inlets(),
		outages: map[string]time.Time{},
		every:   scanTold,
	}
	l.hard = make(chan error, len(l.inlets))
	if m.changes() == nil {
		l.every = scanUntold
	}
	ifaces, err := m.scan()
	if err != nil {
		return nil, fmt.Errorf("beacon: list the interfaces: %w", err)
	}
	waiting, err := usable(ifaces, cfg.Interfaces)
	if err != nil {
		return nil, err
	}
	if waiting != "" {
		l.log.Warn("no interface can be used yet; waiting for one", "error", waiting)
	}
	now := time.Now()
	l.scanned, l.scanAt = now, now.Add(l.every)
	l.adopt(ifaces, now)
	for _, i := range l.inlets {
		i.join(l)
	}
	return l, nil
}

func (l *loop) run() {
	timer := time.NewTimer(time.Until(l.next()))
	defer timer.Stop()
	for running := true; running && l.err == nil; {
		select {
		case <-l.b.stop:
			running = false
		case c := <-l.b.commands:
			l.command(c)
		case <-l.m.changes():
			l.changed(time.Now())
		case err := <-l.hard:
			l.err = err
		case <-timer.C:
			l.tick(time.Now())
		}
		timer.Reset(time.Until(l.next()))
	}
	l.end()
}

// end ends everything that the beacon started, then tells.
func (l *loop) end() {
	if l.err != nil {
		l.log.Error("beacon ended", "error", l.err)
	}
	for _, i := range l.inlets {
		i.leave(l)
	}
	for _, k := range l.links {
		k.close()
	}
	l.m.close()
	l.b.counters.interfaces.Store(0)
	l.b.err = l.err
	close(l.b.done) // before queue: who sees the end of the signals may ask why
	close(l.b.queue)
	close(l.b.ended)
}

// command publishes or silences. A hard error gets no reply: the caller sees the end.
func (l *loop) command(c command) {
	l.data = c.data
	if c.data != nil {
		now := time.Now()
		l.sched.restart(now, l.interval())
		for _, k := range l.links {
			k.burst = burst{born: now}
		}
		l.announce(now)
	}
	if l.err == nil {
		c.reply <- nil
	}
}

func (l *loop) tick(now time.Time) {
	if !now.Before(l.scanAt) {
		l.scan(now)
	}
	l.announce(now)
}

// next tells when there is something to do.
func (l *loop) next() time.Time {
	at := l.scanAt
	if l.data == nil {
		return at
	}
	for _, k := range l.links {
		at = earlier(at, l.sched.due(k.burst))
	}
	return at
}

// announce sends on every link whose time has come.
func (l *loop) announce(now time.Time) {
	if l.data == nil {
		return
	}
	beat := l.sched.beaten(now, l.interval())
	for _, k := range l.links {
		if k.burst.passed(now) || beat && k.burst.over() {
			l.send(k, now)
		}
		if l.err != nil {
			return
		}
	}
}

// interval is that of announcements, as last set.
func (l *loop) interval() time.Duration { return time.Duration(l.b.pace.Load()) }

// changed asks for a scan soon, but not sooner than the rest of the news has come.
func (l *loop) changed(now time.Time) {
	at := now.Add(scanSettle)
	if apart := l.scanned.Add(scanApart); apart.After(at) {
		at = apart
	}
	l.scanAt = earlier(l.scanAt, at)
}

func (l *loop) scan(now time.Time) {
	l.scanned, l.scanAt = now, now.Add(l.every)
	ifaces, err := l.m.scan()
	if err != nil {
		l.b.counters.softErrors.Add(1)
		if !l.scanFailing {
			l.log.Warn("interfaces cannot be listed; going on with those known", "error", err)
		}
		l.scanFailing = true
		return
	}
	l.scanFailing = false
	l.adopt(ifaces, now)
}

// wants tells whether Config lets us use an interface.
func wants(names []string, name string) bool {
	return len(names) == 0 || slices.Contains(names, name)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
