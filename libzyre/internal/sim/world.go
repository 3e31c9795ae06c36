package sim

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// World is a simulated network and what lives in it.
type World struct {
	cfg    Config
	seed   uint64
	now    int64 // since epoch
	agenda agenda
	ready  []*process // whose inbox is to be looked at
	store  store

	segments []*segment
	hosts    []*host
	places   []*place
	plan     []Action

	idents []ID // every ID that was ever heard of
	names  []string
	byID   map[ID]uint32

	casts      []cast // datagrams on their way
	spareCasts []int
	octets     []byte
	fetched    byte // see foresee

	checker *history.Checker
	truth   truth
	tracing bool
	tracer  tracer
	hash    uint64
	scratch zyre.Event

	events, messages, datagrams, heard, conns uint64
	told                                      uint64
}

// place is where one node after the other lives: its lives have the same host.
type place struct {
	number int
	host   *host
	lives  int
	life   *process // that runs; nil: none
	last   ID
	before []ended // lives that not all may know to be over
	port   uint16
}

// ended is a life that is over.
type ended struct {
	id ID
	at int64
}

func newWorld(cfg Config) *World {
	cfg = cfg.withDefaults()
	w := &World{cfg: cfg, seed: cfg.Seed, byID: map[ID]uint32{}, tracing: cfg.trace}
	w.checker = history.New(history.Config{Settle: cfg.Settle, Expired: cfg.Expired, Lag: -1})
	for _, wire := range cfg.Segments {
		w.newSegment(wire)
	}
	for i := range cfg.Nodes {
		if i%cfg.PerHost == 0 {
			h := &host{w: w, number: len(w.hosts)}
			w.hosts = append(w.hosts, h)
			for _, s := range w.segments {
				if s.number == 0 || draw(w.seed, ofWorld, uint64(h.number), uint64(s.number))%3 == 0 {
					s.attach(h)
				}
			}
		}
		w.places = append(w.places, &place{number: i, host: w.hosts[len(w.hosts)-1]})
	}
	w.tracer.about = cfg.about
	w.truth.w = w
	if cfg.Static {
		w.truth.look("no beacons")
	}
	w.plan = cfg.Actions
	if w.plan == nil {
		w.plan = Plan(cfg)
	}
	for i := range w.plan {
		w.note(int64(w.plan[i].At), entry{kind: onAction, x: int64(i)})
	}
	return w
}

// note puts something on the agenda.
func (w *World) note(at int64, e entry) { w.agenda.add(at, e) }

// time is now, for the checker.
func (w *World) time() time.Time { return epoch.Add(time.Duration(w.now)) }

// ident numbers an ID.
func (w *World) ident(id ID) uint32 {
	i, ok := w.byID[id]
	if !ok {
		i = uint32(len(w.idents))
		w.idents = append(w.idents, id)
		w.byID[id] = i
	}
	return i
}

func keyOf(id ID) uint64 { return binary.BigEndian.Uint64(id[:8]) }

// run lets the world go on until then.
func (w *World) run(ctx context.Context, until int64) error {
	for len(w.agenda.heap) > 0 && w.agenda.heap[0].at <= until {
		at, e := w.agenda.pop()
		w.now = at
		w.happen(&e)
		w.drain()
		if w.events++; w.events&0xffff == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if w.cfg.first && (w.tracing || w.events&0x3f == 0) && w.checker.Figures().Findings > 0 {
			return nil
		}
	}
	w.now = until
	return nil
}

// drain lets the nodes look whose inbox something came into.
func (w *World) drain() {
	for i := 0; i < len(w.ready); i++ {
		w.ready[i].run()
	}
	w.ready = w.ready[:0]
}

// happen does what an entry of the agenda is about.
func (w *World) happen(e *entry) {
	switch e.kind {
	case onArrival:
		e.c.arrival()
	case onDatagram:
		w.datagram(int(e.x))
	case onTimer:
		e.p.timer(e.x)
	case onBeat:
		e.p.beaten(e.x)
	case onApp:
		e.p.live()
	case onSYN:
		e.l.syn(uint32(e.x))
	case onFailed:
		e.l.failed(uint32(e.x>>16), errnoOf(e.x&0xffff))
	case onRedial:
		e.l.redial(uint32(e.x))
	case onShake:
		e.c.shake()
	case onAnswer:
		e.c.answer()
	case onUp:
		e.c.up()
	case onRetry:
		e.c.retry()
	case onReset:
		e.c.heardReset(e.x)
	case onProbe:
		e.c.probe()
	case onAction:
		w.act(&w.plan[e.x])
	case onThaw:
		e.p.frost(e.x)
	case onMoved:
		e.p.moved()
	case onRead:
		e.p.readAgain()
	case onClosed:
		e.p.close()
	case onCalm:
		w.over(&w.plan[e.x], e.p)
	case onNoticed:
		w.truth.noticed(int(e.x))
	}
}

// parse reads an endpoint as harmony does.
func parse(endpoint string) (address, uint16, error) {
	rest, ok := strings.CutPrefix(endpoint, "tcp://")
	ap, err := netip.ParseAddrPort(rest)
	if !ok || err != nil || ap.Port() == 0 || !ap.Addr().Unmap().Is4() || ap.Addr().IsUnspecified() {
		return 0, 0, fmt.Errorf("%w, not %.100q", harmony.ErrEndpoint, endpoint)
	}
	return addressFrom(ap.Addr()), ap.Port(), nil
}
