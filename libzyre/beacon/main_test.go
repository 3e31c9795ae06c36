package beacon

import (
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// deadline is how long a test waits for what should come at once.
const deadline = 20 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

// next waits for a signal.
func next(t *testing.T, b *Beacon) Signal {
	t.Helper()
	return nextWhere(t, b, func(Signal) bool { return true })
}

// nextWhere waits for a signal that the caller looks for.
func nextWhere(t *testing.T, b *Beacon, want func(Signal) bool) Signal {
	t.Helper()
	limit := time.NewTimer(deadline)
	defer limit.Stop()
	for {
		select {
		case s, ok := <-b.Signals():
			if !ok {
				t.Fatalf("signals ended: %v", b.Err())
			}
			if want(s) {
				return s
			}
		case <-limit.C:
			t.Fatalf("no such signal within %v; %+v", deadline, b.Stats())
		}
	}
}

func says(text string) func(Signal) bool {
	return func(s Signal) bool { return string(s.Data) == text }
}

func closed(t *testing.T, b *Beacon) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
