package sim

import (
	"testing"
	"time"
)

// At 20 % loss of datagrams, with connections that stall for up to two seconds all the
// time, nobody is said to have left. SIM_HOURS says for how long; the default is for
// each run of the tests, and 40 are the thousand node-hours of the bench.
func TestNoFalseExits(t *testing.T) {
	hours := number("SIM_HOURS", 1)
	for _, nodes := range []int{5, 20} {
		cfg := Config{Nodes: nodes, Seed: uint64(nodes), For: time.Duration(hours) * time.Hour, Quiet: true, Groups: true, Shrink: 60 * time.Second,
			Segments: []Wire{{Latency: time.Millisecond, Jitter: 5 * time.Millisecond, Loss: 0.2}}}
		cfg.Actions = Plan(cfg)
		r := streamOf(cfg.Seed, ofPlan, 3<<32)
		for at := 10 * sec; at < cfg.For-10*sec; at += r.span(0, 4*sec/time.Duration(nodes)) {
			cfg.Actions = append(cfg.Actions, Action{At: at, Do: Stall, Node: r.below(nodes), With: r.below(nodes), For: r.span(100*time.Millisecond, 2*sec)})
		}
		result, err := Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		exits := uint64(0)
		for _, n := range result.Figures.Exits {
			exits += n
		}
		if exits > 0 || len(result.Findings) > 0 {
			t.Errorf("%d nodes: %d EXITs, %d findings", nodes, exits, len(result.Findings))
			for _, line := range result.History {
				t.Log(line)
			}
		}
		t.Logf("%d nodes, %v node-hours: %v, %v", nodes, nodes*hours, result, result.Figures.Exits)
	}
}
