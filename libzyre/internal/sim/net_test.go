package sim

import (
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// good is a network without surprises.
var good = Wire{Latency: time.Millisecond}

// over runs two nodes on a network.
func over(t *testing.T, wire Wire, dur time.Duration, then ...Action) (*Result, *World, told) {
	t.Helper()
	return simulate(t, Config{Nodes: 2, For: dur, Quiet: true, Segments: []Wire{wire}, Actions: starts(2, then...), trace: true})
}

// Datagrams get lost for each receiver by itself, and where all are lost nobody meets.
func TestLoss(t *testing.T) {
	_, whole, _ := over(t, good, 1000*sec)
	wire := good
	wire.Loss = 0.2
	_, w, seen := over(t, wire, 1000*sec)
	seen.only(t, 1, 0)
	if share := float64(w.heard) / float64(whole.heard); share < 0.75 || share > 0.85 {
		t.Errorf("%.2f of all datagrams arrived", share)
	}
	wire.Loss = 1
	seen = told{}
	lost := newWorld(Config{Nodes: 2, For: 9 * sec, Quiet: true, Segments: []Wire{wire}, Actions: starts(2), watch: seen.watch})
	lost.run(t.Context(), int64(9*sec))
	if lost.heard != 0 || len(seen) != 0 {
		t.Errorf("%d datagrams arrived: %v", lost.heard, seen)
	}
}

// Datagrams may come twice.
func TestDoubled(t *testing.T) {
	_, whole, _ := over(t, good, 1000*sec)
	wire := good
	wire.Doubled = 0.5
	_, w, seen := over(t, wire, 1000*sec)
	seen.only(t, 1, 0)
	if share := float64(w.heard) / float64(whole.heard); share < 1.4 || share > 1.6 {
		t.Errorf("%.2f times as many datagrams arrived", share)
	}
}

// Datagrams may come late: a node's last beacon but one after its goodbye, which makes
// nobody believe in it.
func TestLate(t *testing.T) {
	wire := good
	wire.Late = 1
	_, w, seen := over(t, wire, 60*sec, Action{At: 30*sec + 1, Do: Stop, Node: 0})
	within(t, "ENTER", seen.times("n1", zyre.Enter), 100*time.Millisecond, 600*time.Millisecond)
	if len(w.places[1].life.app.known) != 0 {
		t.Error("n1 believes in a ghost")
	}
}

// What a segment of little bandwidth carries takes its time.
func TestBandwidth(t *testing.T) {
	wire := good
	wire.Bandwidth = 1000
	_, _, seen := over(t, wire, 30*sec)
	enter, whisper := seen.times("n1", zyre.Enter)[0], seen.times("n1", zyre.Whisper)[0]
	if whisper-enter < 50*time.Millisecond {
		t.Errorf("a whisper came %v after HELLO", whisper-enter)
	}
}

// Who sends more than the queue holds has to wait, and goes on when there is room.
func TestHighWater(t *testing.T) {
	_, w, seen := simulate(t, Config{Nodes: 2, For: 30 * sec, HighWater: 2, Segments: []Wire{{Latency: time.Millisecond, Bandwidth: 100_000}},
		Actions: starts(2), trace: true, Quiet: true, watch: nil})
	p := w.places[0].life
	for i := range 10_000 {
		p.change(i % 10)
	}
	full := 0
	for _, line := range w.tracer.lines {
		if strings.Contains(line, "full n1") {
			full++
		}
	}
	if full == 0 {
		t.Fatal("it never was full")
	}
	w.run(t.Context(), int64(90*sec))
	if got := seen.count("n1", zyre.Join) + seen.count("n1", zyre.Leave); got != 10_000 && seen.count("n1", zyre.Exit) == 0 {
		t.Errorf("told of %d changes", got)
	}
}

// Two networks are two ways: when one fails for good the other serves.
func TestSecondSegment(t *testing.T) {
	cfg := Config{Nodes: 2, Seed: 8, For: 100 * sec, Segments: []Wire{good, good, good, good}, Quiet: true, trace: true}
	cfg.Actions = starts(2, Action{At: 10 * sec, Do: Unplug, Node: 0, For: 200 * sec})
	_, w, _ := simulate(t, cfg)
	if len(w.hosts[0].ifaces) < 2 || len(w.hosts[1].ifaces) < 2 {
		t.Fatal("this seed gives one of them one interface: it takes another one")
	}
	for n := range 2 {
		if len(w.places[n].life.app.known) != 1 {
			t.Errorf("n%d knows nobody", n)
		}
	}
}

// A host that has the port of another that died, or its own of before, is a new peer.
func TestSharedHost(t *testing.T) {
	_, w, seen := simulate(t, Config{Nodes: 6, PerHost: 3, For: 60 * sec, Quiet: true, Actions: starts(6,
		Action{At: 10 * sec, Do: Kill, Node: 0}, Action{At: 10*sec + 200*time.Millisecond, Do: Start, Node: 0}), trace: true})
	if w.hosts[0].procs[0].host != w.places[0].host || len(w.hosts) != 2 {
		t.Fatal("nobody shares a host")
	}
	if got := seen.count("n1", zyre.Enter); got != 6 {
		t.Errorf("n1 was told of %d ENTERs", got)
	}
}

// Nodes that hear no beacon meet through the endpoint in their configuration.
func TestStatic(t *testing.T) {
	_, w, _ := simulate(t, Config{Nodes: 5, Static: true, For: 60 * sec, Quiet: true, Actions: starts(5), trace: true})
	if got := len(w.places[0].life.app.known); got != 4 || w.datagrams != 0 {
		t.Errorf("node 0 knows %d, after %d datagrams", got, w.datagrams)
	}
}

// The same finding of a scenario is found with two nodes and the one thing that was done.
func TestShrink(t *testing.T) {
	cfg := Config{Nodes: 8, Seed: 5, For: 60 * sec, Churn: 5 * sec, hush: true, Shrink: time.Minute}
	cfg.Actions = append(Plan(cfg), Action{At: 14 * sec, Do: Partition, Side: []int{1, 4, 6}, For: 20 * sec})
	r, err := Run(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) == 0 {
		t.Fatal("a partition that the checker was not told of was no finding")
	}
	if len(r.Actions) != 3 || r.Actions[2].Do != Partition {
		t.Errorf("shrunk to %v", r.Actions)
	}
	text := strings.Join(r.History, "\n")
	for _, want := range []string{"partition of", "TOLD EXIT", "FOUND"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	t.Log("\n" + text)
}

// What is not done leaves all else as it was: the draws of the other nodes.
func TestDrawsAreKeyed(t *testing.T) {
	run := func(without int) told {
		cfg := Config{Nodes: 5, Seed: 2, For: 30 * sec}
		for _, a := range Plan(cfg) {
			if a.Node != without {
				cfg.Actions = append(cfg.Actions, a)
			}
		}
		seen := told{}
		cfg.watch = seen.watch
		w := newWorld(cfg)
		w.run(t.Context(), int64(cfg.For))
		return seen
	}
	all, fewer := run(-1), run(4)
	enter := func(seen told) (at time.Duration) {
		for _, e := range seen["n0"] {
			if e.Type == zyre.Enter && e.Name == "n1" {
				at = e.Time.Sub(epoch)
			}
		}
		return at
	}
	if a, b := enter(all), enter(fewer); a == 0 || a != b {
		t.Errorf("n0 met n1 at %v, and without n4 at %v", a, b)
	}
}

// The share of the airtime that beacons take of an access point; see Node.Pace.
func TestAirtime(t *testing.T) {
	if got := BeaconAir(core.BeaconSize); got < 250*time.Microsecond || got > 350*time.Microsecond {
		t.Errorf("a beacon costs %v", got)
	}
	for _, c := range []struct {
		nodes int
		most  float64
	}{{50, 0.01}, {100, 0.01}, {150, 0.013}} {
		w := newWorld(Config{Nodes: c.nodes, For: time.Hour, Mute: true, Quiet: true,
			Within: time.Duration(c.nodes) * 3 * sec / 2, Segments: []Wire{{Latency: time.Millisecond, AccessPoint: true}}})
		met := w.cfg.Within + 10*sec
		w.run(t.Context(), int64(met))
		air := w.segments[0].air
		beacons, streams := air.beacons, air.streams
		w.run(t.Context(), int64(met+5*time.Minute))
		share := (air.beacons - beacons).Seconds() / 300
		t.Logf("%d nodes: beacons take %.3f%% of the airtime, all else %.3f%% (before: %.1f%%); a beacon costs %v", c.nodes, 100*share,
			100*(air.streams-streams).Seconds()/300, 100*streams.Seconds()/met.Seconds(), BeaconAir(core.BeaconSize))
		if share > c.most || share == 0 || c.nodes <= 100 && len(w.checker.Findings()) > 0 {
			t.Errorf("%d nodes: beacons take %.4f of the airtime; findings: %v", c.nodes, share, w.checker.Findings())
		}
	}
}

// An access point that has too much to do lets wait, and then drops.
func TestSaturation(t *testing.T) {
	var a air
	end, ok := a.take(0, 100*time.Millisecond, &a.beacons)
	if end != int64(100*time.Millisecond) || !ok {
		t.Error(end, ok)
	}
	a.take(0, 150*time.Millisecond, &a.beacons)
	if _, ok := a.take(0, time.Millisecond, &a.beacons); ok || a.dropped != 1 {
		t.Error("nothing was dropped")
	}
	if end, ok := a.take(int64(240*time.Millisecond), time.Millisecond, &a.beacons); !ok || end != int64(251*time.Millisecond) {
		t.Error(end, ok)
	}
}

// A hundred nodes that join or leave a group each second, with queues of ten messages: all
// views are right, and nothing is lost without a word.
func TestSmallQueues(t *testing.T) {
	long := 2 * time.Minute
	if testing.Short() {
		long = 20 * time.Second
	}
	r, _, _ := simulate(t, Config{Nodes: 100, For: long, HighWater: 10, Segments: []Wire{{Latency: time.Millisecond, Jitter: 20 * time.Millisecond}}})
	t.Log(r)
}
