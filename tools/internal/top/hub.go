package top

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

const (
	// beat is how often who watches is told what changed.
	beat = 250 * time.Millisecond
	// ownBeat is how often the node's own counters are looked at; those of others
	// come as often.
	ownBeat = 5 * time.Second
	// maxWatchers is how many pages may be open.
	maxWatchers = 64
	// behind is how many changes a page may be late with until it has to begin anew.
	behind = 32
)

// node is what is needed of a zyre.Node.
type node interface {
	UUID() zyre.UUID
	Name() string
	Events() <-chan zyre.Event
	Ping(ctx context.Context, peer zyre.UUID) (time.Duration, error)
	Stats() zyre.Stats
	Groups() []string
	Peers() []zyre.Peer
	Err() error
	Close() error
}

// records is what is needed of a collector.Collector.
type records interface {
	Ready() <-chan struct{}
	Take(into []collector.Record) []collector.Record
}

// hub owns the model: its goroutine, run, is the only one that touches it.
type hub struct {
	node     node
	model    *model.Model
	records  records // nil: there are none
	batch    []collector.Record
	calls    chan func()
	done     chan struct{} // run has ended
	watchers map[chan []byte]bool
	told     uint64 // the version that the watchers have
	pings    pinger
}

func newHub(n node, records records, addr string) *hub {
	return &hub{node: n, records: records, model: model.New(n.UUID(), n.Name(), addr, time.Now()), calls: make(chan func()),
		done: make(chan struct{}), watchers: map[chan []byte]bool{}, pings: newPinger(n)}
}

// run works until the node's events end.
func (h *hub) run() {
	defer close(h.done)
	defer h.pings.close()
	defer func() {
		for w := range h.watchers {
			close(w)
		}
	}()
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	var own time.Time
	var recorded <-chan struct{}
	if h.records != nil {
		recorded = h.records.Ready()
	}
	for {
		select {
		case e, ok := <-h.node.Events():
			if !ok {
				return
			}
			h.model.Event(&e)
			h.pings.event(&e)
		case <-recorded:
			h.batch = h.records.Take(h.batch)
			for i := range h.batch {
				h.model.Record(&h.batch[i])
			}
		case p := <-h.pings.results:
			h.pings.active--
			h.model.Ping(p.peer, p.time, p.failed)
		case do := <-h.calls:
			do()
		case now := <-ticker.C:
			if now.Sub(own) >= ownBeat {
				own = now
				h.look(now)
			}
			h.model.Tick(now)
			h.pings.tick(now)
			h.tell()
		}
	}
}

// look takes the node's own counters, and where everybody is.
func (h *hub) look(now time.Time) {
	s := h.node.Stats()
	h.model.Self(now, map[string]uint64{"peers": uint64(s.Peers), "in": s.Received, "out": s.Sent, "queue": uint64(s.Events + s.Inbox + s.Waiting),
		"octets-in": s.OctetsReceived, "octets-out": s.OctetsSent}, h.node.Groups())
	for _, p := range h.node.Peers() {
		h.model.Moved(p.UUID, p.Addr)
	}
	h.model.Home(home())
}

// home returns the addresses of this machine, as far as they are known.
func home() (at []netip.Addr) {
	addrs, _ := net.InterfaceAddrs() // without them there is loopback
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil {
			at = append(at, p.Addr())
		}
	}
	return at
}

// tell tells all watchers what changed. Who is too far behind begins anew.
func (h *hub) tell() {
	if len(h.watchers) == 0 || h.told == h.model.Version() {
		return
	}
	change := encode(h.model.Since(h.told))
	h.told = h.model.Version()
	for w := range h.watchers {
		select {
		case w <- change:
		default:
			delete(h.watchers, w)
			close(w)
		}
	}
}

func encode(v model.View) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it has nothing in it that JSON cannot have
	}
	return text
}

// do runs something where the model may be touched; false: all is over.
func (h *hub) do(f func(*model.Model)) bool {
	through := make(chan struct{})
	select {
	case h.calls <- func() { f(h.model); close(through) }:
		<-through
		return true
	case <-h.done:
		return false
	}
}

// View returns everything as it is now; false: all is over.
func (h *hub) View() (v model.View, ok bool) {
	ok = h.do(func(m *model.Model) { v = m.Since(0) })
	return v, ok
}

// Watch returns everything as it is now, and then, each as JSON, what changes. The channel is
// closed when all is over or the reader is too slow. Nil: there are too many.
func (h *hub) Watch() (first []byte, next <-chan []byte, cancel func()) {
	w := make(chan []byte, behind)
	ok := h.do(func(m *model.Model) {
		if len(h.watchers) >= maxWatchers {
			return
		}
		if len(h.watchers) == 0 {
			h.told = m.Version()
		}
		h.watchers[w] = true
		first = encode(m.Since(0))
	})
	if !ok || first == nil {
		return nil, nil, func() {}
	}
	return first, w, func() { h.do(func(*model.Model) { delete(h.watchers, w) }) }
}

// Look runs f with the model, which f must not keep, how many watch, and the node's
// own counters; false: all is over.
func (h *hub) Look(f func(m *model.Model, watchers int, own zyre.Stats)) bool {
	own := h.node.Stats()
	return h.do(func(m *model.Model) { f(m, len(h.watchers), own) })
}
