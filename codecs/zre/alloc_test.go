package zre_test

import (
	"runtime"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
)

func TestNoAllocations(t *testing.T) {
	for _, m := range hot() {
		buf := make([]byte, 0, 1024)
		frames := make([][]byte, 0, 8)
		if n := testing.AllocsPerRun(100, func() {
			first, err := m.Append(buf)
			if err != nil {
				t.Fatal(err)
			}
			frames = m.AppendRest(append(frames[:0], first))
		}); n != 0 {
			t.Errorf("%s: Append allocates %v times", m.ID, n)
		}
		var got zre.Message
		if n := testing.AllocsPerRun(100, func() {
			if err := got.Parse(frames); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: Parse allocates %v times", m.ID, n)
		}
		if !equal(&got, m) {
			t.Errorf("%s: got %+v", m.ID, got)
		}
	}
}

func TestHelloHas195Octets(t *testing.T) {
	if first, err := hello().Append(nil); err != nil || len(first) != 195 {
		t.Errorf("got %d octets, %v: the figures of others are for 195", len(first), err)
	}
}

// A frame that claims to hold very much costs an error value and no more.
func TestClaimsCostNothing(t *testing.T) {
	for name, frame := range map[string][]byte{
		"groups":  {0xAA, 0xA1, 1, 2, 0, 1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
		"headers": {0xAA, 0xA1, 1, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
	} {
		frames := [][]byte{frame}
		var m zre.Message
		var before, after runtime.MemStats
		const times = 1000
		runtime.ReadMemStats(&before)
		for range times {
			if m.Parse(frames) == nil {
				t.Fatalf("2^32-1 %s: no error", name)
			}
		}
		runtime.ReadMemStats(&after)
		if octets := (after.TotalAlloc - before.TotalAlloc) / times; octets > 256 {
			t.Errorf("2^32-1 %s: %d octets allocated", name, octets)
		}
	}
}

// A list that one message made very long does not stay, and entries behind a shorter list keep no frame alive.
func TestListsShrink(t *testing.T) {
	parse := func(m *zre.Message, groups int) {
		t.Helper()
		first, err := (&zre.Message{ID: zre.IDHello, Groups: make([][]byte, groups), Headers: make([]wire.Pair, groups)}).Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Parse([][]byte{first}); err != nil || len(m.Groups) != groups || len(m.Headers) != groups {
			t.Fatalf("got %d groups, %d headers, %v", len(m.Groups), len(m.Headers), err)
		}
	}
	var m zre.Message
	parse(&m, 100_000)
	parse(&m, 3)
	if cap(m.Groups) > 1024 || cap(m.Headers) > 1024 {
		t.Errorf("room for %d groups and %d headers is kept", cap(m.Groups), cap(m.Headers))
	}
	parse(&m, 1)
	if g, h := m.Groups[:2][1], m.Headers[:2][1]; g != nil || h.Key != nil || h.Value != nil {
		t.Errorf("an entry behind the list is still there: %v, %v", g, h)
	}
}
