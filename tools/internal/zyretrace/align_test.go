package zyretrace

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

var noon = time.Date(2001, 2, 3, 12, 0, 0, 0, time.UTC)

func id(n byte) trace.ID { return trace.ID{0: n, 15: 1} }

// writer makes traces by hand.
type writer struct {
	t *testing.T
	b bytes.Buffer
}

func (w *writer) line(after time.Duration, node byte, l trace.Line) {
	w.t.Helper()
	l.Time, l.Node = noon.Add(after), id(node)
	if err := json.NewEncoder(&w.b).Encode(l); err != nil {
		w.t.Fatal(err)
	}
}

func (w *writer) begin(after time.Duration, node byte, name string) {
	w.line(after, node, trace.Line{In: trace.Begin, Version: trace.Version, Config: &trace.Config{Name: trace.Text(name), Port: 50000}})
}

func (w *writer) command(after time.Duration, node byte, in bool, peer byte, m zre.Message) {
	head, err := m.Append(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	l := trace.Line{Out: trace.Send, Peer: id(peer)}
	if in {
		l.In, l.Out = trace.Recv, ""
	}
	l.SetFrames(append([][]byte{head}, m.Content...))
	w.line(after, node, l)
}

func (w *writer) file(name string) string {
	path := filepath.Join(w.t.TempDir(), name)
	if err := os.WriteFile(path, w.b.Bytes(), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

const ms = time.Millisecond

// Clocks are compared by messages in both directions, through others, and however far they are apart. What went in one direction only says little.
func TestClocks(t *testing.T) {
	w := &writer{t: t}
	w.begin(0, 1, "alice")
	w.begin(5*time.Hour, 2, "bob") // ahead by five hours
	w.begin(-3*time.Minute, 3, "carol")
	w.begin(time.Hour, 4, "dave")
	w.begin(0, 5, "eve")
	pings := func(a, b byte, skewA, skewB time.Duration, at time.Duration, took, back time.Duration, sequence uint16) {
		w.command(at+skewA, a, false, b, zre.Message{ID: zre.IDPing, Sequence: sequence})
		w.command(at+took+skewB, b, true, a, zre.Message{ID: zre.IDPing, Sequence: sequence})
		w.command(at+took+skewB, b, false, a, zre.Message{ID: zre.IDPingOK, Sequence: sequence})
		w.command(at+took+back+skewA, a, true, b, zre.Message{ID: zre.IDPingOK, Sequence: sequence})
	}
	pings(1, 2, 0, 5*time.Hour, 10*ms, 2*ms, 40*ms, 1)
	pings(1, 2, 0, 5*time.Hour, 100*ms, 30*ms, 2*ms, 2)
	pings(2, 3, 5*time.Hour, -3*time.Minute, 200*ms, 1*ms, 1*ms, 7)
	w.command(300*ms, 1, false, 4, zre.Message{ID: zre.IDPing, Sequence: 9})
	w.command(time.Hour+350*ms, 4, true, 1, zre.Message{ID: zre.IDPing, Sequence: 9})

	s, err := load(t.Context(), []string{w.file("all")}, false, cli.Streams{})
	if err != nil {
		t.Fatal(err)
	}
	s.align()
	s.order()
	for i, want := range []struct{ offset, error time.Duration }{
		{0, 0}, {-5 * time.Hour, 2 * ms}, {3 * time.Minute, 3 * ms}, {-time.Hour - 50*ms, unsure}, {0, -1},
	} {
		if n := s.nodes[i]; n.offset != want.offset || n.error != want.error {
			t.Errorf("%s: set by %v within %v, want %v within %v", n.name, n.offset, n.error, want.offset, want.error)
		}
	}
	text := strings.Join(s.clocks(), "\n")
	for _, want := range []string{"by the clock of alice", "of bob is set by -5h0m0s, within 2ms", "dave is set by -1h0m0.05s, from messages in one direction", "of eve could not be compared"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in %s", want, text)
		}
	}
	causal(t, s)
}

// causal fails if a command comes before it leaves, or a node's steps are not in their order.
func causal(t *testing.T, s *story) {
	t.Helper()
	place, last := map[*step]int{}, map[int]int{}
	for i, st := range s.steps {
		place[st] = i
		if number, some := last[st.node]; some && st.number != number+1 {
			t.Errorf("step %d of %s follows %d", st.number, s.label(st.node), number)
		}
		last[st.node] = st.number
		if st.kind == came && st.other != nil {
			if _, left := place[st.other]; !left {
				t.Errorf("%s came to %s before it left", st.text, s.label(st.node))
			}
		}
	}
}

// In simulations where everything goes wrong, with clocks that jump, all traces merge, and nearly all commands that came are found where they left.
func TestSimulated(t *testing.T) {
	for seed := range uint64(3) {
		var all bytes.Buffer
		if _, err := zyretest.Simulate(t.Context(), zyretest.Simulation{Nodes: 8, Seed: seed, For: time.Minute, Faults: true, Shrink: -1, Trace: &all}); err != nil {
			t.Fatal(err)
		}
		l := newLoader(true)
		if err := l.read(t.Context(), &all); err != nil {
			t.Fatal(err)
		}
		s := l.story
		s.align()
		s.order()
		causal(t, s)
		arrived, found := 0, 0
		for _, st := range s.steps {
			if st.kind == came {
				arrived++
				if st.other != nil {
					found++
				}
			}
		}
		if arrived < 100 || found != arrived {
			t.Errorf("seed %d: of %d commands that came %d have a beginning", seed, arrived, found)
		}
	}
}

// A clock that was set meanwhile fits nowhere: no command comes before it leaves all the same.
func TestClockThatJumps(t *testing.T) {
	w := &writer{t: t}
	w.begin(0, 1, "alice")
	w.begin(0, 2, "bob")
	w.command(10*ms, 2, false, 1, zre.Message{ID: zre.IDPing, Sequence: 1})
	w.command(11*ms, 1, true, 2, zre.Message{ID: zre.IDPing, Sequence: 1})
	w.command(10000*ms, 1, false, 2, zre.Message{ID: zre.IDPing, Sequence: 2})
	w.command(9500*ms, 2, true, 1, zre.Message{ID: zre.IDPing, Sequence: 2})
	s, err := load(t.Context(), []string{w.file("all")}, false, cli.Streams{})
	if err != nil {
		t.Fatal(err)
	}
	s.align()
	s.order()
	causal(t, s)
	if len(s.steps) != 8 || s.nodes[1].steps[2].other == nil {
		t.Errorf("%d steps", len(s.steps))
	}
}

// A HELLO that was said twice, and came once, is the second one.
func TestSaidTwice(t *testing.T) {
	for answered, took := range map[bool]string{true: "2ms", false: "4ms"} { // without it the way back counts as no time at all
		testSaidTwice(t, answered, took)
	}
}

func testSaidTwice(t *testing.T, answered bool, took string) {
	w := &writer{t: t}
	w.begin(0, 1, "alice")
	w.begin(0, 2, "bob")
	hello := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.0.0.1:50000"), Name: []byte("alice")}
	w.command(10*ms, 1, false, 2, hello)
	w.command(5000*ms, 1, false, 2, hello)
	w.command(5002*ms, 2, true, 1, hello)
	w.command(5003*ms, 2, false, 1, zre.Message{ID: zre.IDPing, Sequence: 2})
	w.command(5005*ms, 1, true, 2, zre.Message{ID: zre.IDPing, Sequence: 2})
	if answered {
		w.command(5005*ms, 1, false, 2, zre.Message{ID: zre.IDPingOK, Sequence: 2})
		w.command(5007*ms, 2, true, 1, zre.Message{ID: zre.IDPingOK, Sequence: 2})
	}
	text := run(t, Options{Files: []string{w.file("all")}})
	for _, want := range []string{"HELLO #1 (never arrived)\n", "bob ◄─ alice  HELLO #1 (" + took + " later)\n"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, text)
		}
	}
}
