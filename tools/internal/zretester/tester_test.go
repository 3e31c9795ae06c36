package zretester

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

// as is a command for this test binary in a role.
func as(r string) func() *exec.Cmd {
	return func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), role+"="+r)
		return cmd
	}
}

func testerOf(s *Scenario, command func() *exec.Cmd) *tester {
	o := &Options{Carrier: cli.Carrier{Transport: "zmtp"}, JSON: true}
	return &tester{options: o, scenario: s, seed: 1, began: time.Now(), roster: newRoster(), command: command}
}

// run runs a tester and returns its report.
func run(t *testing.T, tester *tester) (r report, err error) {
	t.Helper()
	var out strings.Builder
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = tester.run(ctx, stdout(&out))
	if ctx.Err() != nil {
		t.Fatal("it did not end")
	}
	if out.Len() > 0 {
		if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
	}
	return r, err
}

func TestOneProcess(t *testing.T) {
	t.Parallel()
	r, err := run(t, testerOf(life(), nil))
	if err != nil || r.Found > 0 || len(r.Troubles) > 0 {
		t.Errorf("%v: %+v", err, r)
	}
	if r.Started < 3 || r.Figures.Enters < 2 || r.Figures.Whispers < 2 || r.Memory == 0 {
		t.Errorf("%+v", r)
	}
}

// planted is a collector that is also told of a node that never was.
type planted struct {
	collector
	told bool
}

func (p *planted) Take(o history.Observation) {
	if !p.told && o.Kind == history.ObservedStart {
		p.told = true
		phantom := o
		phantom.Node = zyre.NewUUID()
		p.collector.Take(phantom)
	}
	p.collector.Take(o)
}

// What the checker finds makes the tool fail.
func TestFinding(t *testing.T) {
	t.Parallel()
	s := life()
	tester := testerOf(s, nil)
	tester.collector = &planted{collector: history.Collect(history.New(history.Config{Settle: s.Settle}), window)}
	r, err := run(t, tester)
	if err == nil || errors.Is(err, cli.ErrUsage) || r.Found == 0 || len(r.Findings) == 0 || r.Findings[0].Rule == "" {
		t.Errorf("%v: %+v", err, r)
	}
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	s := life()
	s.Nodes, s.Processes, s.Kill, s.For = 6, 2, 700*time.Millisecond, 3*time.Second
	r, err := run(t, testerOf(s, as("worker")))
	if err != nil || r.Found > 0 || len(r.Troubles) > 0 {
		t.Errorf("%v: %+v", err, r)
	}
	if r.Processes != 2 || r.Started < 6 || r.Figures.Enters < 5 {
		t.Errorf("%+v", r)
	}
	others := total(r.Figures.Exits) - r.Figures.Exits["goodbye"] - r.Figures.Exits["closed"]
	if others == 0 {
		t.Errorf("nobody was killed: %+v", r)
	}
}

// A process that ends by itself, or says what nobody understands, makes the tool fail.
func TestProcessesThatFail(t *testing.T) {
	t.Parallel()
	s := life()
	s.Processes, s.For = 2, 0 // it ends when nobody is left
	for command, want := range map[string]string{
		"coward":  `process 1 ended by itself: exit status 3: it says I am \x1b[31mafraid`,
		"babbler": "process 1: it says what is no JSON",
	} {
		r, err := run(t, testerOf(s, as(command)))
		if err == nil || errors.Is(err, cli.ErrUsage) || !strings.Contains(strings.Join(r.Troubles, "\n"), want) {
			t.Errorf("%s: %v: %q", command, err, r.Troubles)
		}
	}
	r, err := run(t, testerOf(s, func() *exec.Cmd { return exec.Command("/nonexistent") }))
	if err == nil || len(r.Troubles) != 2 || !strings.Contains(r.Troubles[0], "process 1 does not start") {
		t.Errorf("%v: %q", err, r.Troubles)
	}
}

// Who ends it does not have to wait.
func TestInterrupted(t *testing.T) {
	s := life()
	s.For, s.Settle = 0, time.Hour
	tester := testerOf(s, nil)
	var out strings.Builder
	ctx, cancel := context.WithCancel(t.Context())
	tester.collector = &interrupter{history.Collect(history.New(history.Config{Settle: s.Settle}), window), cancel}
	if err := tester.run(ctx, stdout(&out)); err != nil {
		t.Error(err)
	}
	wantIn(t, out.String(), `"interrupted":true`)
}

// interrupter ends the run with the first event.
type interrupter struct {
	collector
	end func()
}

func (i *interrupter) Take(o history.Observation) {
	i.collector.Take(o)
	if o.Kind == history.ObservedEvent {
		i.end()
	}
}

func TestTroublesAreBounded(t *testing.T) {
	tester := testerOf(life(), nil)
	for range maxTroubles + 5 {
		tester.trouble(errors.New("no\x1b"))
	}
	if len(tester.troubles) != maxTroubles || tester.more != 5 || tester.troubles[0] != `no\x1b` {
		t.Error(len(tester.troubles), tester.more, tester.troubles[0])
	}
}
