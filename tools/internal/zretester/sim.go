package zretester

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// simulator runs one simulation; zyretest.Simulate does.
type simulator func(context.Context, zyretest.Simulation) (zyretest.Report, error)

// simulation is a run of many seeds on all cores.
type simulation struct {
	options  *Options
	scenario *Scenario
	run      simulator
	first    uint64
	seeds    int
	began    time.Time

	mu     sync.Mutex
	next   int // of seeds
	report simReport
}

// simReport is what came of it.
type simReport struct {
	Type        string            `json:"type"`
	Version     string            `json:"version"`
	Seed        uint64            `json:"seed"`  // the first
	Seeds       int               `json:"seeds"` // that were run
	Nodes       int               `json:"nodes"`
	Simulated   time.Duration     `json:"simulated_ns"`
	Took        time.Duration     `json:"duration_ns"`
	Interrupted bool              `json:"interrupted,omitzero"`
	Simulations uint64            `json:"simulated_events"`
	Figures     history.Figures   `json:"figures"`
	Found       uint64            `json:"found"`
	Failing     []uint64          `json:"failing"` // seeds
	Runs        []zyretest.Report `json:"runs"`    // the first of those
	Troubles    []string          `json:"troubles,omitempty"`
	Memory      uint64            `json:"memory_peak"`
	Time        string            `json:"time"`
}

// maxRuns is how many of the runs that fail are told in full, and shortened.
const maxRuns = 3

func simulate(ctx context.Context, o *Options, s *Scenario, std cli.Streams) error {
	sim := &simulation{options: o, scenario: s, run: zyretest.Simulate, first: o.seed(), seeds: max(1, o.Seeds), began: time.Now()}
	return sim.all(ctx, std)
}

// all runs all seeds.
func (sim *simulation) all(ctx context.Context, std cli.Streams) error {
	sim.report = simReport{Type: "report", Version: cli.Version("zretester"), Seed: sim.first, Nodes: sim.scenario.Nodes,
		Failing: []uint64{}, Runs: []zyretest.Report{}}
	done := make(chan struct{})
	var telling, working sync.WaitGroup
	telling.Go(func() { sim.tell(std.Err, done) })
	for range min(runtime.GOMAXPROCS(0), sim.seeds) {
		working.Go(func() { sim.work(ctx) })
	}
	working.Wait()
	close(done)
	telling.Wait()
	r := &sim.report
	r.Took, r.Interrupted, r.Time = time.Since(sim.began), ctx.Err() != nil, show.Time(time.Now())
	var err error
	if sim.options.JSON {
		_, err = std.Out.Write(show.Line(r))
	} else {
		_, err = io.WriteString(std.Out, sim.text())
	}
	if err != nil {
		return fmt.Errorf("stdout: %w", err)
	}
	return sim.verdict()
}

// work runs one seed after the other.
func (sim *simulation) work(ctx context.Context) {
	for ctx.Err() == nil {
		sim.mu.Lock()
		seed := sim.first + uint64(sim.next)
		over := sim.next == sim.seeds
		if !over {
			sim.next++
		}
		shrink := time.Duration(0) // as it is usual
		if len(sim.report.Failing) >= maxRuns {
			shrink = -1
		}
		sim.mu.Unlock()
		if over {
			return
		}
		s := sim.scenario.Sim
		s.Nodes, s.Seed, s.For, s.Shrink = sim.scenario.Nodes, seed, sim.scenario.For, shrink
		r, err := sim.run(ctx, s)
		if err != nil && ctx.Err() != nil {
			return
		}
		sim.note(seed, r, err)
	}
}

// note takes what came of a seed.
func (sim *simulation) note(seed uint64, r zyretest.Report, err error) {
	sim.mu.Lock()
	defer sim.mu.Unlock()
	all := &sim.report
	all.Seeds++
	all.Simulated += r.Simulated
	all.Simulations += r.Events
	all.Memory = max(all.Memory, memory())
	addFigures(&all.Figures, &r.Figures)
	all.Found += r.Figures.Findings
	if err != nil {
		all.Troubles = append(all.Troubles, fmt.Sprintf("seed %d: %s", seed, show.Text(err.Error())))
	}
	if len(r.Findings) > 0 {
		all.Failing = append(all.Failing, seed)
		if len(all.Runs) < maxRuns {
			all.Runs = append(all.Runs, r)
		}
	}
}

