package sim

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// told gathers what applications are told, by the node's name.
type told map[string][]zyre.Event

func (t told) watch(w *World, p *process, e *zyre.Event) {
	name, copied := w.nameOf(p.id), *e
	copied.Time = w.time() // when it was read
	t[name] = append(t[name], copied)
}

func simulate(t *testing.T, cfg Config) (*Result, *World, told) {
	t.Helper()
	seen := told{}
	cfg.watch = seen.watch
	w := newWorld(cfg.WithFaults())
	if err := w.run(context.Background(), int64(w.cfg.For)); err != nil {
		t.Fatal(err)
	}
	r := w.result()
	for _, f := range r.Findings {
		t.Errorf("finding: %+v", f)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log("\n" + strings.Join(w.tracer.lines, "\n"))
		}
	})
	return r, w, seen
}

func (t told) count(name string, what zyre.EventType) (n int) {
	for _, e := range t[name] {
		if e.Type == what {
			n++
		}
	}
	return n
}

// Two nodes meet, whisper, and go on without another word of the protocol.
func TestTwoNodesMeet(t *testing.T) {
	r, _, seen := simulate(t, Config{Nodes: 2, For: 20 * time.Second, Quiet: true, trace: true})
	for _, name := range []string{"n0", "n1"} {
		if seen.count(name, zyre.Enter) != 1 || seen.count(name, zyre.Whisper) == 0 || seen.count(name, zyre.Exit) != 0 {
			t.Errorf("%s was told %v", name, seen[name])
		}
	}
	t.Log(r)
}
