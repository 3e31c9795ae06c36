package sim

import (
	"errors"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

const sec = time.Second

// starts is the beginning of a scenario.
func starts(nodes int, then ...Action) (plan []Action) {
	for n := range nodes {
		plan = append(plan, Action{At: time.Duration(n) * 100 * time.Millisecond, Do: Start, Node: n})
	}
	return append(plan, then...)
}

// times are when a node was told of something.
func (t told) times(name string, what zyre.EventType) (at []time.Duration) {
	for _, e := range t[name] {
		if e.Type == what {
			at = append(at, e.Time.Sub(epoch))
		}
	}
	return at
}

// cause is that of a node's first EXIT.
func (t told) cause(name string) error {
	for _, e := range t[name] {
		if e.Type == zyre.Exit {
			return e.Cause
		}
	}
	return nil
}

// two runs two nodes to which something is done after ten seconds.
func two(t *testing.T, then ...Action) (*Result, *World, told) {
	t.Helper()
	return simulate(t, Config{Nodes: 2, For: 100 * sec, Quiet: true, Actions: starts(2, then...), trace: true})
}

// only fails unless both nodes were told of so many ENTERs and EXITs of the other.
func (t told) only(tb testing.TB, enters, exits int) {
	tb.Helper()
	for _, name := range []string{"n0", "n1"} {
		if got := t.count(name, zyre.Enter); got != enters {
			tb.Errorf("%s was told of %d ENTERs, not %d", name, got, enters)
		}
		if got := t.count(name, zyre.Exit); got != exits {
			tb.Errorf("%s was told of %d EXITs, not %d", name, got, exits)
		}
	}
}

func within(tb testing.TB, what string, got []time.Duration, from, to time.Duration) {
	tb.Helper()
	if len(got) == 0 || got[0] < from || got[0] > to {
		tb.Errorf("%s after %v, not between %v and %v", what, got, from, to)
	}
}

func TestKill(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: Kill, Node: 0})
	within(t, "EXIT", seen.times("n1", zyre.Exit), 10*sec, 10*sec+20*time.Millisecond)
	if err := seen.cause("n1"); !errors.Is(err, core.ErrUnreachable) {
		t.Error(err)
	}
}

func TestStop(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: Stop, Node: 0})
	within(t, "EXIT", seen.times("n1", zyre.Exit), 10*sec, 10*sec+20*time.Millisecond)
	if err := seen.cause("n1"); !errors.Is(err, core.ErrGoodbye) {
		t.Error(err)
	}
}

func TestPowerOff(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: PowerOff, Node: 0})
	within(t, "EVASIVE", seen.times("n1", zyre.Evasive), 13*sec, 15*sec)
	within(t, "EXIT", seen.times("n1", zyre.Exit), 15*sec, 18*sec)
}

// A host that was without power for a moment knows nothing of old connections, and says so.
func TestPowerBack(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: PowerOff, Node: 0}, Action{At: 11 * sec, Do: PowerOn, Node: 0},
		Action{At: 12 * sec, Do: Start, Node: 0, Keep: true})
	within(t, "EXIT", seen.times("n1", zyre.Exit), 12*sec, 13*sec)
	if got := seen.count("n1", zyre.Enter); got != 2 {
		t.Errorf("%d ENTERs", got)
	}
}

// A frozen process is evasive and silent, but its kernel acknowledges: it lives.
func TestFreeze(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: Freeze, Node: 0, For: 20 * sec})
	seen.only(t, 1, 0)
	within(t, "EVASIVE", seen.times("n1", zyre.Evasive), 13*sec, 15*sec)
	within(t, "SILENT", seen.times("n1", zyre.Silent), 14*sec, 16*sec)
}

func TestFreezeTooLong(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: Freeze, Node: 0, For: 40 * sec})
	within(t, "EXIT", seen.times("n1", zyre.Exit), 38*sec, 41*sec)
	if err := seen.cause("n1"); !errors.Is(err, core.ErrExpired) {
		t.Error(err)
	}
	if got := seen.count("n1", zyre.Enter); got != 2 {
		t.Errorf("%d ENTERs", got)
	}
}

func TestBusy(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: Busy, Node: 0, For: 30 * sec})
	seen.only(t, 1, 0)
}

// A laptop that slept is gone, and back with one EXIT and one ENTER on either side.
func TestSleep(t *testing.T) {
	for _, counts := range []bool{false, true} {
		_, _, seen := two(t, Action{At: 10 * sec, Do: Sleep, Node: 0, For: 50 * sec, Counts: counts})
		within(t, "EXIT", seen.times("n1", zyre.Exit), 15*sec, 18*sec)
		seen.only(t, 2, 1)
	}
}

// A node that began and ended while its cable was out leaves its HELLO with its kernel, which says it when its host has
// slept, too: that the dead enter is no fault then.
func TestSleepOfTheDead(t *testing.T) {
	late := 0
	for before := time.Millisecond; before < 5*time.Millisecond; before += 10 * time.Microsecond {
		_, _, seen := two(t, Action{At: 5 * sec, Do: Stop, Node: 0}, Action{At: 10*sec - before, Do: Start, Node: 0},
			Action{At: 10 * sec, Do: Unplug, Node: 0, For: 20 * sec}, Action{At: 15 * sec, Do: Stop, Node: 0},
			Action{At: 32 * sec, Do: Sleep, Node: 0, For: 25 * sec})
		if at := seen.times("n1", zyre.Enter); at[len(at)-1] > 57*sec {
			late++
		}
	}
	if late == 0 {
		t.Error("nobody's last words came late: this tests nothing")
	}
}

