package model

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

func TestStats(t *testing.T) {
	w := newWorld()
	w.event(zyre.Enter, 1, "")
	stats := func(text string) { w.record(3, zrelog.EventStats, 1, -1, text) }
	stats("peers=4 in=100 out=10 queue=3 dropped=1")
	if got := w.node(t, 1); got.In != -1 || got.Queue != 3 || got.Peers != 4 || got.Dropped != 1 {
		t.Error(got)
	}
	w.now = w.now.Add(4 * time.Second)
	stats("peers=4 in=140 out=10 queue=0 dropped=1 octets-in=5 new=x =3 in out=99x 7")
	if got := w.node(t, 1); got.In != 10 || got.Out != 0 || got.OctIn != -1 || got.Queue != 0 {
		t.Error(got)
	}
	w.now = w.now.Add(time.Second)
	stats("in=7 out=20 octets-in=105") // in: a new life; no queue any more
	if got := w.node(t, 1); got.In != -1 || got.Out != 10 || got.OctIn != 100 || got.Queue != -1 {
		t.Error(got)
	}
	if got := w.Sums(); got["in"] != 40 || got["out"] != 10 || got["octets-in"] != 100 {
		t.Error(got)
	}
	stats("hello")
	stats("in=99999999999999999999999 queue=9223372036854775807")
	if got := w.node(t, 1); got.Queue != -1 {
		t.Error(got)
	}
	w.Tick(w.now.Add(stale))
	if got := w.node(t, 1); got.Out != -1 || got.Queue != -1 {
		t.Error("what is old is shown:", got)
	}
}

// A node says that its connection to another is broken.
func TestDown(t *testing.T) {
	w := newWorld()
	for i := range 3 {
		w.event(zyre.Enter, i+1, "")
	}
	w.record(2, zrelog.EventExit, 1, 2, "unreachable")
	w.record(2, zrelog.EventExit, 1, 3, "unreachable")
	if got := w.node(t, 1); len(got.Down) != 2 {
		t.Error(got)
	}
	w.record(3, zrelog.EventEnter, 1, 2, "")
	w.event(zyre.Exit, 3, "")
	before := w.Version()
	w.record(3, zrelog.EventExit, 1, 2, zyre.ErrClosed.Error()) // who leaves says that of all
	if got := w.Since(before).Lines; len(got) != 0 {
		t.Error(got)
	}
	if got := w.node(t, 1); got.Down != nil {
		t.Error(got)
	}
}

// Of two with the same hash, the one is meant that is where the record came from.
func TestSameHash(t *testing.T) {
	w := newWorld()
	seen, a, b := map[uint16]int{}, 0, 0
	for n := 1; a == 0; n++ {
		h := zrelog.HashUUID(id(n))
		if seen[h] != 0 && seen[h]%250 != n%250 {
			a, b = seen[h], n
		}
		seen[h] = n
	}
	w.event(zyre.Enter, a, "")
	w.event(zyre.Enter, b, "")
	w.record(3, zrelog.EventStats, b, -1, "queue=7")
	if w.node(t, a).Queue != -1 || w.node(t, b).Queue != 7 {
		t.Error("the address was not looked at")
	}
	w.Moved(id(b), fmt.Sprintf("tcp://%v:7", host(a))) // both are there
	w.record(3, zrelog.EventStats, a, -1, "queue=8")
	if w.node(t, a).Queue != -1 || w.node(t, b).Queue != 7 || w.Counts.Unknown != 1 {
		t.Error("one of two was taken")
	}
	w.event(zyre.Exit, b, "")
	w.record(3, zrelog.EventStats, a, -1, "queue=8")
	if w.node(t, a).Queue != 8 || w.Counts.Forged != 0 {
		t.Error("one is left, and not taken")
	}
}

// recordFrom is one that comes from anywhere.
func (w *world) recordFrom(at string, event uint8, from, about int, text string) {
	r := collector.Record{Level: 2, Event: event, Node: zrelog.HashUUID(id(from)), Peer: zrelog.HashUUID(id(about)), Received: w.now, Text: text}
	r.From, _ = netip.ParseAddr(at)
	w.Record(&r)
}

// Of what a stranger says in the name of others nothing is believed, but that it came.
func TestForged(t *testing.T) {
	w := newWorld()
	w.event(zyre.Enter, 1, "")
	w.event(zyre.Enter, 2, "")
	before := w.Since(0)
	for _, at := range []string{"203.0.113.66", "127.0.0.1", "", "10.0.0.2", "::1", "fe80::1%eth0"} {
		for _, event := range []uint8{0, zrelog.EventJoin, zrelog.EventExit, zrelog.EventStats, 99} {
			w.recordFrom(at, event, 1, 2, "in=1 queue=7")
			w.recordFrom(at, event, 0, 2, "in=1 queue=7") // the observing node itself
		}
	}
	after := w.Since(0)
	if after.Version != before.Version || fmt.Sprint(after.Nodes) != fmt.Sprint(before.Nodes) || len(after.Lines) != len(before.Lines) {
		t.Error(after)
	}
	if w.Counts.Forged != 60 || w.Counts.Unknown != 0 {
		t.Error(w.Counts.Forged, w.Counts.Unknown)
	}
	w.recordFrom("::ffff:10.0.0.1", zrelog.EventStats, 1, 0, "queue=7")
	if got := w.node(t, 1); got.Queue != 7 {
		t.Error("its own was not taken:", got)
	}
}

