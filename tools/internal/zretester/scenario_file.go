package zretester

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
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

// field takes one value; its error says what is wrong with it.
type field func(path string, value any) error

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
		"fault": func(path string, value any) error {
			all, ok := value.([]map[string]any)
			if !ok {
				return errors.New("is no list of tables: write [[fault]]")
			}
			s.Faults = nil
			for i, one := range all {
				at := path
				if i > 0 {
					at += "[" + strconv.Itoa(i+1) + "]"
				}
				s.Faults = append(s.Faults, r.fault(at, one))
			}
			return nil
		},
	})
}

// fault reads one table of [[fault]].
func (r *reader) fault(path string, table map[string]any) (f Fault) {
	var amount any
	r.table(path, table, map[string]field{
		"what": func(_ string, value any) error {
			f.What, _ = value.(string)
			if !slices.Contains(faults, f.What) {
				return fmt.Errorf("is %s, and may be %s", shown(value), strings.Join(faults, ", "))
			}
			return nil
		},
		"at":     duration(&f.At),
		"for":    duration(&f.For),
		"every":  duration(&f.Every),
		"amount": func(_ string, value any) error { amount = value; return nil },
		"hosts": func(_ string, value any) error {
			list, ok := value.([]any)
			for _, one := range list {
				n, whole := one.(int64)
				if ok = ok && whole && n >= 1 && n <= maxHosts; ok {
					f.Hosts = append(f.Hosts, int(n))
				}
			}
			if !ok || len(list) == 0 {
				return fmt.Errorf("is %s, and has to be a list of numbers from 1, such as [1, 2]", shown(value))
			}
			return nil
		},
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

// table hands each key of a table to its field. There are no others.
func (r *reader) table(path string, table map[string]any, fields map[string]field) {
	for name, value := range table {
		at := path + "/" + name
		take, known := fields[name]
		if !known {
			all := strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
			r.mistake(at, fmt.Sprintf("there is no \"%s\" here: %s are possible", show.Text(name), all))
			continue
		}
		if err := take(at, value); err != nil {
			r.mistake(at, name+" "+err.Error())
		}
	}
}

func (r *reader) section(fields map[string]field) field {
	return func(path string, value any) error {
		table, ok := value.(map[string]any)
		if !ok {
			return errors.New("is no table")
		}
		r.table(path, table, fields)
		return nil
	}
}

func (r *reader) mistake(path, text string) {
	p, known := r.places[path]
	for !known && path != "" {
		path = path[:strings.LastIndexByte(path, '/')]
		p, known = r.places[path]
	}
	r.mistakes = append(r.mistakes, mistake{max(1, p.Line), text})
}

// number takes a whole number from least to most.
func number(into *int, least, most int) field {
	return func(_ string, value any) error {
		n, ok := value.(int64)
		if !ok || n < int64(least) || n > int64(most) {
			return fmt.Errorf("is %s, and has to be a number from %d to %d", shown(value), least, most)
		}
		*into = int(n)
		return nil
	}
}

// duration takes a length of time, which may be zero.
func duration(into *time.Duration) field {
	return func(_ string, value any) error {
		text, _ := value.(string)
		d, err := time.ParseDuration(text)
		if err != nil || d < 0 {
			return fmt.Errorf("is %s, and has to be a time such as \"750ms\", \"20s\" or \"1m30s\"", shown(value))
		}
		*into = d
		return nil
	}
}

// rhythm takes a length of time after which something happens again.
func rhythm(into *time.Duration) field {
	return func(path string, value any) error {
		err := duration(into)(path, value)
		if err == nil && *into < minRhythm {
			err = fmt.Errorf("is %s, and has to be at least %v", shown(value), minRhythm)
		}
		return err
	}
}

// percent takes a part of a whole.
func percent(into *float64) field {
	return func(_ string, value any) error {
		text, _ := value.(string)
		part, ok := parsePercent(text)
		if !ok {
			return fmt.Errorf("is %s, and has to be like \"30%%\", from 0%% to 100%%", shown(value))
		}
		*into = part
		return nil
	}
}

// minRhythm is how often anything may happen.
const minRhythm = time.Millisecond

// maxDelay is how much later a packet may come.
const maxDelay = 10 * time.Second

// shown is a value as a file has it, for a person to read.
func shown(value any) string {
	const most = 60
	text := fmt.Sprintf("%v", value)
	if quoted, ok := value.(string); ok {
		text = strconv.Quote(quoted)
	}
	if runes := []rune(show.Text(text)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return show.Text(text)
}

// parsePercent reads "30%" as 0.3.
func parsePercent(text string) (part float64, ok bool) {
	digits, ok := strings.CutSuffix(text, "%")
	n, err := strconv.ParseFloat(digits, 64)
	return n / 100, ok && err == nil && n >= 0 && n <= 100
}
