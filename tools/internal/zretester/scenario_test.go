package zretester

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

func TestStandard(t *testing.T) {
	want := Scenario{Nodes: 100, For: 5 * time.Minute, Settle: 10 * time.Second, Processes: 1,
		Every: 750 * time.Millisecond, First: 0.5, Groups: 10, GroupEvery: time.Second, Shout: time.Second, Octets: 200,
		Sim: zyretest.Simulation{Faults: true, Churn: 4 * time.Second}}
	if got := standard(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	for line := range strings.Lines(Example) {
		if len(line) > 90 {
			t.Errorf("too long for --help: %s", line)
		}
	}
}

// What the example shows as comments is right, and all that can be said.
func TestExampleInComments(t *testing.T) {
	var text strings.Builder
	for line := range strings.Lines(Example) {
		line = strings.TrimPrefix(line, "# ")
		if strings.HasPrefix(line, "[") || strings.Contains(line, " = ") {
			text.WriteString(line)
		}
	}
	s, err := parseScenario("x.toml", []byte(text.String()), Scenario{})
	want := []Fault{{What: "partition", At: 20 * time.Second, For: 20 * time.Second, Every: time.Minute, Hosts: []int{1, 2}}}
	if err != nil || !reflect.DeepEqual(s.Faults, want) {
		t.Errorf("%v %+v", err, s.Faults)
	}
	network := zyretest.Network{Latency: time.Millisecond, Jitter: 10 * time.Millisecond, Loss: 0.2, Doubled: 0.01, Late: 0.01, Bandwidth: 1e6, AccessPoint: true}
	action := zyretest.Action{At: 20 * time.Second, Do: "partition", Side: []int{1, 2}, For: 20 * time.Second}
	if len(s.Sim.Networks) != 1 || s.Sim.Networks[0] != network || !reflect.DeepEqual(s.Sim.Actions, []zyretest.Action{action}) {
		t.Errorf("%+v", s.Sim)
	}
	for _, what := range append(zyretest.Actions(), faults...) {
		if !strings.Contains(strings.ReplaceAll(Example, "\n# ", " "), what) {
			t.Errorf("%q is not in it", what)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"nodes = \n", `x.toml:1: `},
		{"\nnods = 3", `x.toml:2: there is no "nods" here: fault, for, groups, life, messages, namespaces, nodes, processes, settle, sim are possible`},
		{"nodes = 0", `x.toml:1: nodes is 0, and has to be a number from 1 to 10000`},
		{"nodes = \"many\x1b\"", "x.toml:1: "},
		{"nodes = 1.5", `x.toml:1: nodes is 1.5, and has to be`},
		{"for = 5", `x.toml:1: for is 5, and has to be a time such as "750ms", "20s" or "1m30s"`},
		{`for = "-5s"`, `x.toml:1: for is "-5s", and has to be a time`},
		{"life = 3", `x.toml:1: life is no table`},
		{"[life]\n\nevery = \"0s\"", `x.toml:3: every is "0s", and has to be at least 1ms`},
		{"[life]\nfirst = \"101%\"", `x.toml:2: first is "101%", and has to be like "30%", from 0% to 100%`},
		{"[groups]\ncount = 3\nkount = 4", `x.toml:3: there is no "kount" here: count, every are possible`},
		{"[[fault]]\nwhat = \"loss\"\namount = \"30%\"\n[[fault]]\nwhat = \"los\"", `x.toml:5: what is "los", and may be loss, lossy, delay, partition, cut, stop`},
		{"[[fault]]\n[[fault]]\nwhat = \"cut\"", `x.toml:1: this fault has no "what"`},
		{"[[fault]]\nwhat = \"loss\"", `x.toml:1: amount is missing: a loss needs one`},
		{"[[fault]]\nwhat = \"loss\"\namount = 30", `x.toml:3: amount is 30, and has to be like "30%"`},
		{"[[fault]]\nwhat = \"loss\"\namount = \"20ms\"", `x.toml:3: amount is "20ms", and has to be like "30%"`},
		{"[[fault]]\nwhat = \"delay\"\namount = \"30%\"", `x.toml:3: amount is "30%", and has to be a time`},
		{"[[fault]]\nwhat = \"delay\"\namount = \"1h\"", `x.toml:3: amount is "1h", and may be at most 10s`},
		{"[[fault]]\nwhat = \"delay\"\namount = \"1s\"\nhosts = [1]", `x.toml:4: a delay is everywhere`},
		{"[[fault]]\nwhat = \"cut\"\namount = \"1%\"", `x.toml:3: amount is nothing that a cut has`},
		{"[[fault]]\nwhat = \"cut\"\nhosts = [0]", `x.toml:3: hosts is [0], and has to be a list of numbers from 1 to 200, such as [1, 2]`},
		{"[[fault]]\nwhat = \"cut\"\nhosts = []", `x.toml:3: hosts is [], and`},
		{"[[fault]]\nwhat = \"cut\"\nevery = \"1m\"", `x.toml:3: a fault that comes again needs a "for"`},
		{"[sim]\nfaults = 1", `x.toml:2: faults is 1, and has to be true or false`},
		{"[sim]\nsalts = 1", `x.toml:2: there is no "salts" here: action, churn, faults, high-water, network, per-host, quiet are possible`},
		{"[[sim.action]]\ndo = \"stop\"\n[[sim.action]]\ndo = \"dance\"", `x.toml:4: do is "dance", and may be start, stop, kill,`},
		{"[[sim.action]]\nnode = 3", `x.toml:1: this action has no "do"`},
		{"[[sim.network]]\nloss = 3", `x.toml:2: loss is 3, and has to be like "30%"`},
		{"[sim]\nnetwork = 3", `x.toml:2: network is no list of tables: write [[sim.network]]`},
		{"fault = 3", `x.toml:1: fault is no list of tables: write [[fault]]`},
		// Every mistake is told, in the order of the lines.
		{"for = 1\nnodes = 0\nx = 1", "x.toml:1: for is 1, and has to be a time such as \"750ms\", \"20s\" or \"1m30s\"\nx.toml:2: nodes is 0, and has to be a number from 1 to 10000\nx.toml:3: there"},
		{"\"\\u001b[31m\" = 1", `x.toml:1: there is no "\x1b[31m" here`},
	} {
		_, err := parseScenario("x.toml", []byte(c.text), standard())
		if err == nil || !errors.Is(err, cli.ErrUsage) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q\ngives  %v\nwanted %s", c.text, err, c.want)
		}
	}
}

func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.toml")
	if _, err := readScenario(file, Scenario{}); !errors.Is(err, cli.ErrUsage) {
		t.Error(err)
	}
	if err := os.WriteFile(file, make([]byte, maxFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readScenario(file, Scenario{}); err == nil || !strings.Contains(err.Error(), "octets") {
		t.Error(err)
	}
}

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		fault Fault
		of    int
		want  []int
	}{
		{Fault{What: loss}, 3, []int{1, 2, 3}},
		{Fault{What: partition}, 5, []int{1, 2}},
		{Fault{What: halt}, 1, []int{1}},
		{Fault{What: cut, Hosts: []int{3}}, 5, []int{3}},
	} {
		if got := c.fault.hosts(c.of); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v of %d: %v", c.fault, c.of, got)
		}
	}
}