// tell says every now and then how far it is.
func (sim *simulation) tell(w io.Writer, done <-chan struct{}) {
	every, begin, end := statusEvery, "", "\n"
	if isTerminal(w) {
		every, begin, end = redraw, "\r\x1b[K", ""
		defer fmt.Fprint(w, begin)
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			sim.mu.Lock()
			r := &sim.report
			fmt.Fprintf(w, "%s%d of %s, %s events of the simulator (%s/s), %s; %s%s", begin, r.Seeds, plural(uint64(sim.seeds), "seed"),
				count(r.Simulations), count(perSecond(r.Simulations, time.Since(sim.began))), plural(r.Found, "finding"), octets(memory()), end)
			sim.mu.Unlock()
		case <-done:
			return
		}
	}
}

func perSecond(n uint64, d time.Duration) uint64 { return uint64(float64(n) / max(d.Seconds(), 1e-3)) }

// text is the report for people.
func (sim *simulation) text() string {
	r := &sim.report
	var b strings.Builder
	for i := range r.Runs {
		run := &r.Runs[i]
		fmt.Fprintf(&b, "=== seed %d: %s\n", run.Seed, plural(run.Figures.Findings, "finding"))
		for _, f := range run.Findings[:min(len(run.Findings), maxShown/4)] {
			fmt.Fprintf(&b, "%s: %s\n", show.Text(f.Rule), show.Text(f.Text))
		}
		if len(run.Shortest) > 0 {
			fmt.Fprintln(&b, "--- what it takes")
			for i := range run.Shortest {
				fmt.Fprintf(&b, "%10v  %s\n", run.Shortest[i].At, show.Text(run.Shortest[i].String()))
			}
		}
		if len(run.Transcript) > 0 {
			fmt.Fprintln(&b, "--- what happened")
			for _, line := range run.Transcript {
				fmt.Fprintln(&b, show.Text(line))
			}
		}
		fmt.Fprintf(&b, "--- again: %s\n", sim.command(run.Seed))
	}
	for _, text := range r.Troubles {
		fmt.Fprintln(&b, text)
	}
	if len(r.Failing) > 0 {
		fmt.Fprintf(&b, "seeds that fail: %s\n", strings.Trim(fmt.Sprint(r.Failing), "[]"))
	}
	fmt.Fprintf(&b, "--- %s from %d: %d nodes, %s simulated in %s\n", plural(uint64(r.Seeds), "seed"), r.Seed, r.Nodes,
		span(r.Simulated), r.Took.Round(time.Millisecond))
	fmt.Fprintf(&b, "    %s events of the simulator, %s a second\n", count(r.Simulations), count(perSecond(r.Simulations, r.Took)))
	fmt.Fprintf(&b, "    %s events told, %s enters, %s exits%s, %s whispers, %s shouts\n", count(r.Figures.Events), count(r.Figures.Enters),
		count(total(r.Figures.Exits)), causesText(r.Figures.Exits), count(r.Figures.Whispers), count(r.Figures.Shouts))
	fmt.Fprintf(&b, "    memory at most %s\n    %s%s\n", octets(r.Memory), plural(r.Found, "finding"), rulesText(r.Figures.Rules))
	return b.String()
}

// command is what repeats a seed.
func (sim *simulation) command(seed uint64) string {
	text := fmt.Sprintf("%s --sim --seed %d --nodes %d --for %v", os.Args[0], seed, sim.scenario.Nodes, sim.scenario.For)
	if sim.options.Scenario != "" {
		text += " --scenario " + quote(sim.options.Scenario)
	}
	return text
}

// quote makes a word for a shell.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

func (sim *simulation) verdict() error {
	r := &sim.report
	switch {
	case r.Found > 0:
		return fmt.Errorf("%s with %d of %s", plural(r.Found, "finding"), len(r.Failing), plural(uint64(r.Seeds), "seed"))
	case len(r.Troubles) > 0:
		return fmt.Errorf("%d of %s could not be run", len(r.Troubles), plural(uint64(r.Seeds), "seed"))
	}
	return nil
}

// addFigures counts those of another run in.
func addFigures(sum, f *history.Figures) {
	sum.Starts += f.Starts
	sum.Stops += f.Stops
	sum.Events += f.Events
	sum.Enters += f.Enters
	sum.Evasives += f.Evasives
	sum.Silents += f.Silents
	sum.Joins += f.Joins
	sum.Leaves += f.Leaves
	sum.Whispers += f.Whispers
	sum.Shouts += f.Shouts
	sum.Whispered += f.Whispered
	sum.Shouted += f.Shouted
	sum.Failed += f.Failed
	sum.Excused += f.Excused
	sum.Foreign += f.Foreign
	sum.Delay = max(sum.Delay, f.Delay)
	sum.Findings += f.Findings
	addNumbers(&sum.Exits, f.Exits)
	addNumbers(&sum.Rules, f.Rules)
}

func addNumbers(sum *map[string]uint64, numbers map[string]uint64) {
	if *sum == nil {
		*sum = map[string]uint64{}
	}
	for name, n := range numbers {
		(*sum)[name] += n
	}
}
