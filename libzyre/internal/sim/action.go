package sim

import (
	"fmt"
	"time"
)

// The things that are done to nodes. What makes no sense at its time does nothing.
const (
	// Start begins a life: with the UUID and the port of the last one if Keep.
	Start = "start"
	// Stop ends it with goodbyes.
	Stop = "stop"
	// Kill ends the process without a word; its kernel closes its connections.
	Kill = "kill"
	// PowerOff takes the power of the node's host, and so all its lives, and PowerOn
	// gives it back.
	PowerOff = "power-off"
	PowerOn  = "power-on"
	// Freeze stops the process for a while, as SIGSTOP does; its kernel goes on.
	Freeze = "freeze"
	// Busy lets the process run for a tenth of the time only, for a while.
	Busy = "busy"
	// Sleep stops the whole host for a while. Its clock counts that if Counts.
	Sleep = "sleep"
	// Jump puts the clock of the host forward by For.
	Jump = "jump"
	// Deaf keeps the application from reading its events for a while.
	Deaf = "deaf"
	// Move gives the host another address on a segment.
	Move = "move"
	// Unplug takes the host's interface on a segment down, for a while.
	Unplug = "unplug"
	// Partition parts Side from the rest on a segment, for a while; in one direction
	// only if OneWay: what Side sends does not arrive.
	Partition = "partition"
	// Stall keeps the connections between Node and With from getting anything through for a
	// while.
	Stall = "stall"
	// Reset breaks them.
	Reset = "reset"
	// HalfOpen has With's end of Node's connection to it forgotten: Node does not know.
	HalfOpen = "half-open"
)

// Names are all of them.
func Names() []string {
	return []string{Start, Stop, Kill, PowerOff, PowerOn, Freeze, Busy, Sleep, Jump, Deaf, Move, Unplug, Partition, Stall, Reset, HalfOpen}
}

// Action is one thing that is done to a simulated network.
type Action struct {
	At      time.Duration `json:"at" toml:"at"`
	Do      string        `json:"do" toml:"do"`
	Node    int           `json:"node" toml:"node"`
	With    int           `json:"with,omitempty" toml:"with"`
	Side    []int         `json:"side,omitempty" toml:"side"`
	Segment int           `json:"segment,omitempty" toml:"segment"`
	For     time.Duration `json:"for,omitempty" toml:"for"`
	Keep    bool          `json:"keep,omitempty" toml:"keep"`
	Counts  bool          `json:"counts,omitempty" toml:"counts"`
	OneWay  bool          `json:"one-way,omitempty" toml:"one-way"`

	on bool // what it began has to end
}

// String reads as a line of a scenario.
func (a *Action) String() string {
	s := fmt.Sprintf("%s n%d", a.Do, a.Node)
	switch a.Do {
	case Partition:
		s = fmt.Sprintf("%s of %v on segment %d", a.Do, a.Side, a.Segment)
		if a.OneWay {
			s += ", one way"
		}
	case Stall, Reset, HalfOpen:
		s += fmt.Sprintf(" with n%d", a.With)
	case Move, Unplug:
		s += fmt.Sprintf(" on segment %d", a.Segment)
	}
	if a.For > 0 {
		s += fmt.Sprintf(" for %v", a.For)
	}
	if a.Keep {
		s += ", the same UUID"
	}
	return s
}

// tolerated is how long a stall or a process that does not run has to go unnoticed.
const tolerated = 2 * time.Second

