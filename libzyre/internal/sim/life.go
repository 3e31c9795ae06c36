package sim

import (
	"fmt"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/node"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

const (
	linger  = 200 * time.Millisecond // of a node that closes; see harmony
	noticed = 100 * time.Millisecond // at most, until a process sees that its interfaces changed
)

// start begins a life at a place: with the identity and the port of the last, or anew.
func (pl *place) start(keep bool) {
	w := pl.host.w
	if pl.life != nil || !pl.host.kernel() {
		return
	}
	pl.lives++
	if pl.lives == 1 || !keep {
		u := draw(w.seed, ofID, uint64(pl.number), uint64(pl.lives))
		for i := range pl.last {
			pl.last[i] = byte(u >> (i % 8 * 8))
			if i == 7 {
				u = mix(u)
			}
		}
		pl.port = w.freePort(pl)
	}
	p := &process{w: w, host: pl.host, place: pl, id: pl.last, port: pl.port, listens: true}
	if w.cfg.PerHost > 1 && pl.host.listener(p.port) != nil {
		p.port = w.freePort(pl)
		pl.port = p.port
	}
	p.key = keyOf(p.id) ^ uint64(pl.lives)<<56
	p.ident = w.ident(p.id)
	w.names = append(w.names, make([]string, len(w.idents)-len(w.names))...)
	w.names[p.ident] = fmt.Sprintf("n%d", pl.number)
	if pl.lives > 1 {
		w.names[p.ident] += fmt.Sprintf(".%d", pl.lives)
	}
	pl.life = p
	pl.host.procs = append(pl.host.procs, p)
	p.node = node.New(node.Config{
		Config: core.Config{
			ID:          p.id,
			Name:        w.nameOf(p.id),
			Port:        p.port,
			Interval:    w.cfg.Interval,
			Evasive:     w.cfg.Evasive,
			Expired:     w.cfg.Expired,
			SendTimeout: 5 * time.Second,
			Limits:      core.Limits{Peers: max(core.DefaultPeers, 2*w.cfg.Nodes)},
			Peers:       w.statics(pl),
			LocalAddr:   p.LocalAddr,
			Tells:       true,
		},
		Queue:  1000,
		Reader: p.read,
		Trace:  w.cfg.Trace,
	}, p)
	if w.tracing {
		w.trace(p, "STARTS %v at %v:%d", zyre.UUID(p.id), pl.host.ifaces[0].addr.addr(), p.port)
	}
	w.checker.Start(w.time(), zyre.UUID(p.id), w.nameOf(p.id))
	w.truth.born(p)
	p.node.Start(p.now())
	p.app.begin(p)
	p.step()
	if !w.cfg.Static {
		p.announce()
	}
}

// freePort draws a port. Where several nodes share a host there are few, so that they
// take each other's.
func (w *World) freePort(pl *place) uint16 {
	if w.cfg.Static && pl.number == 0 {
		return staticPort
	}
	few := uint64(16000)
	if w.cfg.PerHost > 1 {
		few = uint64(2 * w.cfg.PerHost)
	}
	for n := uint64(pl.lives); ; n += 1000 {
		port := 49152 + uint16(draw(w.seed, ofPort, uint64(pl.number), n)%few)
		if pl.host.listener(port) == nil {
			return port
		}
	}
}

// stop ends a life with goodbyes.
func (p *process) stop() {
	w := p.w
	if p.ended || p.stopped() {
		return
	}
	if w.tracing {
		w.trace(p, "STOPS")
	}
	p.app.deaf = 0
	w.checker.Stop(w.time(), zyre.UUID(p.id), history.Goodbye)
	p.node.Stop(p.now(), nil)
	for p.catchUp() {
	}
	p.admit()
	p.end()
	p.broadcast(0)
	for _, c := range p.in {
		if c != nil {
			c.forget(true)
		}
	}
	waits := false
	for _, l := range p.links {
		switch {
		case l == nil:
		case l.queue.count == 0:
			l.close()
		default:
			waits = true
		}
	}
	if waits {
		w.note(w.now+int64(linger), entry{kind: onClosed, p: p})
	}
}

// end is common to all ends: nothing runs any more.
func (p *process) end() {
	for p.pauses > 0 { // who lives here next runs
		p.pause(-1, "")
	}
	p.ended, p.listens = true, false
	p.place.life = nil
	p.place.before = append(p.place.before, ended{p.id, p.w.now})
	for i, q := range p.host.procs {
		if q == p {
			p.host.procs = append(p.host.procs[:i:i], p.host.procs[i+1:]...)
			break
		}
	}
	p.box, p.late, p.casts, p.row = nil, nil, nil, nil
}

// close is the end of the linger.
func (p *process) close() {
	for _, l := range p.links {
		if l != nil && !l.gone {
			l.close()
		}
	}
	p.links, p.in = nil, nil
}

// kill ends a life without a word of the process: the kernel closes its connections,
// unless that is gone as well.
func (p *process) kill(silent bool) {
	w := p.w
	if p.ended {
		return
	}
	if w.tracing {
		w.trace(p, "DIES (its kernel too: %v)", silent)
	}
	w.checker.Stop(w.time(), zyre.UUID(p.id), history.Killed)
	p.end()
	for _, c := range p.in {
		if c != nil {
			c.forget(!silent)
		}
	}
	if !silent {
		p.close()
		return
	}
	for _, l := range p.links {
		if l == nil {
			continue
		}
		l.gone = true
		l.life++
		if c := l.c; c != nil {
			l.c = nil
			c.leave(false)
		}
		if c := l.coming; c != nil {
			l.coming = nil
			c.leave(false)
		}
		w.store.drop(&l.queue)
	}
	p.links, p.in = nil, nil
}

// moved: the process sees that its interfaces are not what they were.
func (p *process) moved() {
	switch {
	case p.ended:
	case p.stopped():
		p.late = append(p.late, entry{kind: onMoved, p: p})
	default:
		if p.w.tracing {
			p.w.trace(p, "moved")
		}
		p.node.Moved(p.now())
		p.step()
		for _, after := range birth {
			if p.w.cfg.Static {
				break
			}
			p.w.note(p.w.now+int64(after), entry{kind: onBeat, p: p, x: -1})
		}
	}
}

// heardReset is onReset: 1 says that somebody of that identity is there already.
func (c *conn) heardReset(why int64) {
	if why == 1 {
		c.broke(errIdentity)
		return
	}
	c.reset()
}

func errnoOf(x int64) error {
	if x == 0 {
		return errIdentity
	}
	return syscall.Errno(x)
}

// nameOf is the name of who has an ID: its place, and which life it is there.
func (w *World) nameOf(id ID) string {
	if i, ok := w.byID[id]; ok && int(i) < len(w.names) && w.names[i] != "" {
		return w.names[i]
	}
	return fmt.Sprintf("%X", id[:3])
}

// staticPort is where node 0 is reached where others have it in their configuration.
const staticPort = 50000

func (w *World) statics(pl *place) []string {
	if !w.cfg.Static || pl.number == 0 {
		return nil
	}
	return []string{fmt.Sprintf("tcp://%v:%d", addressOf(0, 0).addr(), staticPort)}
}
