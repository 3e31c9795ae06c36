package sim

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// maxLines bounds a transcript: what comes last is what matters.
var maxLines = 400

// shrinker looks for a shorter scenario that shows a finding of the same rule: with fewer
// nodes, fewer and shorter actions, a better network, a quieter application. All
// draws are keyed by what they are for, so what is left goes on as it did.
type shrinker struct {
	ctx     context.Context
	until   time.Time
	cfg     Config
	plan    []Action
	finding history.Finding
	runs    int
}

// shrink returns the scenario and its transcript.
func shrink(ctx context.Context, cfg Config, plan []Action, finding history.Finding, until time.Time) ([]Action, []string) {
	cfg = cfg.withDefaults()
	cfg.quietAt = cfg.calm()
	cfg.watch = nil
	limited, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	s := &shrinker{ctx: limited, until: until, cfg: cfg, finding: finding}
	for _, a := range plan {
		if !epoch.Add(a.At).After(finding.At) {
			s.plan = append(s.plan, a)
		}
	}
	if s.try(s.cfg, s.plan) {
		for before := -1; before != len(s.plan) && s.going(); {
			before = len(s.plan)
			s.nodes()
			s.actions()
			s.simplify()
		}
		s.times()
	}
	s.ctx = ctx
	return s.plan, s.transcript()
}

func (s *shrinker) going() bool { return time.Now().Before(s.until) && s.ctx.Err() == nil }

// world runs a scenario up to its first finding, at the latest a moment after the
// best one so far.
func (s *shrinker) world(cfg Config, plan []Action) (*World, *history.Finding) {
	cfg.Actions = slices.Clone(plan)
	for i := range cfg.Actions {
		cfg.Actions[i].on = false
	}
	cfg.first = true
	w := newWorld(cfg)
	end := min(int64(cfg.For), int64(s.finding.At.Sub(epoch)+time.Second))
	if w.run(s.ctx, end) != nil {
		return w, nil
	}
	if end == int64(cfg.For) {
		w.checker.Finish(w.time())
	}
	for _, f := range w.checker.Findings() {
		if f.Rule == s.finding.Rule {
			return w, &f
		}
	}
	return w, nil
}

// try takes a scenario if it shows the finding too.
func (s *shrinker) try(cfg Config, plan []Action) bool {
	if !s.going() {
		return false
	}
	s.runs++
	_, f := s.world(cfg, plan)
	if f == nil {
		return false
	}
	s.cfg, s.plan, s.finding = cfg, plan, *f
	return true
}

// nodes leaves out nodes with all that is done to them.
func (s *shrinker) nodes() {
	for n := range s.cfg.Nodes {
		var rest []Action
		for _, a := range s.plan {
			if a.Do != Partition && (a.Node == n || a.With == n && (a.Do == Stall || a.Do == Reset || a.Do == HalfOpen)) {
				continue
			}
			a.Side = slices.DeleteFunc(slices.Clone(a.Side), func(i int) bool { return i == n })
			if a.Do != Partition || len(a.Side) > 0 {
				rest = append(rest, a)
			}
		}
		if len(rest) < len(s.plan) {
			s.try(s.cfg, rest)
		}
	}
}

// actions leaves out actions: halves, quarters, and in the end each.
func (s *shrinker) actions() {
	for size := (len(s.plan) + 1) / 2; size > 0; size /= 2 {
		for from := 0; from < len(s.plan); {
			to := min(from+size, len(s.plan))
			if !s.try(s.cfg, slices.Delete(slices.Clone(s.plan), from, to)) {
				from = to
			}
			if !s.going() {
				return
			}
		}
	}
}

// simplify mends the network and quiets the applications.
func (s *shrinker) simplify() {
	for _, change := range []func(*Config){
		func(c *Config) { c.Mute = true },
		func(c *Config) { c.Quiet = true },
		func(c *Config) { c.Segments = c.Segments[:1] },
		func(c *Config) { c.eachWire(func(w *Wire) { w.Loss, w.Resent = 0, 0 }) },
		func(c *Config) { c.eachWire(func(w *Wire) { w.Late, w.Doubled = 0, 0 }) },
		func(c *Config) { c.eachWire(func(w *Wire) { w.Bandwidth = 0 }) },
		func(c *Config) { c.eachWire(func(w *Wire) { w.AccessPoint = false }) },
		func(c *Config) { c.eachWire(func(w *Wire) { w.Jitter = 100 * time.Microsecond }) },
		func(c *Config) { c.HighWater = 3000 },
	} {
		cfg := s.cfg
		cfg.Segments = slices.Clone(cfg.Segments)
		change(&cfg)
		s.try(cfg, s.plan)
	}
}

func (cfg *Config) eachWire(change func(*Wire)) {
	for i := range cfg.Segments {
		change(&cfg.Segments[i])
	}
}

// times makes what lasts shorter.
func (s *shrinker) times() {
	for i := range s.plan {
		for s.plan[i].For > time.Second && s.going() {
			plan := slices.Clone(s.plan)
			plan[i].For = (plan[i].For / 2).Round(time.Millisecond)
			if !s.try(s.cfg, plan) {
				break
			}
		}
	}
}

// transcript runs the scenario once more and writes down what happens between the two
// nodes of the finding.
func (s *shrinker) transcript() []string {
	cfg := s.cfg
	cfg.trace = true
	cfg.about = map[string]bool{}
	w, _ := s.world(s.cfg, s.plan) // for the names
	for _, id := range []zyre.UUID{s.finding.Node, s.finding.Peer} {
		if id != (zyre.UUID{}) {
			cfg.about[w.nameOf(ID(id))] = true
		}
	}
	w, found := s.world(cfg, s.plan)
	lines := []string{fmt.Sprintf("seed %d, %d actions (after %d runs), networks %+v, %d nodes a host, high-water mark %d, quiet %v, mute %v",
		cfg.Seed, len(s.plan), s.runs, cfg.Segments, cfg.PerHost, cfg.HighWater, cfg.Quiet, cfg.Mute)}
	for i := range s.plan {
		lines = append(lines, fmt.Sprintf("%12.6f %v", s.plan[i].At.Seconds(), &s.plan[i]))
	}
	lines = append(lines, "")
	all := w.tracer.lines
	if len(all) > maxLines {
		lines = append(lines, fmt.Sprintf("(%d lines before)", len(all)-maxLines))
		all = all[len(all)-maxLines:]
	}
	lines = append(lines, all...)
	if found != nil {
		lines = append(lines, fmt.Sprintf("%12.6f FOUND %s: %s", found.At.Sub(epoch).Seconds(), found.Rule, found.Text))
	}
	return lines
}
