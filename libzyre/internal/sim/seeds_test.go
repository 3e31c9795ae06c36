package sim

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// number reads a number from the environment.
func number(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

func init() { maxLines = number("SIM_LINES", maxLines) }

// TestSeeds runs worlds of 20 nodes in which everything goes wrong, others each time. SIM_SEEDS says how
// many, SIM_FIRST the first seed, SIM_FOR how many seconds, SIM_NODES of how many nodes; SIM_SHRINK how many
// seconds to look for a shorter history of a finding, SIM_RULE of which rule, SIM_LINES how many lines of it to
// print. SIM_ALL goes on after a finding.
func TestSeeds(t *testing.T) {
	began := time.Now()
	otherwise := seeds
	if testing.Short() {
		otherwise = 20
	}
	first, count := number("SIM_FIRST", int(began.Unix())), number("SIM_SEEDS", otherwise)
	var next, events atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for !t.Failed() || os.Getenv("SIM_ALL") != "" {
				i := next.Add(1) - 1
				if i >= int64(count) {
					return
				}
				cfg := Config{Nodes: number("SIM_NODES", 20), Seed: uint64(first) + uint64(i), For: time.Duration(number("SIM_FOR", 360)) * time.Second, Faults: true}
				cfg.rule = os.Getenv("SIM_RULE")
				cfg.Shrink = time.Duration(number("SIM_SHRINK", 5)) * time.Second
				r, err := Run(context.Background(), cfg)
				if err != nil {
					t.Error(err)
					return
				}
				events.Add(int64(r.Events))
				for _, f := range r.Findings[:min(len(r.Findings), 3)] {
					t.Errorf("seed %d: %v %s %s %s: %s", cfg.Seed, f.At.Sub(epoch), f.Rule, short(f.Node), short(f.Peer), f.Text)
				}
				if len(r.History) > 0 {
					t.Logf("seed %d:\n%s", cfg.Seed, strings.Join(r.History, "\n"))
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d of %d seeds from %d on, %d events in %v", min(next.Load(), int64(count)), count, first, events.Load(), time.Since(began))
}

func short(id [16]byte) string { return strconv.FormatUint(keyOf(id), 16)[:6] }

// The same seed gives the same history, another seed another.
func TestSameSeed(t *testing.T) {
	run := func(seed uint64) *Result {
		r, err := Run(context.Background(), Config{Seed: seed, For: 2 * time.Minute, Faults: true})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	a, b, c := run(7), run(7), run(8)
	if a.Hash != b.Hash || a.Events != b.Events || a.Messages != b.Messages {
		t.Errorf("%x after %d events, then %x after %d", a.Hash, a.Events, b.Hash, b.Events)
	}
	if a.Hash == c.Hash {
		t.Error("two seeds with the same history")
	}
}
