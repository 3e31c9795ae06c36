package demo

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// run plays the demo without a terminal and returns what it printed.
func run(t *testing.T, c *Command) (string, error) {
	t.Helper()
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	var out output
	err = c.Run(&repo.Env{Context: t.Context(), Root: root, Stdout: &out, Stderr: &out})
	return out.String(), err
}

func TestTranscript(t *testing.T) {
	out, err := run(t, &Command{})
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, text := range []string{
		"alice │ * bob joined CHAT",
		"bob   │ alice: Hello! Is anybody there?",
		"carol │ bob: Yes.",
		"alice │ carol (whisper): Psst, alice",
		"alice │ * bob left",
	} {
		if !strings.Contains(out, text) {
			t.Errorf("the transcript lacks %q:\n%s", text, out)
		}
	}
}

// A demo in which a process dies is none, whoever dies, however late.
func TestKilled(t *testing.T) {
	for _, c := range []struct{ victim, after string }{
		{"bob", "you are bob"},
		{"carol", "alice: Hello!"},
		{"alice", "carol (whisper): Psst"},
	} {
		t.Run(c.victim, func(t *testing.T) {
			killed := false
			out, err := run(t, &Command{acted: func(s *stage, l line) {
				if !killed && l.who == c.victim && strings.Contains(l.text, c.after) {
					killed = true
					s.actors[c.victim].kill()
				}
			}})
			if !killed {
				t.Fatalf("%s never said %q:\n%s", c.victim, c.after, out)
			}
			if err == nil || !strings.Contains(err.Error(), c.victim+" ended with signal: killed") {
				t.Errorf("the demo ended with %v", err)
			}
		})
	}
}

// A play that waits for what nobody says ends at its deadline and names it.
func TestDeadline(t *testing.T) {
	s := newStage(&repo.Env{Stdout: &output{}}, "", nil)
	ctx, cancel := context.WithTimeout(t.Context(), 1)
	defer cancel()
	err := s.await(ctx, want{"alice", "bob joined"})
	if err == nil || !strings.Contains(err.Error(), `alice still has not said "bob joined"`) {
		t.Errorf("the error is %v", err)
	}
}

// output is a buffer that the demo's programs share.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