// Whose clock jumps blames nobody for it.
func TestJump(t *testing.T) {
	_, w, seen := two(t, Action{At: 10 * sec, Do: Jump, Node: 0, For: time.Hour})
	seen.only(t, 1, 0)
	if w.hosts[0].offset != int64(time.Hour) {
		t.Error("it did not jump")
	}
}

// Who does not read is told nothing meanwhile, and all of it afterwards.
func TestDeaf(t *testing.T) {
	_, _, seen := simulate(t, Config{Nodes: 2, For: 100 * sec, Actions: starts(2, Action{At: 10 * sec, Do: Deaf, Node: 0, For: 20 * sec}), trace: true})
	seen.only(t, 1, 0)
	late := 0
	for _, e := range seen["n0"] {
		switch at := e.Time.Sub(epoch); {
		case at > 10*sec && at < 30*sec:
			t.Errorf("%v at %v", e, at)
		case at == 30*sec && e.Type == zyre.Join:
			late++
		}
	}
	if late == 0 {
		t.Error("nothing was told late")
	}
}

// What nobody reads waits everywhere on its way, and is told in the end, in order.
func TestBackPressure(t *testing.T) {
	seen := told{}
	w := newWorld(Config{Nodes: 2, For: 60 * sec, Mute: true, Quiet: true, watch: seen.watch, Actions: starts(2, Action{At: 10 * sec, Do: Deaf, Node: 0, For: 10 * sec})})
	w.run(t.Context(), int64(11*sec))
	to, from := w.places[0].life, w.places[1].life
	const many = 6000
	for range many {
		from.whisper(to.ident, 0)
	}
	from.step()
	w.run(t.Context(), int64(15*sec))
	held := len(to.node.Events())
	l := from.link(to.id)
	if held < 1000 || to.count != boxMessages || l.c.held.octets == 0 || l.queue.count == 0 || len(seen["n0"]) != 1 {
		t.Errorf("%d events, %d in the inbox, %d octets in TCP, %d queued; %d told", held, to.count, l.c.held.octets, l.queue.count, len(seen["n0"]))
	}
	w.run(t.Context(), int64(60*sec))
	if got := seen.count("n0", zyre.Whisper); got != many {
		t.Errorf("%d of %d whispers were told", got, many)
	}
	for _, f := range w.checker.Finish(w.time()) {
		t.Error(f)
	}
}

// A host at another address is connected to there, and nobody leaves.
func TestMove(t *testing.T) {
	_, w, seen := two(t, Action{At: 10 * sec, Do: Move, Node: 0})
	seen.only(t, 1, 0)
	p, q := w.places[0].life, w.places[1].life
	if a := addressOf(0, 2); p.host.ifaces[0].addr != a || p.connTo(q).src != a || q.connTo(p).dst != a {
		t.Errorf("it is at %v, connected from %v and at %v", p.host.ifaces[0].addr.addr(), p.connTo(q).src.addr(), q.connTo(p).dst.addr())
	}
}

func TestUnplug(t *testing.T) {
	_, _, seen := two(t, Action{At: 10 * sec, Do: Unplug, Node: 0, For: 3 * sec})
	seen.only(t, 1, 0)
	_, _, seen = two(t, Action{At: 10 * sec, Do: Unplug, Node: 0, For: 20 * sec})
	within(t, "EXIT", seen.times("n1", zyre.Exit), 15*sec, 18*sec)
	seen.only(t, 2, 1)
}

func TestPartition(t *testing.T) {
	for _, oneWay := range []bool{false, true} {
		_, _, seen := two(t, Action{At: 10 * sec, Do: Partition, Side: []int{0}, For: 20 * sec, OneWay: oneWay})
		within(t, "EXIT", seen.times("n1", zyre.Exit), 15*sec, 18*sec)
		if got := seen.count("n1", zyre.Enter); got != 2 {
			t.Errorf("%d ENTERs", got)
		}
	}
}

// What a connection carries comes late when it stalls for two seconds, and nobody leaves.
func TestStall(t *testing.T) {
	cfg := Config{Nodes: 2, For: 100 * sec, Actions: starts(2, Action{At: 10 * sec, Do: Stall, Node: 0, With: 1, For: 2 * sec}), trace: true}
	_, _, seen := simulate(t, cfg)
	seen.only(t, 1, 0)
	for _, e := range seen["n1"] {
		if at := e.Time.Sub(epoch); at > 10*sec+5*time.Millisecond && at < 12*sec {
			t.Errorf("%v at %v", e, at)
		}
	}
}

// A connection that is reset is made anew.
func TestReset(t *testing.T) {
	_, w, seen := two(t, Action{At: 10 * sec, Do: Reset, Node: 0, With: 1})
	seen.only(t, 1, 0)
	if w.conns != 4 {
		t.Errorf("%d connections were made, not 4", w.conns)
	}
}

// A connection that one end has forgotten is noticed by the other when it sends.
func TestHalfOpen(t *testing.T) {
	_, w, _ := two(t, Action{At: 10 * sec, Do: HalfOpen, Node: 0, With: 1})
	if w.conns < 3 {
		t.Errorf("%d connections were made, not 3", w.conns)
	}
	for n := range 2 {
		if len(w.places[n].life.app.known) != 1 {
			t.Errorf("n%d knows nobody", n)
		}
	}
}
