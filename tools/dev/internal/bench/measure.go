package bench

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// The transports that are compared, the project's own first.
const (
	zmtp   = "zmtp"
	libzmq = "libzmq"
	none   = "none" // for comparison
)

var (
	both    = []string{zmtp, libzmq}
	columns = []string{zmtp, libzmq, none, memberlist, filemq, rsync, cp}
)

// measures are the figures of nodes and links, in the order of the tables.
var measures = slices.Concat(nodeMeasures, linkMeasures)

// measure is a figure to be: which programs give it, and what it is held against.
type measure struct {
	name       string
	table      string                                // nodes, links, presence, shares or files
	transports []string                              // the columns; nil: both
	serve      []string                              // flags of the process that serves; nil: none is needed
	client     []string                              // arguments of the process that measures
	other      []string                              // … for the other column, if they differ
	within     time.Duration                         // how much longer than usual it may take
	once       bool                                  // it gives the same each time
	files      func(*fileLab, *bout) (values, error) // in place of those two, for files
	rows       []row
}

// sides are the columns that are held against each other, ours first.
func (m measure) sides() (ours, other string) {
	switch m.table {
	case files:
		return filemq, rsync
	case presence:
		return zmtp, memberlist
	}
	return zmtp, libzmq
}

// row is a line of a table.
type row struct {
	about  string
	keys   []string // of the values that are shown; the first is what the transports are compared by
	unit   func(float64) string
	more   bool   // is better
	alone  bool   // a ratio would say nothing
	silent string // what is shown for a transport that is not measured
	target string
	met    target
	others string
}

// target says whether it is met by our values, which may be held against the other's. Nil: there is none.
type target func(ours, other values) bool

func atMost(key string, limit float64) target {
	return func(z, _ values) bool { v, ok := z[key]; return ok && v <= limit }
}

func atLeast(key string, limit float64) target {
	return func(z, _ values) bool { v, ok := z[key]; return ok && v >= limit }
}

// atMostTimes and atLeastTimes are relative to the other.
func atMostTimes(key string, factor float64) target {
	return func(z, l values) bool { v, ok := l[key]; return ok && atMost(key, factor*v)(z, nil) }
}

func atLeastTimes(key string, factor float64) target {
	return func(z, l values) bool { v, ok := l[key]; return ok && atLeast(key, factor*v)(z, nil) }
}

func all(of ...target) target {
	return func(z, l values) bool {
		return !slices.ContainsFunc(of, func(t target) bool { return !t(z, l) })
	}
}

// figure measures several times, the transports by turns, and takes the median of each value.
func (m measure) figure(runs int, run func(measure, string) (values, error)) Figure {
	if m.once {
		runs = 1
	}
	f := Figure{Name: m.name, Table: m.table, Values: map[string]values{}, Errors: map[string]string{}}
	turns := slices.Clone(m.transports)
	if turns == nil {
		turns = slices.Clone(both)
	}
	samples := map[string][]values{}
	for range runs {
		for _, t := range turns {
			if f.Errors[t] != "" {
				continue
			}
			v, err := run(m, t)
			if err != nil {
				f.Errors[t] = strings.TrimSpace(err.Error())
				continue
			}
			samples[t] = append(samples[t], v)
		}
		slices.Reverse(turns) // nobody is always the first
	}
	for _, t := range turns {
		if f.Errors[t] == "" {
			f.Values[t] = median(samples[t])
		}
	}
	ours, other := m.sides()
	for _, r := range m.rows {
		f.Rows = append(f.Rows, r.fill(f, ours, other))
	}
	return f
}

// median takes each value's.
func median(samples []values) values {
	all := map[string][]float64{}
	for _, s := range samples {
		for key, v := range s {
			all[key] = append(all[key], v)
		}
	}
	m := values{}
	for key, v := range all {
		slices.Sort(v)
		m[key] = v[len(v)/2]
	}
	return m
}

// fill writes down what was found.
func (r row) fill(f Figure, ours, other string) Row {
	out := Row{About: r.about, Shown: map[string]string{}, Target: r.target, Others: r.others}
	for _, t := range columns {
		if s := r.show(f, t); s != "" {
			out.Shown[t] = s
		}
	}
	z, l := f.Values[ours], f.Values[other]
	if a, b := z[r.keys[0]], l[r.keys[0]]; !r.alone && a > 0 && b > 0 {
		if out.Ratio = b / a; r.more {
			out.Ratio = a / b
		}
	}
	if r.met != nil && f.Errors[ours] == "" {
		met := r.met(z, l)
		out.Met = &met
	}
	return out
}

func (r row) show(f Figure, transport string) string {
	if f.Errors[transport] != "" {
		return "failed"
	}
	v, measured := f.Values[transport]
	if !measured {
		if transport == none {
			return ""
		}
		return r.silent
	}
	var shown []string
	for _, key := range r.keys {
		if value, ok := v[key]; ok {
			shown = append(shown, r.unit(value))
		} else if transport == cp { // has no server, and nothing to go on with
			shown = append(shown, "–")
		} else {
			shown = append(shown, "unknown")
		}
	}
	return strings.Join(shown, " / ")
}

// seconds prints a duration with two or three digits.
func seconds(s float64) string {
	switch {
	case s >= 1:
		return fmt.Sprintf("%.2f s", s)
	case s >= 10e-3:
		return fmt.Sprintf("%.0f ms", s*1e3)
	case s >= 1e-3:
		return fmt.Sprintf("%.1f ms", s*1e3)
	}
	return fmt.Sprintf("%d µs", time.Duration(s*1e9).Microseconds())
}

func nanoseconds(s float64) string { return fmt.Sprintf("%.0f ns", s*1e9) }

func megabytes(octets float64) string { return fmt.Sprintf("%.0f MB", octets/1e6) }

func kilobytes(octets float64) string { return fmt.Sprintf("%.1f KB", octets/1e3) }

func gigabytesPerSecond(octets float64) string { return fmt.Sprintf("%.2f GB/s", octets/1e9) }

func number(n float64) string { return fmt.Sprintf("%.2f", n) }

func percent(share float64) string { return fmt.Sprintf("%.2f%%", 100*share) }

// perSecond prints a rate with a comma at each thousand.
func perSecond(rate float64) string {
	digits := fmt.Sprintf("%.0f", rate)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " /s"
}

// times prints a ratio, never rounded upwards.
func times(ratio float64) string {
	if ratio == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f ×", math.Floor(ratio*10)/10)
}

// timesMost prints how many times as much it is, never rounded downwards.
func timesMost(ratio float64) string {
	if ratio == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f ×", math.Ceil(ratio*100)/100)
}
