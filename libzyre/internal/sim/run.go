package sim

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// Result is what came of a simulation.
type Result struct {
	Findings  []history.Finding
	Figures   history.Figures
	Hash      uint64 // of everything that the applications were told
	Events    uint64 // that were simulated: datagrams heard, messages, and all else
	Messages  uint64
	Beacons   uint64 // sent, on each interface
	Simulated time.Duration
	Wall      time.Duration
	Links     int     // connections in the end
	PerLink   uint64  // octets of memory for each, of everything; 0: not measured
	Airtime   float64 // the share that beacons take of the first access point
	Busy      float64 // and all together
	Actions   []Action
	History   []string // the shortest that was found, of the first finding
}

// Run runs a simulation. The error is ctx's.
func Run(ctx context.Context, cfg Config) (*Result, error) {
	began := time.Now()
	cfg = cfg.WithFaults()
	w := newWorld(cfg)
	if err := w.run(ctx, int64(w.cfg.For)); err != nil {
		return nil, err
	}
	r := w.result()
	r.Wall = time.Since(began)
	if len(r.Findings) > 0 && cfg.Shrink > 0 {
		finding := r.Findings[0]
		for _, f := range r.Findings {
			if f.Rule == cfg.rule {
				finding = f
				break
			}
		}
		cfg.Trace = nil
		r.Actions, r.History = shrink(ctx, cfg, w.plan, finding, time.Now().Add(cfg.Shrink))
	}
	return r, nil
}

func (w *World) result() *Result {
	w.checker.Finish(w.time())
	r := &Result{
		Findings:  w.checker.Findings(),
		Figures:   w.checker.Figures(),
		Hash:      w.hash,
		Events:    w.events + w.heard,
		Messages:  w.messages,
		Beacons:   w.datagrams,
		Simulated: time.Duration(w.now),
		Actions:   w.plan,
	}
	for _, pl := range w.places {
		if pl.life != nil {
			r.Links += pl.life.peers
		}
	}
	if a := w.segments[0].air; a != nil {
		r.Airtime = a.beacons.Seconds() / time.Duration(w.now).Seconds()
		r.Busy = (a.beacons + a.streams).Seconds() / time.Duration(w.now).Seconds()
	}
	if w.cfg.Nodes >= 500 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		r.PerLink = m.HeapInuse / uint64(max(1, r.Links))
	}
	return r
}

// String is for people: one line.
func (r *Result) String() string {
	return fmt.Sprintf("%d findings, %d events in %v (%v simulated), %d messages, %d links", len(r.Findings), r.Events, r.Wall.Round(time.Millisecond),
		r.Simulated, r.Messages, r.Links)
}
