package zyretrace

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

var update = flag.Bool("update", false, "make the worked example anew")

// page is the folder of the worked example.
const page = "../../docs/disagree"

// disagreement is what the worked example is about: n0 and n1 are on one host, n2 and n4 on one each. n2's is cut off when n0 dies and
// n1 gets its port: of the four that the simulation gives to a host this seed draws the same.
func disagreement() zyretest.Simulation {
	return zyretest.Simulation{
		Nodes: 5, PerHost: 2, Seed: 1, For: 16 * time.Second, Quiet: true, Shrink: -1,
		Networks: []zyretest.Network{{Latency: 200 * time.Microsecond}},
		Actions: []zyretest.Action{
			{Do: "start", Node: 0}, {At: 100 * time.Millisecond, Do: "start", Node: 2}, {At: 200 * time.Millisecond, Do: "start", Node: 4},
			{At: 6 * time.Second, Do: "partition", Side: []int{2}, For: 3500 * time.Millisecond},
			{At: 7 * time.Second, Do: "kill", Node: 0},
			{At: 8 * time.Second, Do: "start", Node: 1},
		},
	}
}

// wrong is by how much the clock of n2 is.
const wrong = -(time.Hour + 2*time.Minute + 3*time.Second)

// split gives each node a trace of its own, by name.
func split(t *testing.T, all []byte) map[string][]byte {
	t.Helper()
	names, files := map[trace.ID]string{}, map[string][]byte{}
	r := trace.NewReader(bytes.NewReader(all))
	for {
		l, err := r.Next()
		if err != nil {
			break
		}
		if l.Config != nil {
			names[l.Node] = string(l.Config.Name)
		}
		name := names[l.Node]
		if name == "n2" {
			l.Time = l.Time.Add(wrong)
			if !l.Due.IsZero() {
				l.Due = l.Due.Add(wrong)
			}
		}
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(l); err != nil {
			t.Fatal(err)
		}
		files[name] = append(files[name], b.Bytes()...)
	}
	return files
}

// run is what the tool prints.
func run(t *testing.T, opts Options) string {
	t.Helper()
	var out, errs bytes.Buffer
	if err := Run(t.Context(), opts, cli.Streams{Out: &out, Err: &errs}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestExample makes the worked example again from the same simulation and compares: what the page shows is what happens.
func TestExample(t *testing.T) {
	var all bytes.Buffer
	s := disagreement()
	s.Trace = &all
	if report, err := zyretest.Simulate(t.Context(), s); err != nil || len(report.Findings) > 0 {
		t.Fatal(err, report.Findings)
	}
	var files []string
	for name, text := range split(t, all.Bytes()) {
		files = append(files, filepath.Join(page, name+".jsonl"))
		golden(t, files[len(files)-1], string(text))
	}
	slices.Sort(files)
	opts := Options{Files: files, Filter: Filter{Since: "6s"}}
	text := run(t, opts)
	for _, format := range []string{"svg", "mermaid"} {
		opts.Format = format
		golden(t, filepath.Join(page, "disagree."+map[string]string{"svg": "svg", "mermaid": "mmd"}[format]), run(t, opts))
	}
	var replayed bytes.Buffer
	if err := Replay(filepath.Join(page, "n2.jsonl"), cli.Streams{Out: &replayed, Err: &replayed}); err != nil {
		t.Fatal(err, replayed.String())
	}
	readme, err := os.ReadFile(filepath.Join(page, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	made := block(t, block(t, string(readme), "zyre trace text", text), "zyre replay n2", replayed.String())
	golden(t, filepath.Join(page, "README.md"), made)

	// What the page says of it.
	for _, want := range []string{
		"# the clock of n2 is set by 1h2m3s, within 200µs\n",
		"n0  its trace ends here: it was not stopped\n",
		"n4  EXIT n0: its connection broke and it does not answer\n",
		"n1  begins, on port 49153\n",
		"n4  ENTER n1 at tcp://10.0.0.1:49153\n",
		"n2 ─► n0  PING #5 (never arrived)\n",
		"n2  EXIT n0: another peer is at its address now\n",
		"n2  ENTER n1 at tcp://10.0.0.1:49153\n",
	} {
		_, rest, found := strings.Cut(text, want)
		if !found {
			t.Errorf("%q does not follow", want)
		}
		text = rest
	}
}

// block puts text between the marks of a page.
func block(t *testing.T, page, mark, text string) string {
	t.Helper()
	before, rest, found := strings.Cut(page, "<!-- "+mark+" -->\n")
	_, after, ends := strings.Cut(rest, "<!-- end -->")
	if !found || !ends {
		t.Fatalf("the page has no place for %q", mark)
	}
	return before + "<!-- " + mark + " -->\n```\n" + text + "```\n<!-- end -->" + after
}

// golden compares a file with what it should be, or makes it.
func golden(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is not what is made today (%v): go test -run %s -update makes it anew", path, err, t.Name())
	}
}
