package zretester

import (
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest/history"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// report is what came of a run.
type report struct {
	Type         string            `json:"type"`
	Version      string            `json:"version"`
	Seed         uint64            `json:"seed"`
	Began        time.Time         `json:"-"`
	Took         time.Duration     `json:"duration_ns"`
	Nodes        int               `json:"nodes"`
	Processes    int               `json:"processes"`
	Namespaces   int               `json:"namespaces,omitzero"`
	Guests       int               `json:"zyrejs,omitzero"`
	Interrupted  bool              `json:"interrupted,omitzero"`
	Started      uint64            `json:"started"` // nodes, in all
	Skipped      uint64            `json:"skipped,omitzero"`
	Figures      history.Figures   `json:"figures"`
	Found        int               `json:"found"`
	Findings     []history.Finding `json:"findings"`
	Troubles     []string          `json:"troubles,omitempty"`
	MoreTroubles int               `json:"more_troubles,omitzero"`
	Memory       uint64            `json:"memory_peak"` // octets, of all processes
	Open         int               `json:"descriptors_peak,omitzero"`
	Late         time.Duration     `json:"late_ns,omitzero"` // the most that a timer was late by: how busy the machine was
	Time         string            `json:"time"`
}

// maxShown is how many findings the text has.
const maxShown = 20

// print prints it, and returns the error with which the tool ends.
func (r *report) print(std cli.Streams, inJSON bool) error {
	if r.Findings == nil {
		r.Findings = []history.Finding{}
	}
	r.Time = show.Time(time.Now())
	var err error
	if inJSON {
		_, err = std.Out.Write(show.Line(r))
	} else {
		_, err = std.Out.Write([]byte(r.text()))
	}
	if err != nil {
		return fmt.Errorf("stdout: %w", err)
	}
	return r.verdict()
}

// verdict is nil if all was well.
func (r *report) verdict() error {
	var parts []string
	if r.Found > 0 {
		parts = append(parts, plural(uint64(r.Found), "finding"))
	}
	if n := len(r.Troubles) + r.MoreTroubles; n > 0 {
		parts = append(parts, plural(uint64(n), "other failure"))
	}
	if len(parts) == 0 {
		return nil
	}
	busy := ""
	if r.Late > lag/3 {
		busy = fmt.Sprintf(" (perhaps because this machine has too much to do: timers were up to %v late)", r.Late.Round(time.Millisecond))
	}
	return fmt.Errorf("%s%s; the same choices again: --seed %d", strings.Join(parts, " and "), busy, r.Seed)
}

// text is the report for people.
func (r *report) text() string {
	var b strings.Builder
	for i := range r.Findings[:min(len(r.Findings), maxShown)] {
		fmt.Fprintln(&b, findingText(&r.Findings[i], r.Began))
	}
	if more := r.Found - maxShown; more > 0 {
		fmt.Fprintf(&b, "… and %s more\n", plural(uint64(more), "finding"))
	}
	for _, text := range r.Troubles[:min(len(r.Troubles), maxShown)] {
		fmt.Fprintln(&b, text)
	}
	if more := len(r.Troubles) + r.MoreTroubles - maxShown; more > 0 {
		fmt.Fprintf(&b, "… and %s more\n", plural(uint64(more), "failure"))
	}
	where := "one process"
	switch {
	case r.Namespaces > 0:
		where = plural(uint64(r.Namespaces), "namespace")
	case r.Processes > 1:
		where = plural(uint64(r.Processes), "process")
	}
	fmt.Fprintf(&b, "--- %s: %s of a pool of %d in %s, seed %d\n", span(r.Took), plural(r.Started, "node"), r.Nodes, where, r.Seed)
	fmt.Fprintf(&b, "    %s events, %s enters, %s exits%s, %s whispers, %s shouts\n", count(r.Figures.Events), count(r.Figures.Enters),
		count(total(r.Figures.Exits)), causesText(r.Figures.Exits), count(r.Figures.Whispers), count(r.Figures.Shouts))
	if r.Skipped > 0 {
		fmt.Fprintf(&b, "    %s answers were left out, because there was too much to do\n", count(r.Skipped))
	}
	fmt.Fprintf(&b, "    memory at most %s", octets(r.Memory))
	if r.Open > 0 {
		fmt.Fprintf(&b, ", %s descriptors", count(uint64(r.Open)))
	}
	fmt.Fprintf(&b, ", timers at most %v late\n    %s%s\n", r.Late.Round(time.Millisecond), plural(uint64(r.Found), "finding"), rulesText(r.Figures.Rules))
	return b.String()
}

func total(exits map[string]uint64) (n uint64) {
	for _, k := range exits {
		n += k
	}
	return n
}

// findingText is a finding in a line.
func findingText(f *history.Finding, began time.Time) string {
	return fmt.Sprintf("%.3fs %s: %s", f.At.Sub(began).Seconds(), show.Text(f.Rule), show.Text(f.Text))
}

// rulesText lists findings by their rule.
func rulesText(rules map[string]uint64) string {
	if len(rules) == 0 {
		return ""
	}
	return ": " + numbersText(rules)
}

func plural(n uint64, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "s"):
		return count(n) + " " + what + "es"
	}
	return count(n) + " " + what + "s"
}
