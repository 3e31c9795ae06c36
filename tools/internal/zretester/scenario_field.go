package zretester

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/internal/show"
)

// field takes one value; its error says what is wrong with it.
type field func(path string, value any) error

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

// numbers takes a list of whole numbers from least to most.
func numbers(into *[]int, least, most int) field {
	return func(_ string, value any) error {
		list, ok := value.([]any)
		for _, one := range list {
			n, whole := one.(int64)
			if ok = ok && whole && n >= int64(least) && n <= int64(most); ok {
				*into = append(*into, int(n))
			}
		}
		if !ok || len(list) == 0 {
			return fmt.Errorf("is %s, and has to be a list of numbers from %d to %d, such as [1, 2]", shown(value), least, most)
		}
		return nil
	}
}

// oneOf takes one of some names.
func oneOf(into *string, names []string) field {
	return func(_ string, value any) error {
		*into, _ = value.(string)
		if !slices.Contains(names, *into) {
			return fmt.Errorf("is %s, and may be %s", shown(value), strings.Join(names, ", "))
		}
		return nil
	}
}

// boolean takes true or false.
func boolean(into *bool) field {
	return func(_ string, value any) (err error) {
		b, ok := value.(bool)
		if *into = b; !ok {
			err = fmt.Errorf("is %s, and has to be true or false", shown(value))
		}
		return err
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
