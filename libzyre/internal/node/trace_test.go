package node

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/trace"
)

// kinds are what is in a trace, in order, from a line on.
func kinds(t *testing.T, text []byte) (all []string) {
	t.Helper()
	r := trace.NewReader(bytes.NewReader(text))
	for {
		l, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, l.In+l.Out+l.Event)
	}
}

// All that can come to a node is in its trace, and can be replayed: what the simulation of package trace has none of, too.
func TestTrace(t *testing.T) {
	var out bytes.Buffer
	b := newBeing(t, Config{Trace: &out, Queue: 4, Config: core.Config{Peers: []string{"tcp://10.0.0.9:50000"}}})
	call := func() *core.Call { return &core.Call{Done: func(error) {}} }
	b.Start(b.at)
	b.happens(harmony.Event{Type: harmony.Up, Peer: b.net.any, Identity: core.ID{'z'}, Addr: addr})
	b.Beacon(b.at, addr, core.AppendBeacon(nil, core.ID{'b'}, 50001))
	b.Beacon(b.at, addr, bytes.Repeat([]byte("no beacon "), 20))
	b.work()
	b.comes('a', zre.Message{ID: zre.IDHello, Groups: [][]byte{[]byte("CHAT\xff")}, Name: []byte("a\xff\x1b")})
	b.comes('b', zre.Message{ID: zre.IDHello, Groups: [][]byte{[]byte("CHAT\xff")}, Name: []byte("b")})
	b.happens(harmony.Event{Type: harmony.Message, Peer: core.ID{'x'}, Frames: [][]byte{bytes.Repeat([]byte("stranger"), 500), {}}})
	b.happens(harmony.Event{Type: harmony.Message, Peer: core.ID{'x'}})
	b.work()
	for _, text := range []string{"one", "two", "three", strings.Repeat("four ", 100)} { // the queue is full, and what comes waits
		b.whisper('a', text)
	}
	b.work()
	b.later(time.Second)
	b.happens(harmony.Event{Type: harmony.Writable, Peer: core.ID{'a'}})
	b.work()
	b.Pop(len(b.Events()))
	b.work()
	b.Pop(len(b.Events()))
	b.Join(b.at, "CHAT\xff", call())
	b.Whisper(b.at, core.ID{'a'}, [][]byte{make([]byte, 1000), {}}, call())
	b.Whisper(b.at, core.ID{'n'}, nil, call())
	b.Ping(b.at, core.ID{'a'}, func(time.Duration, error) {})
	b.net.full = true
	b.Shout(b.at, "CHAT\xff", [][]byte{[]byte("all")}, call())
	b.Leave(b.at, "CHAT\xff", call())
	b.work()
	b.net.full = false
	for _, e := range []harmony.Event{
		{Type: harmony.Arrived, Peer: core.ID{'a'}, Addr: addr},
		{Type: harmony.Writable, Peer: core.ID{'a'}},
		{Type: harmony.Down, Peer: core.ID{'a'}, Err: io.EOF},
		{Type: harmony.Departed, Peer: core.ID{'a'}, Err: io.EOF},
		{Type: harmony.Failed, Peer: core.ID{'a'}, Err: syscall.ECONNREFUSED},
		{Type: harmony.Failed, Peer: core.ID{'b'}, Err: zsock.ErrStranger},
		{Type: harmony.Failed, Peer: core.ID{'z'}, Err: syscall.EHOSTUNREACH},
	} {
		b.happens(e)
		b.work()
		b.Pop(len(b.Events()))
	}
	b.local = netip.MustParseAddr("10.0.0.7")
	b.Moved(b.at)
	b.Work(b.at)
	for range 9 {
		b.later(b.Next().Sub(b.at))
		b.Tick(b.at)
		b.Work(b.at)
		b.Pop(len(b.Events()))
	}
	b.Stop(b.at, errors.New("over"))

	has := kinds(t, out.Bytes())
	for _, kind := range []string{
		trace.Begin, trace.Beacon, trace.Recv, trace.Writable, trace.Up, trace.Down, trace.Failed, trace.Refused, trace.Stranger, trace.Arrived,
		trace.Departed, trace.Moved, trace.Tick, trace.Suspend, trace.Resume, trace.Stop, trace.Join, trace.Leave, trace.Whisper, trace.Shout, trace.Ping,
		trace.Connect, trace.ConnectAny, trace.Send, trace.Disconnect, trace.Rename, trace.Unacknowledged, trace.Local, trace.Done,
		"ENTER", "JOIN", "WHISPER", "EXIT", "STOP",
	} {
		if !slices.Contains(has, kind) {
			t.Errorf("there is no %s in %v", kind, has)
		}
	}
	sum, err := trace.Replay(&out)
	if err != nil || sum.Ended != 1 || sum.Lines != len(has) {
		t.Errorf("%+v of %d lines: %v", sum, len(has), err)
	}
}

// broken takes some octets and then no more.
type broken struct {
	bytes.Buffer
	room, calls int
}

func (w *broken) Write(b []byte) (int, error) {
	if w.calls++; w.Len()+len(b) > w.room {
		w.Buffer.Write(b[:w.room-w.Len()])
		return 0, syscall.ENOSPC
	}
	return w.Buffer.Write(b)
}

