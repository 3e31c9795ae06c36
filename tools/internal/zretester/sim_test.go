package zretester

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

func simulationOf(seeds int, o Options, run simulator) *simulation {
	o.Sim = true
	s, err := o.scenario()
	if err != nil {
		panic(err)
	}
	return &simulation{options: &o, scenario: &s, run: run, first: 10, seeds: seeds, began: time.Now()}
}

func TestSeeds(t *testing.T) {
	var mu sync.Mutex
	shrunk, seen := 0, map[uint64]bool{}
	run := func(_ context.Context, s zyretest.Simulation) (zyretest.Report, error) {
		mu.Lock()
		defer mu.Unlock()
		seen[s.Seed] = true
		if s.Nodes != 20 || s.For != 6*time.Minute || !s.Faults || s.Churn != 4*time.Second {
			t.Errorf("%+v", s)
		}
		if s.Shrink >= 0 {
			shrunk++
		}
		r := zyretest.Report{Seed: s.Seed, Events: 1000, Simulated: s.For, Figures: history.Figures{Enters: 2, Exits: map[string]uint64{"goodbye": 1}}}
		if s.Seed >= 12 {
			r.Figures.Findings, r.Figures.Rules = 2, map[string]uint64{"storm": 1, "view": 1}
			r.Findings = []history.Finding{{Rule: "storm", Text: "bad\x1b"}, {Rule: "view"}}
			r.Shortest = []zyretest.Action{{At: time.Second, Do: "kill", Node: 3}}
			r.Transcript = []string{"n1 says\a"}
		}
		return r, nil
	}
	sim := simulationOf(10, Options{Scenario: writeScenario(t, "it's.toml", "[sim]\nquiet = true\n")}, run)
	var out strings.Builder
	err := sim.all(t.Context(), stdout(&out))
	if err == nil || errors.Is(err, cli.ErrUsage) || err.Error() != "16 findings with 8 of 10 seeds" {
		t.Error(err)
	}
	if len(seen) != 10 || !seen[10] || !seen[19] {
		t.Error(seen)
	}
	if shrunk < 5 || shrunk > 5+maxRuns {
		t.Errorf("%d were shortened", shrunk)
	}
	wantIn(t, out.String(), "=== seed 1", ": 2 findings\nstorm: bad\\x1b\nview: \n", "--- what it takes\n        1s  kill n3\n",
		"--- what happened\nn1 says\\x07\n", " --sim --seed 1", " --nodes 20 --for 6m0s --scenario '", `it'\''s.toml'`,
		"--- 10 seeds from 10: 20 nodes, 1h0m0s simulated in ", "    10,000 events of the simulator, ",
		"20 enters, 10 exits (goodbye 10)", "    16 findings: storm 8, view 8\n", "seeds that fail: 1")
	if n := strings.Count(out.String(), "=== seed"); n != maxRuns {
		t.Errorf("%d are told in full", n)
	}
}

func TestSeedsInJSON(t *testing.T) {
	sim := simulationOf(2, Options{JSON: true}, func(_ context.Context, s zyretest.Simulation) (zyretest.Report, error) {
		if s.Seed == 11 {
			return zyretest.Report{}, errors.New("no\x1b")
		}
		return zyretest.Report{Seed: s.Seed, Simulated: s.For}, nil
	})
	var out strings.Builder
	if err := sim.all(t.Context(), stdout(&out)); err == nil || err.Error() != "1 of 2 seeds could not be run" {
		t.Error(err)
	}
	var r simReport
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatal(err, out.String())
	}
	if r.Type != "report" || r.Seed != 10 || r.Seeds != 2 || r.Failing == nil || len(r.Troubles) != 1 || r.Troubles[0] != `seed 11: no\x1b` {
		t.Errorf("%+v", r)
	}
	sim = simulationOf(1, Options{}, func(context.Context, zyretest.Simulation) (zyretest.Report, error) { return zyretest.Report{}, nil })
	if err := sim.all(t.Context(), stdout(broken{})); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// What was done until it was interrupted is told.
func TestSeedsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	sim := simulationOf(1000, Options{JSON: true}, func(ctx context.Context, s zyretest.Simulation) (zyretest.Report, error) {
		if s.Seed == 13 {
			cancel()
		}
		return zyretest.Report{Seed: s.Seed}, ctx.Err()
	})
	var out strings.Builder
	if err := sim.all(ctx, stdout(&out)); err != nil {
		t.Error(err)
	}
	wantIn(t, out.String(), `"interrupted":true`)
	if sim.report.Seeds < 1 || sim.report.Seeds > 10 {
		t.Error(sim.report.Seeds)
	}
}

// The real simulator, for a moment.
func TestSimulate(t *testing.T) {
	second := 30 * time.Second
	o := &Options{Nodes: 3, For: &second, Sim: true, Seed: 5, Seeds: 3, JSON: true, Scenario: writeScenario(t, "x.toml", `
[sim]
faults = false
churn = "0s"
[[sim.network]]
latency = "1ms"
loss = "10%"
[[sim.action]]
at = "1s"
do = "start"
[[sim.action]]
at = "1s"
do = "start"
node = 1
[[sim.action]]
at = "5s"
do = "stop"
node = 1
`)}
	s, err := o.scenario()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := simulate(t.Context(), o, &s, stdout(&out)); err != nil {
		t.Error(err, out.String())
	}
	var r simReport
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatal(err)
	}
	if r.Seeds != 3 || r.Simulated != 3*second || r.Figures.Enters != 6 || r.Figures.Exits["goodbye"] != 3 {
		t.Errorf("%+v", r)
	}
}
