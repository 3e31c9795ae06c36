package zretester

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	places "github.com/zeromq/gozyre/tools/internal/zpl"
)

// maxFile bounds a scenario's file.
const maxFile = 1 << 20

// readScenario reads a file; what it does not say is as in base. A mistake in it is one of
// the command line's kind: nothing was tried.
func readScenario(file string, base Scenario) (Scenario, error) {
	f, err := os.Open(file)
	if err != nil {
		return base, cli.Usagef("--scenario: %s", show.Text(err.Error()))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return base, cli.Usagef("--scenario: %s", show.Text(err.Error()))
	case len(data) > maxFile:
		return base, cli.Usagef("--scenario: %s has more than %d octets", show.Text(file), maxFile)
	}
	return parseScenario(file, data, base)
}

// reader goes through a text in TOML and notes every mistake with its line.
type reader struct {
	places   map[string]places.Place
	mistakes []mistake
}

type mistake struct {
	line int
	text string
}

func parseScenario(file string, data []byte, base Scenario) (Scenario, error) {
	var root map[string]any
	if _, err := toml.Decode(string(data), &root); err != nil {
		var wrong toml.ParseError
		if errors.As(err, &wrong) {
			return base, cli.Usagef("%s:%d: %s", show.Text(file), wrong.Position.Line, show.Text(wrong.Message))
		}
		return base, cli.Usagef("%s: %s", show.Text(file), show.Text(err.Error()))
	}
	r := &reader{places: places.Places(data)}
	s := base
	r.scenario(root, &s)
	if len(r.mistakes) == 0 {
		return s, nil
	}
	slices.SortStableFunc(r.mistakes, func(a, b mistake) int { return cmp.Compare(a.line, b.line) })
	var lines []string
	for _, m := range r.mistakes {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", show.Text(file), m.line, m.text))
	}
	return base, cli.Usagef("%s", strings.Join(lines, "\n"))
}

func (r *reader) scenario(root map[string]any, s *Scenario) {
	r.table("", root, map[string]field{
		"nodes":      number(&s.Nodes, 1, maxNodes),
		"for":        duration(&s.For),
		"settle":     duration(&s.Settle),
		"processes":  number(&s.Processes, 1, maxProcesses),
		"namespaces": number(&s.Namespaces, 0, maxHosts),
		"life": r.section(map[string]field{
			"every": rhythm(&s.Every),
			"first": percent(&s.First),
			"kill":  duration(&s.Kill),
		}),
		"groups": r.section(map[string]field{
			"count": number(&s.Groups, 1, 1000),
			"every": rhythm(&s.GroupEvery),
		}),
		"messages": r.section(map[string]field{
			"shout":  duration(&s.Shout),
			"octets": number(&s.Octets, 0, maxOctets),
		}),
		"sim": r.section(r.sim(&s.Sim)),
		"fault": each("[[fault]]", func(path string, one map[string]any) {
			s.Faults = append(s.Faults, r.fault(path, one))
		}),
	})
}

// each takes a list of tables, one after the other.
func each(name string, take func(path string, table map[string]any)) field {
	return func(path string, value any) error {
		all, ok := value.([]map[string]any)
		if !ok {
			return errors.New("is no list of tables: write " + name)
		}
		for i, one := range all {
			at := path
			if i > 0 {
				at += "[" + strconv.Itoa(i+1) + "]"
			}
			take(at, one)
		}
		return nil
	}
}

// fault reads one table of [[fault]].
func (r *reader) fault(path string, table map[string]any) (f Fault) {
	var amount any
	r.table(path, table, map[string]field{
		"what":   oneOf(&f.What, faults),
		"at":     duration(&f.At),
		"for":    duration(&f.For),
		"every":  duration(&f.Every),
		"amount": func(_ string, value any) error { amount = value; return nil },
		"hosts":  numbers(&f.Hosts, 1, maxHosts),
	})
	if f.What == "" && table["what"] == nil {
		r.mistake(path, fmt.Sprintf("this fault has no \"what\": it may be %s", strings.Join(faults, ", ")))
	}
	if f.Every > 0 && (f.For == 0 || f.For >= f.Every) {
		r.mistake(path+"/every", "a fault that comes again needs a \"for\" that is shorter than its \"every\"")
	}
	if f.What == delay && len(f.Hosts) > 0 {
		r.mistake(path+"/hosts", "a delay is everywhere: it has no hosts")
	}
	at := path + "/amount"
	var err error
	switch {
	case amount == nil && f.everywhere():
		at, err = path, fmt.Errorf("is missing: a %s needs one", f.What)
	case amount == nil:
	case f.What == loss || f.What == lossy:
		err = percent(&f.Amount)(at, amount)
	case f.What == delay:
		var d time.Duration
		if err = duration(&d)(at, amount); err == nil && d > maxDelay {
			err = fmt.Errorf("is %s, and may be at most %v", shown(amount), maxDelay)
		}
		f.Amount = d.Seconds()
	case f.What != "":
		err = fmt.Errorf("is nothing that a %s has", show.Text(f.What))
	}
	if err != nil {
		r.mistake(at, "amount "+err.Error())
	}
	return f
}