// A disk that is full ends the trace, is told once, and the node lives on.
func TestTraceFails(t *testing.T) {
	w := &broken{room: 1000}
	var told []error
	b := newBeing(t, Config{Trace: w, TraceFailed: func(err error) { told = append(told, err) }})
	b.Start(b.at)
	b.meet('a')
	for range 20 {
		b.whisper('a', "x")
		b.work()
	}
	if got := len(b.Events()); got != 20 {
		t.Errorf("%d of 20 whispers came", got)
	}
	if len(told) != 1 || !errors.Is(told[0], syscall.ENOSPC) || w.calls > 10 {
		t.Errorf("%d writes, told %v", w.calls, told)
	}
	if sum, err := trace.Replay(&w.Buffer); err != nil || !sum.Cut {
		t.Errorf("%+v %v", sum, err)
	}
}

// Each input is in the trace before the core has seen it: who breaks down leaves the reason.
func TestTraceIsAhead(t *testing.T) {
	var out bytes.Buffer
	seen := ""
	b := newBeing(t, Config{Trace: &out, Reader: func(*core.Event) bool { return true }})
	b.Start(b.at)
	b.net.connects = func() { seen = out.String() }
	b.Beacon(b.at, addr, core.AppendBeacon(nil, core.ID{'b'}, 50001))
	if !strings.HasSuffix(seen, "\n") || !strings.Contains(seen, `"in":"beacon"`) {
		t.Errorf("when the node connected there was only %q", seen)
	}
}

// null is a network that takes everything.
type null struct{ in []harmony.Event }

func (*null) Connect(core.ID, string) error        { return nil }
func (*null) ConnectAny(core.ID, string) error     { return nil }
func (*null) Redial(core.ID, string) error         { return nil }
func (*null) Send(core.ID, [][]byte) error         { return nil }
func (*null) Disconnect(core.ID)                   {}
func (*null) Rename(core.ID, core.ID) error        { return nil }
func (*null) Unacknowledged(core.ID) time.Duration { return 0 }
func (n *null) Take(i []harmony.Event) []harmony.Event {
	i = append(i[:0], n.in...)
	n.in = n.in[:0]
	return i
}
func (n *null) TakeNews(into []harmony.Event) []harmony.Event { return into[:0] }

// running is a node with a peer, for measuring.
func running(tb testing.TB, w io.Writer) (n *Node, net *null, call *core.Call) {
	net = &null{}
	n = New(Config{Queue: 1000, Reader: func(*core.Event) bool { return true }, Trace: w, Config: core.Config{
		ID: core.ID{'m'}, Name: "me", Port: 50000, Interval: time.Second, Evasive: 5 * time.Second, Expired: 30 * time.Second,
		SendTimeout: 5 * time.Second, LocalAddr: func(netip.Addr) netip.Addr { return addr },
	}}, net)
	n.Start(birth)
	hello := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.0.0.1:50001"), Name: []byte("a")}
	head, err := hello.Append(nil)
	if err != nil {
		tb.Fatal(err)
	}
	net.in = append(net.in, harmony.Event{Type: harmony.Message, Peer: core.ID{'a'}, Addr: addr, Frames: [][]byte{head}})
	n.Ready(birth)
	n.Work(birth)
	if n.Core().Ready() != 1 {
		tb.Fatal("nobody is there")
	}
	return n, net, &core.Call{Done: func(error) {}}
}

// once is a beacon that is no news, a whisper that comes, and one that goes.
func once(n *Node, net *null, call *core.Call, beacon []byte, message, content [][]byte, sequence uint16) {
	n.Beacon(birth, addr, beacon)
	message[0][4], message[0][5] = byte(sequence>>8), byte(sequence)
	net.in = append(net.in, harmony.Event{Type: harmony.Message, Peer: core.ID{'a'}, Addr: addr, Frames: message})
	n.Ready(birth)
	n.Work(birth)
	n.Whisper(birth, core.ID{'a'}, content, call)
	n.Work(birth)
}

func loop(tb testing.TB, w io.Writer) func() {
	n, net, call := running(tb, w)
	beacon := core.AppendBeacon(nil, core.ID{'a'}, 50001)
	message, content := [][]byte{{0xAA, 0xA1, 2, 2, 0, 0}, make([]byte, 100)}, [][]byte{make([]byte, 100)}
	sequence := uint16(1)
	return func() {
		sequence++
		once(n, net, call, beacon, message, content, sequence)
	}
}

// Where there is no trace, nothing is allocated for one.
func TestNoTraceCostsNothing(t *testing.T) {
	if allocs := testing.AllocsPerRun(1000, loop(t, nil)); allocs != 0 {
		t.Errorf("%v allocations for a beacon, a whisper that comes and one that goes", allocs)
	}
}

// The cost of a beacon, a whisper that comes and one that goes.
func BenchmarkNode(b *testing.B) {
	for name, w := range map[string]io.Writer{"traced": io.Discard, "untraced": nil} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			step := loop(b, w)
			for b.Loop() {
				step()
			}
		})
	}
}
