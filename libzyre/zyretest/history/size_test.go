package history

import (
	"encoding/binary"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/zeromq/gozyre/libzyre"
)

// number is the i-th UUID.
func number(i int) (id zyre.UUID) {
	binary.BigEndian.PutUint32(id[:], uint32(i+1))
	return id
}

// full is a network of n nodes that all know each other and are in a group.
func full(n int) (*Checker, time.Time) {
	c := New(Config{})
	for i := range n {
		c.Start(epoch, number(i), "node")
		c.Join(epoch, number(i), "G")
	}
	at := epoch.Add(time.Second)
	for i := range n {
		for j := range n {
			if i != j {
				c.Event(at, number(i), &zyre.Event{Type: zyre.Enter, Peer: number(j)})
				c.Event(at, number(i), &zyre.Event{Type: zyre.Join, Peer: number(j), Group: "G"})
			}
		}
	}
	return c, at
}

// A thousand nodes are a million pairs.
func TestMemoryOfAPair(t *testing.T) {
	if size := unsafe.Sizeof(pair{}); size > 120 {
		t.Errorf("a pair takes %d octets", size)
	}
	const n, most = 300, 200
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	c, at := full(n)
	for i := range n { // and each has shouted to all
		payload := c.Shout(at, number(i), "G")
		for j := range n {
			if i != j {
				c.Event(at, number(j), &zyre.Event{Type: zyre.Shout, Peer: number(i), Group: "G", Msg: [][]byte{payload}})
			}
		}
	}
	octets := (heap() - before) / (n * n)
	if octets > most {
		t.Errorf("%d octets for each pair, at most %d", octets, most)
	}
	t.Logf("%d octets for each pair", octets)
	if findings := c.Finish(at.Add(time.Minute)); len(findings) > 0 {
		t.Error(findings[0])
	}
	runtime.KeepAlive(c)
}

// What is over and done with is forgotten.
func TestNothingPilesUp(t *testing.T) {
	c, at := full(3)
	c.Start(at, number(3), "dead")
	c.Stop(at, number(3), Killed)
	for i := range 20000 {
		at = at.Add(50 * time.Millisecond)
		c.Join(at, number(i%3), "H")
		c.Leave(at, number(i%3), "H")
		c.Failed(at, c.Whisper(at, number(0), number(1)), zyre.ErrUnknownPeer)
		c.Whisper(at, number(1), number(9))
		c.Whisper(at, number(1), number(3))
		c.Event(at, number(2), &zyre.Event{Type: zyre.Enter, Peer: number(100 + i)})
		c.Event(at, number(2), &zyre.Event{Type: zyre.Exit, Peer: number(100 + i), Cause: zyre.ErrGoodbye})
	}
	if len(c.entries) > 10 || len(c.sweeps.items) > 3000 || len(c.nodes) > 5 || len(c.nodes[2].strangers) > 0 || len(c.suspects) > 0 || len(c.nodes[3].row) > 0 {
		t.Errorf("%d messages, %d sweeps, %d nodes, %d strangers, %d suspects",
			len(c.entries), len(c.sweeps.items), len(c.nodes), len(c.nodes[2].strangers), len(c.suspects))
	}
	if len(c.Findings()) > 0 {
		t.Error(c.Findings()[0])
	}
}

// Nothing but the first 1,000 findings is kept, however much is wrong.
func TestFindingsAreBounded(t *testing.T) {
	c, at := full(2)
	for range 5000 {
		c.Event(at, number(0), &zyre.Event{Type: zyre.Enter, Peer: number(1)})
	}
	c.Finish(at)
	if len(c.Findings()) != maxFindings || c.Figures().Findings < 5000 || c.Figures().Rules[RuleOrder] != 5000 {
		t.Errorf("%d findings are kept of %d", len(c.Findings()), c.Figures().Findings)
	}
}

// Whatever peers send and callers mix up, nothing panics.
func FuzzPayload(f *testing.F) {
	w := payload{kind: isWhisper, from: number(0), number: 5, to: number(1)}
	s := payload{kind: isShout, from: number(0), number: 6, group: "G"}
	f.Add(w.append(nil))
	f.Add(s.append(nil))
	f.Add([]byte(mark))
	f.Add(append(w.append(nil), 0))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, ok := parsePayload(data)
		if ok && string(p.append(nil)) != string(data) {
			t.Errorf("%q reads as %+v", data, p)
		}
		c, at := full(2)
		c.Event(at, number(1), &zyre.Event{Type: zyre.Whisper, Peer: number(0), Msg: [][]byte{data}})
		c.Event(at, number(1), &zyre.Event{Type: zyre.Shout, Peer: number(0), Group: "G", Msg: [][]byte{data}})
		c.Failed(at, data, nil)
		c.Observe(&Observation{At: at, Kind: ObservedShout, Payload: data})
		c.Finish(at)
	})
}

func BenchmarkWhisper(b *testing.B) {
	c, at := full(100)
	e := &zyre.Event{Type: zyre.Whisper, Msg: [][]byte{nil}}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		from, to := number(i%100), number((i+1)%100)
		e.Peer, e.Msg[0] = from, c.Whisper(at, from, to)
		c.Event(at, to, e)
	}
}

func BenchmarkEnterExit(b *testing.B) {
	c, at := full(1000)
	c.Disturb(at, zyre.UUID{}, zyre.UUID{}, "bench")
	enter, exit := &zyre.Event{Type: zyre.Enter}, &zyre.Event{Type: zyre.Exit, Cause: zyre.ErrExpired}
	for i := 0; b.Loop(); i++ {
		at = at.Add(time.Millisecond)
		from, to := number(i%1000), number((i*7+1)%1000)
		enter.Peer, exit.Peer = from, from
		if from != to {
			c.Event(at, to, exit)
			c.Event(at, to, enter)
		}
	}
}
