// Package bench measures what the project promises, and prints it next to what
// was promised and what others reach. It judges nothing: whoever wants a figure
// to be better sees by how much.
//
// Each figure is measured with all that are compared, by turns, so that a machine
// that is busy for a while slows all of them. Nodes, the ends of links, servers and
// clients of files run in processes of their own (see benchnode and benchfmq), on
// loopback.
package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/setup"
)

// Command is `dev bench`.
type Command struct {
	Tables []string      `arg:"" optional:"" help:"Measure what is in these tables only: ${tables}."`
	Runs   int           `placeholder:"N" help:"How often each figure is measured; the median is shown. By default 3 times, and files 5 times."`
	Only   []string      `placeholder:"FIGURE" help:"Measure these only: ${figures}."`
	For    time.Duration `default:"20s" help:"Presence: how long nodes are watched for being reported gone falsely."`
	Quick  bool          `help:"Files, shared ones too: less of everything, and once unless --runs is given. It shows that all works, and not how well."`
	JSON   bool          `name:"json" help:"Print JSON instead of tables."`
}

// Report is what --json prints.
type Report struct {
	Machine Machine   `json:"machine"`
	Time    time.Time `json:"time"`
	Runs    int       `json:"runs"`
	Quick   bool      `json:"quick,omitempty"`
	Figures []Figure  `json:"figures"`
}

// Figure is what one measurement gives.
type Figure struct {
	Name   string            `json:"name"`
	Table  string            `json:"table"`
	Runs   int               `json:"runs,omitempty"`   // if it is another number than the report's
	Values map[string]values `json:"values,omitempty"` // by column; seconds, octets, 1/s or a share
	Errors map[string]string `json:"errors,omitempty"` // by column
	Rows   []Row             `json:"rows"`
}

// Row is a line of a table.
type Row struct {
	About  string            `json:"about"`
	Shown  map[string]string `json:"shown"`           // by column
	Ratio  float64           `json:"ratio,omitempty"` // how many times as good as the other ours is
	Target string            `json:"target"`
	Met    *bool             `json:"met,omitempty"` // absent where there is no target
	Others string            `json:"others"`
}

// values are a measurement's numbers by name.
type values map[string]float64

// Run measures and prints. It fails only when nothing can be measured at all.
func (c *Command) Run(e *repo.Env) error {
	if err := c.check(); err != nil {
		return err
	}
	report := *e
	if c.JSON {
		report.Stdout = e.Stderr // what is going on is no JSON
	}
	tmp, err := os.MkdirTemp("", "gozyre-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)

	begin := time.Now()
	r := Report{Time: begin.UTC(), Runs: c.runs(nodes), Quick: c.Quick}
	for _, part := range []func(*repo.Env, string) ([]Figure, error){c.measureNodes, c.measurePresence, c.measureShares, c.measureLog, c.measureTop, c.measureCodecs, c.measureFiles} {
		figures, err := part(&report, tmp)
		if err != nil {
			return err
		}
		r.Figures = append(r.Figures, figures...)
	}
	if len(r.Figures) > 0 && r.Figures[0].Runs > 0 { // there are files alone
		r.Runs = r.Figures[0].Runs
	}
	r.Machine = machine(e) // now that setup has installed what it asks
	report.Say("bench: measured in %v", time.Since(begin).Round(time.Second))
	if c.JSON {
		enc := json.NewEncoder(e.Stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	_, err = e.Stdout.Write(r.markdown())
	return err
}

// tables are those that can be asked for.
var tables = []string{nodes, links, presence, shares, logs, codecs, files}

// check refuses a command line that makes no sense.
func (c *Command) check() error {
	if c.Runs < 0 {
		return fmt.Errorf("bench: --runs %d: at least 1 makes sense", c.Runs)
	}
	for _, name := range c.Tables {
		if !slices.Contains(tables, name) {
			return fmt.Errorf("bench: there is no table %q: there are %s", name, TableNames())
		}
	}
	for _, name := range c.Only {
		if !slices.Contains(figureNames(), name) {
			return fmt.Errorf("bench: there is no figure %q: there are %s", name, FigureNames())
		}
	}
	return nil
}

// wants says whether a figure shall be measured.
func (c *Command) wants(table, figure string) bool {
	return (len(c.Tables) == 0 || slices.Contains(c.Tables, table)) && (len(c.Only) == 0 || slices.Contains(c.Only, figure))
}

// wanted are those of the measures.
func (c *Command) wanted(all []measure) []measure {
	return slices.DeleteFunc(slices.Clone(all), func(m measure) bool { return !c.wants(m.table, m.name) })
}

// runs is how often the figures of a table are measured.
func (c *Command) runs(table string) int {
	switch {
	case c.Runs > 0:
		return c.Runs
	case (table == files || table == shares) && c.Quick:
		return 1
	case table == files:
		return filesRuns
	}
	return 3
}

// measureAll measures one after the other.
func measureAll(e *repo.Env, list []measure, runs int, run func(measure, string) (values, error)) (figures []Figure, err error) {
	for _, m := range list {
		e.Say("bench: %s: %s", m.name, m.rows[0].about)
		figures = append(figures, m.figure(runs, run))
		if err := e.Context.Err(); err != nil {
			return nil, err
		}
	}
	return figures, nil
}

// measureNodes is for nodes and links.
func (c *Command) measureNodes(e *repo.Env, tmp string) ([]Figure, error) {
	list := c.wanted(measures)
	if len(list) == 0 {
		return nil, nil
	}
	if err := (&setup.Command{}).Run(e); err != nil {
		return nil, err
	}
	l, err := newLab(e, tmp)
	if err != nil {
		return nil, err
	}
	return measureAll(e, list, c.runs(nodes), l.run)
}

// measureCodecs is for the codecs.
func (c *Command) measureCodecs(e *repo.Env, _ string) ([]Figure, error) {
	if !c.wants(codecs, codecs) {
		return nil, nil
	}
	e.Say("bench: codecs: messages written down and read, by four serializers")
	return []Figure{measureCodecs(e, c.runs(codecs))}, nil
}

// measureFiles is for files. Without rsync there is nothing to hold them against, and they are measured all the same.
func (c *Command) measureFiles(e *repo.Env, tmp string) ([]Figure, error) {
	s := fullScale
	if c.Quick {
		s = quickScale
	}
	list := c.wanted(fileMeasures(s))
	if len(list) == 0 {
		return nil, nil
	}
	if err := (&setup.Command{Files: true}).Run(e); err != nil {
		e.Say("bench: without rsync: %v", err)
	}
	l, err := newFileLab(e, tmp, s)
	if err != nil {
		return nil, err
	}
	figures, err := measureAll(e, l.possible(list), c.runs(files), l.run)
	for i := range figures {
		figures[i].Runs = c.runs(files)
	}
	return figures, err
}

// TableNames lists the tables, for the help.
func TableNames() string { return strings.Join(tables, ", ") }

// FigureNames lists the figures, for the help.
func FigureNames() string { return strings.Join(figureNames(), ", ") }

func figureNames() (names []string) {
	for _, m := range slices.Concat(measures, presenceMeasures(0), shareMeasures(fullShares, ""), logMeasures, logStoreMeasures(""), []measure{topMeasure}, fileMeasures(fullScale)) {
		names = append(names, m.name)
	}
	return append(names, codecs)
}
