package model

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func id(n int) (id zyre.UUID) {
	id[0], id[1], id[2], id[15] = byte(n), byte(n>>8), byte(n>>16), 1
	return id
}

// host is where a node is.
func host(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(n % 250)}) }

// world plays a network to a model.
type world struct {
	*Model
	now time.Time
}

func newWorld() *world { return &world{New(id(0), "watcher", "", begin), begin} }

func (w *world) event(t zyre.EventType, n int, group string) {
	w.Event(&zyre.Event{Type: t, Peer: id(n), Name: fmt.Sprintf("n%d", n), Addr: fmt.Sprintf("tcp://%v:1000", host(n)), Group: group, Cause: zyre.ErrGoodbye, Time: w.now})
}

func (w *world) record(level, event uint8, from, about int, text string) {
	r := collector.Record{Level: level, Event: event, Node: zrelog.HashUUID(id(from)), From: host(from), Received: w.now, Text: text}
	if about >= 0 {
		r.Peer = zrelog.HashUUID(id(about))
	}
	w.Record(&r)
}

func (w *world) node(t *testing.T, n int) Node {
	t.Helper()
	for _, one := range w.Since(0).Nodes {
		if one.ID == id(n).String() {
			return one
		}
	}
	t.Fatalf("there is no node %d", n)
	return Node{}
}

func TestComeAndGo(t *testing.T) {
	w := newWorld()
	w.event(zyre.Join, 1, "early") // of nobody
	w.event(zyre.Enter, 1, "")
	w.event(zyre.Join, 1, "b")
	w.event(zyre.Join, 1, "a")
	w.event(zyre.Join, 1, "a") // twice
	w.event(zyre.Enter, 2, "")
	w.event(zyre.Join, 2, "a")
	if got := w.node(t, 1); !slices.Equal(got.Groups, []string{"a", "b"}) || got.State != "here" || got.RTT != -1 || got.In != -1 || got.Queue != -1 {
		t.Error(got)
	}
	if got, _ := w.Groups(10); !slices.Equal(got, []Group{{"a", 2}, {"b", 1}}) {
		t.Error(got)
	}
	w.event(zyre.Leave, 1, "b")
	w.event(zyre.Evasive, 1, "")
	if got := w.Totals(); got.Nodes != 3 || got.Quiet != 1 || got.Enters != 2 || got.Joins != 5 || got.Leaves != 1 {
		t.Error(got)
	}
	w.Ping(id(1), 3*time.Millisecond, false) // it answers: it is there
	w.event(zyre.Silent, 2, "")
	w.event(zyre.Whisper, 2, "")
	if got := w.Totals(); got.Quiet != 0 {
		t.Error(got)
	}
	if got := w.node(t, 1); got.RTT != 3000 || got.Lost {
		t.Error(got)
	}
	w.Ping(id(1), 0, true)
	if got := w.node(t, 1); got.RTT != 3000 || !got.Lost {
		t.Error(got)
	}
	w.event(zyre.Exit, 1, "")
	if got := w.node(t, 1); got.State != "gone" || len(got.Groups) != 0 || got.Cause != zyre.ErrGoodbye.Error() {
		t.Error(got)
	}
	w.event(zyre.Enter, 1, "") // it is back, in no group
	if got := w.node(t, 1); got.State != "here" || len(w.Since(0).Nodes) != 3 {
		t.Error(got)
	}
	w.event(zyre.Join, 1, "a")
	w.event(zyre.Enter, 1, "") // without EXIT, which no node tells
	if got, _ := w.Groups(10); !slices.Equal(got, []Group{{"a", 1}}) || w.Totals().Nodes != 3 {
		t.Error(got, w.Totals())
	}
	w.event(zyre.Exit, 1, "")
	w.Tick(w.now.Add(keepGone - 1))
	before := w.Version()
	w.Tick(w.now.Add(keepGone + 1))
	if v := w.Since(before); len(v.Nodes) != 0 || !slices.Equal(v.Removed, []string{id(1).String()}) || v.Totals.Nodes != 2 {
		t.Error(v)
	}
}

