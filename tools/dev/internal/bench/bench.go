// Package bench measures what the project promises, and prints it next to what
// was promised and what others reach. It judges nothing: whoever wants a figure
// to be better sees by how much.
//
// The nodes run in processes of their own (see benchnode), on loopback.
package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/setup"
)

// Command is `dev bench`.
type Command struct {
	Runs int      `default:"3" help:"How often each figure is measured; the median is shown."`
	Only []string `placeholder:"FIGURE" help:"Measure these only: ${figures}."`
	JSON bool     `name:"json" help:"Print JSON instead of a table."`
}

// Report is what --json prints.
type Report struct {
	Machine Machine   `json:"machine"`
	Time    time.Time `json:"time"`
	Runs    int       `json:"runs"`
	Figures []Figure  `json:"figures"`
}

// Figure is one measurement.
type Figure struct {
	Name   string             `json:"name"`
	About  string             `json:"about"`
	Values map[string]float64 `json:"values,omitempty"` // seconds, octets, 1/s or a share
	Shown  string             `json:"shown"`
	Target string             `json:"target"`
	Met    *bool              `json:"met,omitempty"` // absent where there is no target
	Best   string             `json:"best_peer"`
	Error  string             `json:"error,omitempty"`
}

// Run measures and prints. It fails only when nothing can be measured at all.
func (c *Command) Run(e *repo.Env) error {
	if c.Runs < 1 {
		return fmt.Errorf("bench: --runs %d: at least 1 makes sense", c.Runs)
	}
	for _, name := range c.Only {
		if !slices.ContainsFunc(measures, func(m measure) bool { return m.name == name }) {
			return fmt.Errorf("bench: there is no figure %q: there are %s", name, FigureNames())
		}
	}
	report := *e
	if c.JSON {
		report.Stdout = e.Stderr // what is going on is no JSON
	}
	if err := (&setup.Command{}).Run(&report); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp("", "gozyre-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	l := &lab{env: &report, program: filepath.Join(tmp, "benchnode")}
	if runtime.GOOS == "windows" {
		l.program += ".exe"
	}
	report.Say("bench: building benchnode")
	if err := report.Command("go", "build", "-o", l.program, "./tools/dev/benchnode").Run(); err != nil {
		return err
	}

	r := Report{Machine: machine(e), Time: time.Now().UTC(), Runs: c.Runs}
	for _, m := range measures {
		if len(c.Only) > 0 && !slices.Contains(c.Only, m.name) {
			continue
		}
		report.Say("bench: %s", m.about)
		r.Figures = append(r.Figures, c.figure(l, m))
		if err := e.Context.Err(); err != nil {
			return err
		}
	}
	if c.JSON {
		enc := json.NewEncoder(e.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	_, err = e.Stdout.Write(r.markdown())
	return err
}

// figure measures one thing several times and takes the median of each value.
func (c *Command) figure(l *lab, m measure) Figure {
	f := Figure{Name: m.name, About: m.about, Target: m.target, Best: m.best}
	all := map[string][]float64{}
	for range c.Runs {
		ctx, cancel := context.WithTimeout(l.env, 2*time.Minute)
		values, err := l.run(ctx, m)
		cancel()
		if err != nil {
			f.Error = strings.TrimSpace(err.Error())
			f.Shown = "failed"
			return f
		}
		for name, v := range values {
			all[name] = append(all[name], v)
		}
	}
	f.Values = map[string]float64{}
	for name, values := range all {
		slices.Sort(values)
		f.Values[name] = values[len(values)/2]
	}
	f.Shown = m.show(f.Values)
	if m.met != nil {
		met := m.met(f.Values)
		f.Met = &met
	}
	return f
}

// FigureNames lists the figures, for the help.
func FigureNames() string {
	var names []string
	for _, m := range measures {
		names = append(names, m.name)
	}
	return strings.Join(names, ", ")
}
