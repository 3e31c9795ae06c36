package sim

import (
	"slices"
	"strconv"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Names of the groups that applications join and leave.
var groupNames = func() (names [10]string) {
	for i := range names {
		names[i] = "GROUP" + strconv.Itoa(i)
	}
	return names
}()

// maxHops is how many answers to answers there are: with more than three members
// each shout would else be answered by more than one shout.
const maxHops = 2

// application is what uses a node, at random, as the Guide's tester does: it whispers to
// who enters and to who has left, answers half of the whispers and a third of the
// shouts in each way, and joins or leaves a group each second.
type application struct {
	todo   []reaction
	failed []failure
	deaf   int32    // how many reasons keep it from reading
	groups uint16   // that it is in
	known  []uint32 // peers that have entered
	random stream
}

// reaction is what is still to be done about an event.
type reaction struct {
	peer  uint32
	group int // -1: a whisper
	hops  byte
}

func (a *application) begin(p *process) {
	a.random = streamOf(p.w.seed, ofApp, p.key)
	if !p.w.cfg.Quiet {
		p.w.note(p.w.now+int64(a.random.span(0, time.Second)), entry{kind: onApp, p: p})
	} else if p.w.cfg.Groups {
		a.todo = append(a.todo, reaction{group: -2})
	}
}

// read takes an event of the node, unless it reads none now.
func (p *process) read(e *core.Event) bool {
	a, w := &p.app, p.w
	if a.deaf > 0 {
		return false
	}
	w.told++
	w.scratch = zyre.Event{
		Type: zyre.EventType(e.Type), Peer: zyre.UUID(e.Peer), Name: e.Name, Addr: e.Addr, Headers: e.Headers,
		Group: e.Group, Msg: e.Msg, Cause: e.Cause, Time: e.Time,
	}
	w.hash = mix(w.hash ^ uint64(w.now) ^ p.key ^ keyOf(e.Peer)<<1 ^ uint64(e.Type)<<56 ^ uint64(len(e.Msg)))
	if w.traces(e.Peer) {
		w.traceTold(p, e)
	}
	w.checker.Event(w.time(), zyre.UUID(p.id), &w.scratch)
	if w.cfg.watch != nil {
		w.cfg.watch(w, p, &w.scratch)
	}
	if e.Type == core.Exit {
		p.admitOf(w.ident(e.Peer)) // what waited for the peer failed with it
	}
	if w.cfg.Mute || p.ended {
		return true
	}
	switch e.Type {
	case core.Enter:
		peer := w.ident(e.Peer)
		a.known = append(a.known, peer)
		a.todo = append(a.todo, reaction{peer, -1, 0})
	case core.Exit:
		peer := w.ident(e.Peer)
		for i, k := range a.known {
			if k == peer {
				a.known[i] = a.known[len(a.known)-1]
				a.known = a.known[:len(a.known)-1]
				break
			}
		}
		a.todo = append(a.todo, reaction{peer, -1, maxHops})
	case core.Whisper:
		if hops, ok := hopsOf(e.Msg); ok && a.random.chance(0.5) {
			a.todo = append(a.todo, reaction{w.ident(e.Peer), -1, hops + 1})
		}
	case core.Shout:
		hops, ok := hopsOf(e.Msg)
		if ok && a.random.chance(1./3) {
			a.todo = append(a.todo, reaction{w.ident(e.Peer), -1, hops + 1})
		}
		if ok && a.random.chance(min(1./3, 7/float64(w.cfg.Nodes))) { // a group has half of all nodes
			a.todo = append(a.todo, reaction{group: groupOf(e.Group), hops: hops + 1})
		}
	}
	return true
}

func groupOf(name string) int { return int(name[len(name)-1] - '0') }

// hopsOf reads which answer this is; ok: there may be another.
func hopsOf(msg [][]byte) (hops byte, ok bool) {
	if len(msg) != 2 || len(msg[1]) != 1 {
		return 0, false
	}
	return msg[1][0], msg[1][0] < maxHops
}

// react does what is to be done.
func (p *process) react() bool {
	a := &p.app
	if len(a.todo) == 0 || p.ended {
		return false
	}
	for i := 0; i < len(a.todo); i++ {
		r := a.todo[i]
		switch r.group {
		case -1:
			p.whisper(r.peer, r.hops)
		case -2:
			p.change(a.random.below(len(groupNames)))
		default:
			p.shout(r.group, r.hops)
		}
		p.node.Work(p.now()) // a call may end a peer: that is told before the next
		p.admit()
	}
	a.todo = a.todo[:0]
	return true
}

var hopFrames = [...][]byte{{0}, {1}, {2}, {3}}

// failure is a call that failed after a while.
type failure struct {
	to      uint32 // who was to get it; 0: all of a group
	payload []byte
	err     error
}

// done is the end of a call: what it says when that failed. The application hears of
// it behind what it is told in the same moment.
func (p *process) done(to uint32, payload []byte) *core.Call {
	return &core.Call{Done: func(err error) {
		if err != nil {
			p.app.failed = append(p.app.failed, failure{to, payload, err})
		}
	}}
}

// admitOf tells of calls that failed because a peer left.
func (p *process) admitOf(peer uint32) {
	a := &p.app
	a.failed = slices.DeleteFunc(a.failed, func(f failure) bool {
		if f.to == peer {
			p.w.checker.Failed(p.w.time(), f.payload, f.err)
		}
		return f.to == peer
	})
}

// admit tells of calls that failed.
func (p *process) admit() {
	a := &p.app
	for _, f := range a.failed {
		p.w.checker.Failed(p.w.time(), f.payload, f.err)
	}
	a.failed = a.failed[:0]
}

func (p *process) whisper(to uint32, hops byte) {
	w := p.w
	id := w.idents[to]
	payload := w.checker.Whisper(w.time(), zyre.UUID(p.id), zyre.UUID(id))
	if w.traces(id) {
		w.trace(p, "whispers %s to %s", label(payload), w.nameOf(id))
	}
	p.node.Whisper(p.now(), id, [][]byte{payload, hopFrames[hops]}, p.done(to, payload))
}

func (p *process) shout(group int, hops byte) {
	w := p.w
	payload := w.checker.Shout(w.time(), zyre.UUID(p.id), groupNames[group])
	if w.tracing {
		w.trace(p, "shouts %s to %s", label(payload), groupNames[group])
	}
	p.node.Shout(p.now(), groupNames[group], [][]byte{payload, hopFrames[hops]}, p.done(0, payload))
}

// ignored is a call whose end nobody waits for.
func ignored() *core.Call { return &core.Call{Done: func(error) {}} }

// change joins a group, or leaves it.
func (p *process) change(group int) {
	w, a := p.w, &p.app
	name := groupNames[group]
	if w.tracing {
		w.trace(p, "joins or leaves %s", name)
	}
	if a.groups ^= 1 << group; a.groups&(1<<group) != 0 {
		w.checker.Join(w.time(), zyre.UUID(p.id), name)
		p.node.Join(p.now(), name, ignored())
	} else {
		w.checker.Leave(w.time(), zyre.UUID(p.id), name)
		p.node.Leave(p.now(), name, ignored())
	}
}

// live is onApp: what an application does by itself, about once a second.
func (p *process) live() {
	a, w := &p.app, p.w
	switch {
	case p.ended:
		return
	case p.stopped():
		p.late = append(p.late, entry{kind: onApp, p: p})
		return
	}
	group, shouts, whispers, to := a.random.below(len(groupNames)), a.random.chance(0.2), a.random.chance(0.2), a.random.next()
	w.note(w.now+int64(a.random.span(800*time.Millisecond, 1200*time.Millisecond)), entry{kind: onApp, p: p})
	switch {
	case w.now > w.cfg.calm():
		return // so that all views can agree in the end
	case a.deaf > 0:
		return // it hangs
	}
	p.change(group)
	p.node.Work(p.now())
	if shouts {
		p.shout(group, 0)
		p.node.Work(p.now())
	}
	if whispers && len(a.known) > 0 {
		p.whisper(a.known[to%uint64(len(a.known))], 0)
	}
	p.step()
}

// readAgain is onRead.
func (p *process) readAgain() {
	if p.app.deaf--; p.app.deaf == 0 && !p.ended {
		if p.behind = p.stopped(); !p.behind {
			p.step()
		}
	}
}