// What changes says the same as everything does.
func TestSince(t *testing.T) {
	w := newWorld()
	have := map[string]Node{}
	version := uint64(0)
	for i := range 3000 {
		n := 1 + i*7919%40
		switch i % 7 {
		case 0, 1:
			w.event(zyre.Enter, n, "")
		case 2:
			w.event(zyre.Join, n, fmt.Sprint("g", i%5))
		case 3:
			w.event(zyre.Leave, n, fmt.Sprint("g", i%5))
		case 4:
			w.event(zyre.Exit, n, "")
		case 5:
			w.Ping(id(n), time.Duration(i), i%2 == 0)
		case 6:
			w.record(3, zrelog.EventExit, n, 1+i%40, "why")
		}
		w.now = w.now.Add(time.Second / 4)
		w.Tick(w.now)
		if i%5 > 0 {
			continue
		}
		v := w.Since(version)
		version = v.Version
		for _, one := range v.Nodes {
			have[one.ID] = one
		}
		for _, gone := range v.Removed {
			delete(have, gone)
		}
		whole := w.Since(0)
		if len(whole.Nodes) != len(have) {
			t.Fatalf("after %d there are %d nodes, and who follows has %d", i, len(whole.Nodes), len(have))
		}
		for _, one := range whole.Nodes {
			if fmt.Sprint(have[one.ID]) != fmt.Sprint(one) {
				t.Fatalf("after %d %v, and who follows has %v", i, one, have[one.ID])
			}
		}
	}
	if v := w.Since(w.Version() + 1); !v.Whole {
		t.Error("a version that there is not")
	}
}

// What many tell of the same is one line.
func TestTogether(t *testing.T) {
	w := newWorld()
	for i := range 5 {
		w.event(zyre.Enter, i+1, "")
	}
	before := w.Version()
	w.record(3, zrelog.EventExit, 2, 1, "goodbye") // before we know
	for i := 2; i < 5; i++ {
		w.event(zyre.Leave, 1, "x")
		if i == 3 {
			w.event(zyre.Exit, 1, "")
		}
		w.record(2, zrelog.EventExit, i+1, 1, "lost")
	}
	v := w.Since(before)
	var exits []Line
	for _, l := range v.Lines {
		if l.What == "EXIT" {
			exits = append(exits, l)
		}
	}
	if len(exits) != 1 || exits[0].Told != 5 || exits[0].Level != 2 || exits[0].Who != "n1" {
		t.Error(exits)
	}
	w.now = w.now.Add(together)
	w.event(zyre.Enter, 1, "")
	w.event(zyre.Exit, 1, "")
	if got := w.Since(v.Version).Lines; len(got) != 2 || got[0].Told != 1 || got[1].Told != 1 {
		t.Error("long ago is another time:", got)
	}
}

// TestDay: a day of a busy network, in which names, groups and texts are ever new,
// takes no more memory than its first hour.
func TestDay(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays a whole day")
	}
	w := newWorld()
	hour := func(of int) uint64 {
		for i := range 3600 {
			n := of*3600 + i + 1
			w.now = w.now.Add(time.Second)
			w.event(zyre.Enter, n, "")
			w.event(zyre.Join, n, fmt.Sprint("group", n))
			w.record(2, zrelog.EventExit, n, n-1, "why")
			w.record(3, 0, n, -1, fmt.Sprint("text", n))
			w.record(3, zrelog.EventStats, n, -1, fmt.Sprintf("in=%d", n))
			if n > 100 {
				w.event(zyre.Exit, n-100, "")
			}
			w.Tick(w.now)
			if i%10 == 0 {
				w.Since(w.Version() - 10)
			}
		}
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	first := hour(0)
	var last uint64
	for of := 1; of < 24; of++ {
		last = hour(of)
	}
	t.Logf("%d nodes were there; %d KB after an hour, %d KB after a day", w.Counts.Events[zyre.Enter], first>>10, last>>10)
	if last > first+256<<10 {
		t.Errorf("%d octets after an hour, %d after a day", first, last)
	}
	if len(w.nodes) > 101+maxGone || len(w.down) > maxDown || len(w.groups) > 100 || len(w.history.recent) > maxHappenings || len(w.removed) > 2*maxGone {
		t.Error(len(w.nodes), len(w.down), len(w.groups), len(w.history.recent), len(w.removed))
	}
}
