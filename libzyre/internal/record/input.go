package record

import (
	"errors"
	"net/netip"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/trace"
)

// Beacon writes a datagram.
func (r *Recorder) Beacon(at time.Time, addr netip.Addr, data []byte) {
	if r != nil {
		r.beacon(at, addr, data)
	}
}

func (r *Recorder) beacon(at time.Time, addr netip.Addr, data []byte) {
	l := trace.Line{In: trace.Beacon, Addr: text(addr)}
	id, _, _ := core.ParseBeacon(data)
	l.Peer = trace.ID(id)
	l.SetData(data)
	r.input(at, l)
}

// Tick writes that the clock ticked, and when that was due; zero: never.
func (r *Recorder) Tick(at, due time.Time) {
	if r == nil {
		return
	}
	l := trace.Line{In: trace.Tick}
	if !due.IsZero() {
		l.Due = r.wall(due)
	}
	r.input(at, l)
}

// Plain writes an input that is nothing but its name: trace.Moved, Suspend, Resume.
func (r *Recorder) Plain(at time.Time, name string) {
	if r != nil {
		r.input(at, trace.Line{In: name})
	}
}

// Stop writes that the node ends.
func (r *Recorder) Stop(at time.Time, cause error) {
	if r != nil {
		r.input(at, trace.Line{In: trace.Stop, Cause: trace.Text(textOf(cause))})
	}
}

// Network writes what the network brought.
func (r *Recorder) Network(at time.Time, e *harmony.Event) {
	if r != nil {
		r.network(at, e)
	}
}

func (r *Recorder) network(at time.Time, e *harmony.Event) {
	l := trace.Line{In: e.Type.String(), Peer: trace.ID(e.Peer), Addr: text(e.Addr), Error: trace.Text(textOf(e.Err))}
	switch e.Type {
	case harmony.Message:
		l.In = trace.Recv
		l.SetFrames(e.Frames)
	case harmony.Up:
		l.Identity = trace.ID(e.Identity)
	case harmony.Failed:
		switch {
		case errors.Is(e.Err, zsock.ErrStranger):
			l.In = trace.Stranger
		case errors.Is(e.Err, syscall.ECONNREFUSED):
			l.In = trace.Refused
		}
	}
	r.input(at, l)
}

// Call writes a call of the application, and returns one that writes what comes of it.
func (r *Recorder) Call(at time.Time, name string, peer core.ID, group string, content [][]byte, call *core.Call) *core.Call {
	if r == nil {
		return call
	}
	return r.called(at, name, peer, group, content, call)
}

func (r *Recorder) called(at time.Time, name string, peer core.ID, group string, content [][]byte, call *core.Call) *core.Call {
	number := r.call(at, name, peer, group, content)
	done := call.Done
	return &core.Call{Done: func(err error) {
		r.write(&trace.Line{Out: trace.Done, Call: number, Error: trace.Text(textOf(err))})
		done(err)
	}}
}

// Ping is Call for pings.
func (r *Recorder) Ping(at time.Time, peer core.ID, done func(time.Duration, error)) func(time.Duration, error) {
	if r == nil {
		return done
	}
	number := r.call(at, trace.Ping, peer, "", nil)
	return func(d time.Duration, err error) {
		r.write(&trace.Line{Out: trace.Done, Call: number, For: d, Error: trace.Text(textOf(err))})
		done(d, err)
	}
}

func (r *Recorder) call(at time.Time, name string, peer core.ID, group string, content [][]byte) int {
	r.calls++
	l := trace.Line{In: name, Call: r.calls, Peer: trace.ID(peer), Group: trace.Text(group)}
	l.SetContent(content)
	r.input(at, l)
	return r.calls
}

func text(addr netip.Addr) string {
	if !addr.IsValid() {
		return ""
	}
	return addr.String()
}

func textOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