// act does an action.
func (w *World) act(a *Action) {
	if a.Node < 0 || a.Node >= len(w.places) || a.With < 0 || a.With >= len(w.places) || a.Segment < 0 || a.Segment >= len(w.segments) {
		return
	}
	pl := w.places[a.Node]
	h, p := pl.host, pl.life
	if w.tracing {
		w.tracer.say(w.now, "", "---- "+a.String())
	}
	switch a.Do {
	case Start:
		pl.start(a.Keep)
	case Stop:
		if p != nil {
			p.stop()
		}
	case Kill:
		if p != nil {
			p.kill(!h.kernel())
		}
	case PowerOff:
		h.powerOff()
	case PowerOn:
		if h.dark {
			h.dark = false
			w.truth.look("power is back")
		}
	case Freeze, Busy:
		if p != nil {
			p.freeze(a)
		}
	case Sleep:
		w.sleep(h, a)
	case Jump:
		h.offset += int64(a.For)
		for _, p := range h.procs {
			p.arm()
		}
	case Deaf:
		if p != nil && !p.stopped() {
			p.app.deaf++
			w.note(w.now+int64(a.For), entry{kind: onRead, p: p})
			w.broken(h, a)
		}
	case Move, Unplug:
		w.rewire(h, a)
	case Partition:
		w.partition(a)
	case Stall, Reset, HalfOpen:
		w.harm(a)
	}
}

// over ends what an action has begun, to a process if that is what it was done to.
func (w *World) over(a *Action, p *process) {
	if !a.on {
		return
	}
	a.on = false
	h := w.places[a.Node].host
	if w.tracing {
		w.tracer.say(w.now, "", "---- over: "+a.String())
	}
	switch a.Do {
	case Freeze, Busy:
		p.pause(-1, "")
		return
	case Deaf:
		h.broken--
	case Sleep:
		h.wake(a)
	case Unplug:
		w.plug(h, a)
	case Partition:
		w.heal(a)
	case Stall:
		w.truth.pair(a.Node, a.With, -1, "")
		return
	}
	w.truth.look("it is over")
}

// broken notes that a host cannot be expected to answer while an action lasts.
func (w *World) broken(h *host, a *Action) {
	h.broken++
	a.on = true
	w.truth.look(a.String())
	w.note(w.now+int64(a.For), w.calm(a))
}

// calm is the entry that ends an action.
func (w *World) calm(a *Action) entry {
	for i := range w.plan {
		if &w.plan[i] == a {
			return entry{kind: onCalm, x: int64(i)}
		}
	}
	panic("sim: an action that is not in the plan")
}

// freeze stops the process, once or again and again.
func (p *process) freeze(a *Action) {
	w := p.w
	if a.Do == Freeze && a.For > tolerated || w.now < p.busy {
		a.on = true
		p.pause(1, a.String())
		end := w.calm(a)
		end.p = p
		w.note(w.now+int64(a.For), end)
	}
	if a.Do == Freeze {
		p.hold(w.now, w.now+int64(a.For))
		return
	}
	p.busy = w.now + int64(a.For)
	r := streamOf(w.seed, ofWaking, p.key^uint64(a.At))
	for at := w.now; at < w.now+int64(a.For); {
		end := at + int64(r.span(50*time.Millisecond, 900*time.Millisecond))
		p.hold(at, end)
		at = end + (end-at)/9
	}
}

// hold keeps the process from running for a while.
func (p *process) hold(from, to int64) {
	w := p.w
	if from > w.now {
		w.note(from, entry{kind: onThaw, p: p, x: 1})
	} else {
		p.frozen++
	}
	w.note(to, entry{kind: onThaw, p: p, x: -1})
}

// frost is onThaw: one more reason not to run, one less, or its host is awake.
func (p *process) frost(by int64) {
	if p.frozen += int32(by); p.frozen == 0 {
		p.thaw()
	}
}

// powerOff ends everything on the host in silence.
func (h *host) powerOff() {
	if h.dark {
		return
	}
	w := h.w
	h.dark = true
	h.boots++
	for len(h.procs) > 0 {
		h.procs[0].kill(true)
	}
	w.truth.look("no power")
}

// sleep stops a whole host.
func (w *World) sleep(h *host, a *Action) {
	if !h.kernel() {
		return
	}
	h.asleep, h.slept = true, w.now
	w.watchAll(h)
	w.broken(h, a)
}

func (h *host) wake(a *Action) {
	w := h.w
	h.asleep = false
	h.broken--
	if !a.Counts {
		h.offset -= w.now - h.slept
	}
	w.truth.slept(h)
	for _, p := range h.procs {
		w.note(w.now+int64(span(draw(w.seed, ofWaking, p.key, uint64(w.now)), 0, noticed)), entry{kind: onThaw, p: p})
	}
}
