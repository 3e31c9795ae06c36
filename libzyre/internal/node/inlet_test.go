package node

import (
	"strconv"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// A reader that does not read stops the inlet after Queue events; when half of them are read it goes on, and nothing is missing.
func TestSuspension(t *testing.T) {
	b := newBeing(t, Config{Queue: 4})
	b.hello('a')
	for i := range 9 {
		b.whisper('a', strconv.Itoa(i))
	}
	b.work()
	b.wants("ENTER a; WHISPER a 0; WHISPER a 1; WHISPER a 2")
	if b.Untaken() != 6 {
		t.Errorf("%d are untaken", b.Untaken())
	}
	b.whisper('a', "9")
	b.work()
	b.Pop(1)
	b.work()
	b.wants("WHISPER a 0; WHISPER a 1; WHISPER a 2") // more than half
	if len(b.net.in) != 1 {
		t.Error("a message was taken while the reader is slow")
	}
	b.Pop(1)
	b.Work(b.at)
	b.wants("WHISPER a 1; WHISPER a 2; WHISPER a 3; WHISPER a 4")
	b.Pop(4)
	b.Work(b.at)
	b.wants("WHISPER a 5; WHISPER a 6; WHISPER a 7; WHISPER a 8")
	b.Pop(4)
	b.work()
	b.wants("WHISPER a 9")
}

// What the network has when the inlet is open again is taken without being told of: it does not say so twice.
func TestResumptionLooksForMore(t *testing.T) {
	b := newBeing(t, Config{Queue: 2})
	b.hello('a')
	for i := range 3 {
		b.whisper('a', strconv.Itoa(i))
	}
	b.work()
	b.whisper('a', "3")
	b.work() // it said that there is more, and nothing was taken
	b.Pop(2)
	b.Work(b.at)
	b.wants("WHISPER a 1; WHISPER a 2")
	b.Pop(2)
	b.Work(b.at)
	b.wants("WHISPER a 3")
}

// Few messages may be many octets.
func TestSuspensionByOctets(t *testing.T) {
	b := newBeing(t, Config{})
	b.hello('a')
	const size = maxHeld / 4
	for range 6 {
		b.whisper('a', string(make([]byte, size)))
	}
	b.work()
	if len(b.Events()) != 5 || b.Untaken() != 2 {
		t.Fatalf("%d events wait, %d messages are untaken", len(b.Events()), b.Untaken())
	}
	b.Pop(2)
	b.Work(b.at)
	if len(b.Events()) != 3 {
		t.Fatalf("more than half of the octets wait still, and %d events do", len(b.Events()))
	}
	b.Pop(1)
	b.Work(b.at)
	if len(b.Events()) != 4 || b.Untaken() != 0 {
		t.Fatalf("%d events wait, %d messages are untaken", len(b.Events()), b.Untaken())
	}
	b.Pop(4)
	if b.octets != 0 {
		t.Errorf("%d octets wait, of no message", b.octets)
	}
}

// Who does not read holds no silence against others: all that time they are not heard.
func TestSuspensionStopsTheClock(t *testing.T) {
	b := newBeing(t, Config{Queue: 2})
	b.meet('a')
	for range 3 {
		b.whisper('a', "x")
	}
	b.work()
	for range 60 {
		b.later(time.Second)
		b.Tick(b.at)
		b.work()
	}
	b.wants("WHISPER a x; WHISPER a x")
	b.Pop(2)
	b.Work(b.at)
	b.wants("WHISPER a x")
	b.Pop(1)
	for range 6 {
		b.later(time.Second)
		b.Tick(b.at)
		b.work()
	}
	b.wants("EVASIVE a; SILENT a")
}

// That a queue has room again is taken while messages have to wait, be it behind them in what was taken already, or in the network.
func TestNewsWhileSuspended(t *testing.T) {
	for name, early := range map[string]bool{"in the batch": true, "in the network": false} {
		t.Run(name, func(t *testing.T) {
			b := newBeing(t, Config{Queue: 2})
			b.meet('a')
			b.net.full = true
			var failed error
			done := 0
			b.Whisper(b.at, core.ID{'a'}, [][]byte{[]byte("waits")}, &core.Call{Done: func(err error) { done, failed = done+1, err }})
			b.net.full = false
			for i := range 4 {
				b.whisper('a', strconv.Itoa(i))
			}
			if !early {
				b.work()
			}
			if done != 0 {
				t.Fatal("done without room")
			}
			b.happens(harmony.Event{Type: harmony.Writable, Peer: core.ID{'a'}})
			b.whisper('a', "4")
			b.work()
			if got := b.net.did(); done != 1 || failed != nil || got != "send a WHISPER" {
				t.Errorf("done %d times (%v), did %q", done, failed, got)
			}
			b.wants("WHISPER a 0; WHISPER a 1")
			b.Pop(2)
			b.Work(b.at)
			b.wants("WHISPER a 2; WHISPER a 3")
			b.Pop(2)
			b.Work(b.at)
			b.wants("WHISPER a 4")
		})
	}
}

// Ready may come twice before Work: nothing that was taken is thrown away.
func TestReadyTwice(t *testing.T) {
	b := newBeing(t, Config{})
	b.hello('a')
	b.Ready(b.at)
	b.whisper('a', "1")
	b.Ready(b.at)
	b.Work(b.at)
	b.wants("ENTER a")
	b.work()
	b.wants("ENTER a; WHISPER a 1")
}

// What was read is kept alive by nobody, and neither is the memory of a crowd.
func TestNothingReadIsKept(t *testing.T) {
	b := newBeing(t, Config{})
	b.hello('a')
	for i := range 300 {
		b.comes('a', zre.Message{ID: zre.IDWhisper, Content: [][]byte{[]byte("x")}})
		if i%100 != 99 {
			continue
		}
		b.work()
		b.Pop(len(b.Events()) / 2)
	}
	kept := func() (n int) {
		for _, e := range b.whole[:cap(b.whole)] {
			if e.Type != 0 {
				n++
			}
		}
		return n
	}
	if n := kept(); n != len(b.Events()) {
		t.Errorf("%d events are kept, and %d wait", n, len(b.Events()))
	}
	b.Pop(len(b.Events()))
	if n := kept(); n != 0 || b.octets != 0 {
		t.Errorf("%d events are kept, %d octets", n, b.octets)
	}
	for _, e := range b.batch[:cap(b.batch)] {
		if e.Frames != nil {
			t.Fatal("a message that was taken is kept")
		}
	}
	if cap(b.events) > maxSpare {
		t.Errorf("memory of %d events is kept", cap(b.events))
	}
}