// A node of this machine may speak from any address that the machine has; one that
// moved, from its new one only.
func TestWhereNodesAre(t *testing.T) {
	w := newWorld()
	w.event(zyre.Enter, 1, "")
	w.event(zyre.Enter, 2, "")
	w.Home([]netip.Addr{host(1), netip.MustParseAddr("fe80::1%eth0")})
	for i, at := range []string{"127.0.0.1", "fe80::1", host(1).String()} {
		w.recordFrom(at, zrelog.EventStats, 1, 0, fmt.Sprintf("queue=%d", i))
		w.recordFrom(at, zrelog.EventStats, 2, 0, "queue=9")
		if got := w.node(t, 1); got.Queue != int64(i) || w.node(t, 2).Queue != -1 {
			t.Error(at, got)
		}
	}
	w.Moved(id(2), "tcp://192.0.2.7:1000")
	w.Moved(id(99), "tcp://192.0.2.7:1000") // nobody
	w.record(3, zrelog.EventStats, 2, -1, "queue=8")
	w.recordFrom("192.0.2.7", zrelog.EventStats, 2, 0, "queue=6")
	if got := w.node(t, 2); got.Queue != 6 || got.Addr != "tcp://192.0.2.7:1000" || w.Counts.Forged != 4 {
		t.Error(got, w.Counts.Forged)
	}
	w.Moved(id(2), "tcp://named.example:1000") // which may be anywhere
	w.recordFrom("192.0.2.7", zrelog.EventStats, 2, 0, "queue=5")
	if got := w.node(t, 2); got.Queue != 6 {
		t.Error(got)
	}
}

// Whatever nodes say they count, what is made of it never falls.
func TestSumsNeverFall(t *testing.T) {
	w := newWorld()
	w.event(zyre.Enter, 1, "")
	before := uint64(0)
	for _, in := range []uint64{0, 1 << 63, 0, 1<<64 - 1, 0, 100, 1<<63 + 100} {
		w.now = w.now.Add(time.Second)
		w.record(3, zrelog.EventStats, 1, -1, fmt.Sprintf("in=%d", in))
		if got := w.node(t, 1); got.In > 100 {
			t.Errorf("%d: %v in a second", in, got.In)
		}
		sum := w.Sums()["in"]
		if sum < before {
			t.Errorf("%d came after %d", sum, before)
		}
		before = sum
	}
	if before != 100 {
		t.Error("no network moves that:", before)
	}
	w.sums["in"] = math.MaxUint64 - 3
	for in := range uint64(10) {
		w.now = w.now.Add(time.Second)
		w.record(3, zrelog.EventStats, 1, -1, fmt.Sprintf("in=%d", in))
	}
	if got := w.Sums()["in"]; got != math.MaxUint64 {
		t.Error(got)
	}
	for n := range 1100 {
		w.event(zyre.Enter, n+1, "")
		w.record(3, zrelog.EventStats, n+1, -1, fmt.Sprintf("queue=%d", uint64(1)<<53-1))
	}
	if got := w.Queued(); got != math.MaxInt64 {
		t.Error(got)
	}
}

// One node that says that all its links are broken leaves room for what others say.
func TestManyDown(t *testing.T) {
	w := newWorld()
	const nodes = 1000
	for n := 1; n <= nodes; n++ {
		w.event(zyre.Enter, n, "")
	}
	for from := 1; from <= 5; from++ {
		for about := 1; about <= nodes; about++ {
			w.record(2, zrelog.EventExit, from, about, "lost")
		}
	}
	if got := len(w.node(t, 5).Down); got != maxBroken || len(w.down) != 5*maxBroken {
		t.Error(got, len(w.down))
	}
	for about := 1; about <= nodes; about++ { // all is well again
		w.record(2, zrelog.EventEnter, 5, about, "")
	}
	w.record(2, zrelog.EventExit, 5, 900, "lost")
	if got := w.node(t, 5).Down; len(got) != 1 || got[0] != id(900).String() {
		t.Error(got)
	}
}

func TestHostileRecords(t *testing.T) {
	w := newWorld()
	w.event(zyre.Enter, 1, "")
	for level := range 256 {
		for _, event := range []uint8{0, 1, 4, 5, 7, 8, 255} {
			for _, about := range []int{-1, 0, 1, 99} {
				w.record(uint8(level), event, 1, about, "\x1b[2J\x00\n\xff"+strings.Repeat("x", 250))
			}
		}
	}
	for _, l := range w.Since(0).Lines {
		if strings.ContainsAny(l.Text+l.Who+l.What, "\x1b\x00\n\xff") {
			t.Fatalf("%+q", l.Text)
		}
	}
}
