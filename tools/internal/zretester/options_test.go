package zretester

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

func writeScenario(t *testing.T, name, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestScenarioOfOptions(t *testing.T) {
	file := writeScenario(t, "x.toml", "nodes = 30\nfor = \"1m\"\nnamespaces = 4\n[[fault]]\nwhat = \"cut\"\n")
	minute := 2 * time.Minute
	s, err := (&Options{Scenario: file, Nodes: 40, Kill: &minute, Partition: "20s/60s", Loss: "30%", Delay: time.Second}).scenario()
	if err != nil {
		t.Fatal(err)
	}
	if s.Nodes != 40 || s.For != time.Minute || s.Namespaces != 4 || s.Kill != minute || s.Every != 750*time.Millisecond {
		t.Errorf("%+v", s)
	}
	want := []Fault{{What: cut}, {What: loss, Amount: 0.3}, {What: delay, Amount: 1},
		{What: partition, At: 40 * time.Second, For: 20 * time.Second, Every: time.Minute}}
	if !reflect.DeepEqual(s.Faults, want) {
		t.Errorf("%+v", s.Faults)
	}
	if s, err = (&Options{Sim: true}).scenario(); err != nil || s.Nodes != simNodes || s.For != simFor {
		t.Errorf("%+v %v", s, err)
	}
}

func TestWrongOptions(t *testing.T) {
	negative, zero := -time.Second, time.Duration(0)
	second := time.Second
	for want, o := range map[string]Options{
		"--nodes -1":      {Nodes: -1},
		"--nodes 10001":   {Nodes: 10001},
		"--for -1s":       {For: &negative},
		"--settle -1s":    {Settle: &negative},
		"--kill -1s":      {Kill: &negative},
		"--settle 0s: no": {Settle: &zero},
		"--kill kills":    {Kill: &second},
		"--processes":     {Processes: -1},
		"--namespaces 1:": {Namespaces: 1},
		"a process alre":  {Namespaces: 2, Processes: 2},
		"too few for 101": {Processes: 101},
		"no real sockets": {Sim: true, Port: 1},
		"is not for --si": {Sim: true, Settle: &second},
		"nothing would":   {Sim: true, For: &zero},
		"--seeds is for":  {Seeds: 2},
		"--seeds -1":      {Sim: true, Seeds: -1},
		"--loss 3: it is": {Loss: "3", Namespaces: 2},
		"network of thei": {Loss: "3%"},
		"faults of its o": {Loss: "3%", Sim: true},
		"--delay 1h":      {Delay: time.Hour},
		"20 seconds of":   {Partition: "60s/20s"},
		"--interface and": {Namespaces: 2, Port: 5},
		"--zyrejs -1":     {ZyreJS: -1},
		"not with --name": {ZyreJS: 1, Namespaces: 2},
	} {
		if _, err := o.scenario(); err == nil || !errors.Is(err, cli.ErrUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v gives %v, want %q", o, err, want)
		}
	}
}

func TestSeed(t *testing.T) {
	if (&Options{Seed: 7}).seed() != 7 || (&Options{}).seed() == 0 {
		t.Error("not the seed that was asked for, or none")
	}
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		nodes, processes, limit int
		want                    string // empty: it fits
	}{
		{100, 1, 20_000, ""}, // as the usual container has it
		{100, 1, 1024, "give --processes 16, or raise the limit (ulimit -n 13344)"},
		{200, 1, 20_000, "give --processes 3,"},
		{200, 3, 20_000, ""},
		{200, 1, 0, ""}, // nobody knows
		{10_000, 1, 1024, "in any number of processes"},
		{3, 1, 64, "in any number"},
	} {
		s := Scenario{Nodes: c.nodes, Processes: c.processes}
		err := checkLimit(&s, c.limit)
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, cli.ErrUsage) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c, err)
		}
		if err == nil && c.limit > 0 && needs(share(crowd(c.nodes), c.processes), crowd(c.nodes)) > c.limit {
			t.Errorf("%+v does not fit", c)
		}
	}
	if crowd(3) != 3 || crowd(100) != 80 {
		t.Error(crowd(3), crowd(100))
	}
	if limit() < 0 {
		t.Error(limit())
	}
}
