package contract

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// file is where a module's promise stands.
const file = "api.txt"

// Command is `dev contract`.
type Command struct {
	Check bool `help:"Change nothing; fail when an api.txt would change, or when something exported lacks its comment."`
}

// Run writes or checks the contracts.
func (c *Command) Run(e *repo.Env) error {
	if c.Check {
		return Check(e)
	}
	s, err := load(e)
	if err != nil {
		return err
	}
	contracts, err := s.contracts()
	if err != nil {
		return err
	}
	var refused []finding
	for _, c := range contracts {
		refused = append(refused, c.refused()...)
	}
	if len(refused) > 0 {
		return failure(refused) // and nothing is written
	}
	for _, c := range contracts {
		if c.stale() == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(e.Root, filepath.FromSlash(c.file)), c.merged.Format(), 0o644); err != nil {
			return err
		}
		e.Say("contract: wrote %s: %d names", c.file, len(c.merged))
	}
	return nil
}

// Check fails, and lists why, when a module of the checkout at e.Root breaks its promise,
// when an api.txt is not what Run would write, when something exported has no comment, and
// when something is deprecated in another way than the house's.
func Check(e *repo.Env) error {
	s, err := load(e)
	if err != nil {
		return err
	}
	contracts, err := s.contracts()
	if err != nil {
		return err
	}
	var all []finding
	var promises []promise
	for _, c := range contracts {
		refused := c.refused()
		all = append(all, refused...)
		if differs := c.stale(); differs != "" && len(refused) == 0 {
			all = append(all, finding{c.file, 1, differs})
		}
		promises = append(promises, c.now...)
	}
	all = append(all, s.undocumented(promises)...)
	all = append(all, s.misdeprecated(promises)...)
	if len(all) > 0 {
		return failure(all)
	}
	return nil
}

// finding is something that is wrong.
type finding struct {
	file string
	line int
	text string
}

func failure(all []finding) error {
	slices.SortStableFunc(all, func(a, b finding) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return a.line - b.line
	})
	var lines []string
	for _, f := range all {
		lines = append(lines, fmt.Sprintf("%s:%d: %s", f.file, f.line, f.text))
	}
	return errors.New(strings.Join(slices.Compact(lines), "\n"))
}

// contract is what a module promises, and promised.
type contract struct {
	file   string // its api.txt, from the root
	text   []byte // what stands in it
	now    []promise
	old    API // what it promised
	merged API // what it should say
}

// contracts returns one for each module of the workspace.
func (s *source) contracts() ([]*contract, error) {
	var all []*contract
	for _, m := range s.modules {
		c := &contract{file: path.Join(m.Dir, file)}
		text, err := os.ReadFile(filepath.Join(s.root, filepath.FromSlash(c.file)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		c.text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		if c.old, err = Parse(c.text); err != nil {
			return nil, fmt.Errorf("in %s: %w", m.Dir, err)
		}
		for _, p := range s.packages {
			if p.module.Dir == m.Dir {
				c.now = append(c.now, s.extract(p)...)
			}
		}
		specs, err := s.specifications(m)
		if err != nil {
			return nil, err
		}
		c.now = append(c.now, specs...)
		c.merged = merge(c.old, c.now)
		all = append(all, c)
	}
	return all, nil
}

// merge is the new promise: what the code says, and of the old one the names that are
// gone. A deprecated one may go; its line stays for ever, so that nobody gives the name
// to something else.
func merge(old API, now []promise) API {
	var all API
	for _, p := range now {
		all = append(all, p.Entry)
	}
	all.sort()
	for _, o := range old {
		if _, ok := all.find(o.Package, o.Name); !ok && (o.State == Removed || o.State == Deprecated) {
			o.State = Removed
			all = append(all, o)
		}
	}
	all.sort()
	return all
}

// stale tells how the file differs from what it should say; empty when it does not.
func (c *contract) stale() string {
	want := c.merged.Format()
	if bytes.Equal(c.text, want) {
		return ""
	}
	const shown = 3
	var lines []string
	have := slices.Collect(strings.Lines(string(c.text)))
	for line := range strings.Lines(string(want)) {
		if !slices.Contains(have, line) {
			lines = append(lines, strings.ReplaceAll(strings.TrimSpace(line), "\t", " "))
		}
	}
	more := ""
	if len(lines) > shown {
		more = fmt.Sprintf("\n    … and %d more", len(lines)-shown)
		lines = lines[:shown]
	}
	text := "it does not say what the code does: run `go run ./tools/dev contract`, and commit what it writes"
	if len(lines) > 0 {
		text += ". Not in it:\n    " + strings.Join(lines, "\n    ") + more
	}
	return text
}
