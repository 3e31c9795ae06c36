package zretester

import (
	"errors"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

func TestGuests(t *testing.T) {
	var mu sync.Mutex
	var troubles []string
	told := make(chan struct{}, 10)
	g := &guests{trouble: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		troubles = append(troubles, err.Error())
		told <- struct{}{}
	}}
	g.commands = []*exec.Cmd{as("guest")(), as("coward")(), exec.Command("/nonexistent"), as("guest")()}
	g.start()
	<-told
	<-told
	g.close()
	mu.Lock()
	defer mu.Unlock()
	if len(troubles) != 2 {
		t.Fatalf("%q", troubles)
	}
	wantIn(t, strings.Join(troubles, "\n"), `zyrejs2 ended by itself (exit status 3): it says I am \x1b[31mafraid`, "zyrejs3 does not start: ")
	for _, i := range []int{0, 3} {
		if state := g.commands[i].ProcessState; state == nil || !state.Success() {
			t.Errorf("guest %d did not end in order: %v", i+1, state)
		}
	}
}

// What is missing is told before anything starts.
func TestGuestsThatCannotCome(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("NODE_PATH", t.TempDir())
	s := standard()
	if _, err := newGuests(1, 5670, "lo", &s, nil); !errors.Is(err, cli.ErrUsage) {
		t.Error(err)
	}
	t.Setenv("PATH", "")
	if _, err := newGuests(1, 5670, "lo", &s, nil); !errors.Is(err, cli.ErrUsage) || !strings.Contains(err.Error(), "install Node.js") {
		t.Error(err)
	}
}
