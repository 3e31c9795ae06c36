// Package check runs everything that CI runs.
package check

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/lonely"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
	"github.com/zeromq/gozyre/tools/dev/internal/setup"
)

// Command is `dev test`.
type Command struct {
	Only     []string      `placeholder:"PART" help:"Run these parts only: ${parts}."`
	Fast     bool          `help:"Leave out what takes long: deprecated, cross, race and fuzz."`
	FuzzTime time.Duration `default:"20s" help:"How long each fuzzer runs."`

	Namespaced bool `hidden:""` // we are in a network namespace that counts what leaves
}

// part is one thing that CI asks.
type part struct {
	name string
	slow bool
	// lonely parts run the project's own programs, and run without a network
	// where the machine can do that.
	lonely bool
	run    func(*Command, *repo.Env) error
}

// parts are in the order in which they run: what fails soonest is first, what
// downloads comes before what has no network, and the tests' own summary is
// last.
var parts = []part{
	{name: "setup", run: func(_ *Command, e *repo.Env) error { return (&setup.Command{Test: true}).Run(e) }},
	{name: "download", run: download},
	{name: "format", run: format},
	{name: "vet", run: func(_ *Command, e *repo.Env) error { return e.Command("go", "vet", "-tags=libzmq", "work").Run() }},
	{name: "gen", run: regenerate},
	{name: "tidy", run: tidied},
	{name: "contract", run: contracted},
	{name: "pure", run: pure},
	{name: "deprecated", slow: true, run: deprecated},
	{name: "cross", slow: true, run: cross},
	{name: "fuzz", slow: true, lonely: true, run: fuzz},
	{name: "race", slow: true, lonely: true, run: func(_ *Command, e *repo.Env) error { return goTest(e, "-race") }},
	{name: "test", lonely: true, run: func(_ *Command, e *repo.Env) error { return goTest(e) }},
}

// PartNames lists the parts, for the help.
func PartNames() string {
	var names []string
	for _, p := range parts {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// Run runs the parts. All of them run, even when one fails.
func (c *Command) Run(e *repo.Env) error {
	chosen, err := c.chosen()
	if err != nil {
		return err
	}
	if c.Namespaced {
		return c.runAll(e, chosen)
	}
	open, closed := split(chosen)
	start := time.Now()
	err = c.runAll(e, open)
	if len(closed) > 0 && e.Context.Err() == nil {
		err = errors.Join(err, c.runLonely(e, closed))
	}
	if err != nil {
		return fmt.Errorf("test: FAILED after %v:\n%w", time.Since(start).Round(time.Second), err)
	}
	e.Say("test: all passed in %v: %s", time.Since(start).Round(time.Second), strings.Join(names(chosen), ", "))
	return nil
}

func (c *Command) runAll(e *repo.Env, chosen []part) error {
	var failed []error
	for _, p := range chosen {
		e.Say("test: %s", p.name)
		start := time.Now()
		if err := p.run(c, e); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
		}
		if err := e.Context.Err(); err != nil {
			return err
		}
		e.Say("test: %s took %v", p.name, time.Since(start).Round(100*time.Millisecond))
	}
	return errors.Join(failed...)
}

// runLonely runs parts in a network namespace, in which a packet that leaves
// is a failure, or says why not.
func (c *Command) runLonely(e *repo.Env, chosen []part) error {
	if err := lonely.Check(e); err != nil {
		e.Say("test: running the tests on this machine's own network, where nobody counts what leaves it: %v", err)
		return c.runAll(e, chosen)
	}
	e.Say("test: running without a network from here on; a packet that leaves is a failure")
	self, err := e.Self("test", "--namespaced", "--fuzz-time="+c.FuzzTime.String(), "--only="+strings.Join(names(chosen), ","))
	if err != nil {
		return err
	}
	if err := lonely.Run(e, self.Args...); err != nil {
		// Not wrapped: which part it was is news, even where the failure is none.
		return fmt.Errorf("of %s, without a network: %v", strings.Join(names(chosen), ", "), err)
	}
	return nil
}

func (c *Command) chosen() ([]part, error) {
	for _, name := range c.Only {
		if !slices.Contains(names(parts), name) {
			return nil, fmt.Errorf("test has no part %q: there are %s", name, PartNames())
		}
	}
	return slices.DeleteFunc(slices.Clone(parts), func(p part) bool {
		if len(c.Only) > 0 {
			return !slices.Contains(c.Only, p.name)
		}
		return c.Fast && p.slow
	}), nil
}

func split(all []part) (open, closed []part) {
	for _, p := range all {
		if p.lonely {
			closed = append(closed, p)
		} else {
			open = append(open, p)
		}
	}
	return open, closed
}

func names(all []part) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.name)
	}
	return out
}
