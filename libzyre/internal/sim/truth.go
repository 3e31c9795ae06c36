package sim

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// fault counts reasons why something does not work.
type fault int

// truth is which nodes could reach each other, for the checker.
type truth struct {
	w     *World
	pairs map[[2]int]fault          // places between which something is wrong, the smaller number first
	cut   []bool                    // by place and place: the checker knows that they are apart
	open  map[[2]int][][2]zyre.UUID // what the checker was told of places that are apart
	ways  []uint8                   // by place and place: segments on which they reach each other
	rough bool                      // something may be wrong at all: else nobody looks
}

// id is the last life at a place: that it is over does not mean that all know.
func (t *truth) id(place int) (zyre.UUID, bool) {
	pl := t.w.places[place]
	return zyre.UUID(pl.last), pl.lives > 0
}

// look asks anew of all pairs whether they could reach each other.
func (t *truth) look(why string) {
	n := len(t.w.places)
	t.know()
	t.rough = true
	for _, pl := range t.w.places {
		if pl.life != nil {
			t.unwell(pl.life, why)
		}
	}
	for i := range n {
		for j := i + 1; j < n; j++ {
			ways := t.reach(i, j)
			apart, was := ways == 0, t.cut[i*n+j]
			switch {
			case apart != was:
				t.cut[i*n+j] = apart
				t.tell(i, j, apart, why)
			case !apart && ways != t.ways[i*n+j]: // another way has to be taken, or may be
				t.tell(i, j, true, why)
				t.w.note(t.w.now+int64(t.w.cfg.Evasive), entry{kind: onNoticed, x: int64(i*n + j)})
			}
			t.ways[i*n+j] = ways
		}
	}
}

// noticed ends the disturbance that a change of ways was.
func (t *truth) noticed(pair int) {
	if n := len(t.w.places); !t.cut[pair] {
		t.tell(pair/n, pair%n, false, "")
	}
}

// know begins with everybody reachable, except where that cannot be.
func (t *truth) know() {
	if t.cut != nil {
		return
	}
	n := len(t.w.places)
	t.cut, t.ways = make([]bool, n*n), make([]uint8, n*n)
	for i := range n {
		for j := i + 1; j < n; j++ {
			for s := range t.w.segments {
				a, b := t.w.places[i].host, t.w.places[j].host
				if a == b || a.attached(s) && b.attached(s) {
					t.ways[i*n+j] |= 1 << s
				}
			}
		}
	}
}

func (h *host) attached(segment int) bool {
	for _, i := range h.ifaces {
		if i.segment.number == segment {
			return true
		}
	}
	return false
}

// tell the checker that two places are apart, or no more.
func (t *truth) tell(i, j int, apart bool, why string) {
	if t.w.cfg.hush {
		return
	}
	key := [2]int{i, j}
	if !apart {
		for _, ids := range t.open[key] {
			t.w.checker.Calm(t.w.time(), ids[0], ids[1])
		}
		delete(t.open, key)
		return
	}
	a, ok := t.id(i)
	b, too := t.id(j)
	if !ok || !too {
		return
	}
	if t.open == nil {
		t.open = map[[2]int][][2]zyre.UUID{}
	}
	t.disturb(key, a, b, why)
	for _, id := range t.before(j, b) {
		t.disturb(key, a, id, why)
	}
	for _, id := range t.before(i, a) {
		t.disturb(key, id, b, why)
	}
}

func (t *truth) disturb(key [2]int, a, b zyre.UUID, why string) {
	t.open[key] = append(t.open[key], [2]zyre.UUID{a, b})
	t.w.checker.Disturb(t.w.time(), a, b, why)
}

// remembered is how long somebody may believe in a life that is over.
const remembered = 2 * time.Minute

// before is the lives at a place, other than the last, that not all may know to be over.
func (t *truth) before(place int, last zyre.UUID) (ids []zyre.UUID) {
	pl := t.w.places[place]
	for len(pl.before) > 0 && pl.before[0].at < t.w.now-int64(remembered) {
		pl.before = pl.before[1:]
	}
	for _, e := range pl.before {
		if id := zyre.UUID(e.id); id != last {
			ids = append(ids, id)
		}
	}
	return ids
}

// slept tells that whoever is dead on a host was not heard while that slept: what its kernel has to send comes later by as much.
func (t *truth) slept(h *host) {
	if t.w.cfg.hush {
		return
	}
	for i, pl := range t.w.places {
		if pl.host != h {
			continue
		}
		var living zyre.UUID
		if pl.life != nil {
			living = zyre.UUID(pl.life.id)
		}
		for _, id := range t.before(i, living) {
			t.w.checker.Disturb(t.w.time(), id, zyre.UUID{}, "its host slept")
			t.w.checker.Calm(t.w.time(), id, zyre.UUID{})
		}
	}
}

// born tells of a new life what is wrong around it.
func (t *truth) born(p *process) {
	t.unwell(p, "as before")
	if !t.rough {
		return
	}
	n, i := len(t.w.places), p.place.number
	for j := range n {
		if j != i && t.cut[min(i, j)*n+max(i, j)] {
			t.tell(min(i, j), max(i, j), true, "as before")
		}
	}
}

// unwell tells whether a process can be expected to do anything.
func (t *truth) unwell(p *process, why string) {
	if now := p.host.broken > 0; now != p.unwell && !t.w.cfg.hush {
		p.unwell = now
		if now {
			t.w.checker.Disturb(t.w.time(), zyre.UUID(p.id), zyre.UUID{}, why)
		} else {
			t.w.checker.Calm(t.w.time(), zyre.UUID(p.id), zyre.UUID{})
		}
	}
}

// pause tells that a process does not run for one more reason, or for one less. Its host goes on.
func (p *process) pause(by int, why string) {
	if p.ended {
		return
	}
	p.pauses += by
	switch w := p.w; {
	case w.cfg.hush:
	case by > 0:
		w.checker.Pause(w.time(), zyre.UUID(p.id), why)
	default:
		w.checker.Continue(w.time(), zyre.UUID(p.id))
	}
}

// reach is the segments on which two nodes reach each other.
func (t *truth) reach(i, j int) (ways uint8) {
	a, b := t.w.places[i].host, t.w.places[j].host
	if t.w.cfg.Static && i > 0 {
		return 0 // they do not hear of each other
	}
	if t.pairs[[2]int{i, j}] > 0 {
		return 0
	}
	if a == b {
		return 1<<len(t.w.segments) - 1
	}
	for _, k := range a.ifaces {
		if k.up && b.on(k.segment) != nil && !k.segment.parted(a, b) && !k.segment.parted(b, a) {
			ways |= 1 << k.segment.number
		}
	}
	return ways
}

// jolt tells that something broke between two nodes and is whole again.
func (t *truth) jolt(i, j int, why string) {
	if i == j {
		return
	}
	t.know()
	n := len(t.w.places)
	if !t.cut[min(i, j)*n+max(i, j)] {
		t.tell(min(i, j), max(i, j), true, why)
		t.tell(min(i, j), max(i, j), false, why)
	}
}

// joltAll is jolt between a host and everybody.
func (t *truth) joltAll(h *host, why string) {
	for i, pl := range t.w.places {
		if pl.host != h {
			continue
		}
		for j := range t.w.places {
			t.jolt(i, j, why)
		}
	}
}

// pair counts a reason between two nodes.
func (t *truth) pair(i, j int, by fault, why string) {
	if t.pairs == nil {
		t.pairs = map[[2]int]fault{}
	}
	t.pairs[[2]int{min(i, j), max(i, j)}] += by
	t.look(why)
}
