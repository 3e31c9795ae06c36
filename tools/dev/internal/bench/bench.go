// Package bench measures what the project promises, and prints it next to what
// was promised and what others reach. It judges nothing: whoever wants a figure
// to be better sees by how much.
//
// Each figure is measured with both transports, by turns, so that a machine that
// is busy for a while slows both. The nodes and the ends of links run in processes
// of their own (see benchnode), on loopback.
package bench

import (
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
	JSON bool     `name:"json" help:"Print JSON instead of tables."`
}

// Report is what --json prints.
type Report struct {
	Machine Machine   `json:"machine"`
	Time    time.Time `json:"time"`
	Runs    int       `json:"runs"`
	Figures []Figure  `json:"figures"`
}

// Figure is what one measurement gives.
type Figure struct {
	Name   string            `json:"name"`
	Table  string            `json:"table"`
	Values map[string]values `json:"values,omitempty"` // by transport; seconds, octets, 1/s or a share
	Errors map[string]string `json:"errors,omitempty"` // by transport
	Rows   []Row             `json:"rows"`
}

// Row is a line of a table.
type Row struct {
	About  string            `json:"about"`
	Shown  map[string]string `json:"shown"`           // by transport
	Ratio  float64           `json:"ratio,omitempty"` // how many times as good as libzmq zmtp is
	Target string            `json:"target"`
	Met    *bool             `json:"met,omitempty"` // absent where there is no target
	Others string            `json:"others"`
}

// values are a measurement's numbers by name.
type values map[string]float64

// Run measures and prints. It fails only when nothing can be measured at all.
func (c *Command) Run(e *repo.Env) error {
	if c.Runs < 1 {
		return fmt.Errorf("bench: --runs %d: at least 1 makes sense", c.Runs)
	}
	for _, name := range c.Only {
		if name != codecs && !slices.ContainsFunc(measures, func(m measure) bool { return m.name == name }) {
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

	begin := time.Now()
	r := Report{Machine: machine(e), Time: begin.UTC(), Runs: c.Runs}
	for _, m := range measures {
		if len(c.Only) > 0 && !slices.Contains(c.Only, m.name) {
			continue
		}
		report.Say("bench: %s: %s", m.name, m.rows[0].about)
		r.Figures = append(r.Figures, m.figure(c.Runs, l.run))
		if err := e.Context.Err(); err != nil {
			return err
		}
	}
	if len(c.Only) == 0 || slices.Contains(c.Only, codecs) {
		report.Say("bench: codecs: messages written down and read, by four serializers")
		r.Figures = append(r.Figures, measureCodecs(&report, c.Runs))
	}
	report.Say("bench: measured in %v", time.Since(begin).Round(time.Second))
	if c.JSON {
		enc := json.NewEncoder(e.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	_, err = e.Stdout.Write(r.markdown())
	return err
}

// FigureNames lists the figures, for the help.
func FigureNames() string {
	var names []string
	for _, m := range measures {
		names = append(names, m.name)
	}
	names = append(names, codecs)
	return strings.Join(names, ", ")
}
