// Package record writes down all that comes to a node's core and all that it
// does, as package trace reads it.
//
// What came in is written before the core sees it, so that a trace of a node that
// breaks down ends with the reason. All methods do nothing on a nil Recorder.
package record

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/trace"
)

// Recorder writes one node's trace. It belongs to the goroutine of its core.
type Recorder struct {
	w      io.Writer // nil: it failed
	failed func(error)
	cfg    core.Config
	buf    bytes.Buffer // whole lines that are not yet written
	json   *json.Encoder
	birth  time.Time // the first input
	at     time.Time // the last one
	calls  int
}

// New returns a recorder for a node of that configuration. Each Write is of whole
// lines. When one fails that is told once, and nothing more is written.
func New(w io.Writer, cfg core.Config, failed func(error)) *Recorder {
	r := &Recorder{w: w, failed: failed, cfg: cfg}
	r.json = json.NewEncoder(&r.buf)
	r.json.SetEscapeHTML(false)
	return r
}

// Flush writes what is not yet written.
func (r *Recorder) Flush() {
	if r != nil && r.buf.Len() > 0 {
		r.flush()
	}
}

func (r *Recorder) flush() {
	if r.w != nil {
		if _, err := r.w.Write(r.buf.Bytes()); err != nil {
			r.w = nil
			if r.failed != nil {
				r.failed(err)
			}
		}
	}
	if r.buf.Reset(); r.buf.Cap() > 1<<20 { // a long HELLO was in it
		r.buf = bytes.Buffer{}
	}
}

// write appends a line, of the time of the last input.
func (r *Recorder) write(l *trace.Line) {
	if r.w == nil {
		return
	}
	l.Time, l.Node = r.wall(r.at), trace.ID(r.cfg.ID)
	if err := r.json.Encode(l); err != nil && r.failed != nil { // cannot be
		r.w = nil
		r.failed(err)
	}
}

// wall is a time by the wall clock when the node began, and by the monotonic one from there on.
func (r *Recorder) wall(at time.Time) time.Time { return r.birth.Round(0).Add(at.Sub(r.birth)).UTC() }

// input writes what came in, at once.
func (r *Recorder) input(at time.Time, l trace.Line) {
	r.at = at
	r.write(&l)
	r.Flush()
}

// Start writes the node's configuration.
func (r *Recorder) Start(at time.Time) {
	if r == nil {
		return
	}
	r.birth = at
	cfg := &r.cfg
	c := &trace.Config{
		Name: trace.Text(cfg.Name), Port: cfg.Port, Interval: cfg.Interval, Evasive: cfg.Evasive, Expired: cfg.Expired,
		SendTimeout: cfg.SendTimeout, Limits: trace.Limits(cfg.Limits), Peers: cfg.Peers, Advertise: cfg.Advertise,
		AnyEndpoint: cfg.AnyEndpoint, Tells: cfg.Tells,
	}
	for _, key := range slices.Sorted(maps.Keys(cfg.Headers)) {
		c.Headers = append(c.Headers, [2]trace.Text{trace.Text(key), trace.Text(cfg.Headers[key])})
	}
	r.input(at, trace.Line{In: trace.Begin, Version: trace.Version, Config: c})
}

// Events writes what the application is told.
func (r *Recorder) Events(events []core.Event) {
	if r != nil {
		r.events(events)
	}
}

func (r *Recorder) events(events []core.Event) {
	for i := range events {
		l := trace.EventLine(&events[i])
		r.write(&l)
	}
}

// LocalAddr writes what was asked of it, and the answer.
func (r *Recorder) LocalAddr(ask func(netip.Addr) netip.Addr) func(netip.Addr) netip.Addr {
	return func(remote netip.Addr) netip.Addr {
		own := ask(remote)
		r.write(&trace.Line{Out: trace.Local, Addr: remote.String(), Own: own.String()})
		return own
	}
}
