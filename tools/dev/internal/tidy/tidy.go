// Package tidy makes go.mod and go.sum of every module say what the module
// really needs: third parties and siblings, the latter in the version that
// go.work replaces by their folders.
//
// The go command cannot do that in a workspace whose modules are published
// nowhere yet. So each go.mod is copied to a throw-away place, gets a replace
// per sibling there, is tidied, and comes back without them. Nothing is asked
// of the network about our own modules, and nothing of them lands in the
// module cache.
//
// What a go.sum says of siblings is the release's affair: their hashes are known
// when they are tagged, not before. So tidy leaves those lines as they are.
package tidy

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev tidy`.
type Command struct {
	Check bool `help:"Change nothing; fail when a file would change."`
}

// apart are modules outside go.work that are kept tidy too. They use none of ours.
var apart = []string{"tools/lint"}

// Run tidies the modules in the order of their dependence.
func (c *Command) Run(e *repo.Env) error {
	modules, err := e.Modules()
	if err != nil {
		return err
	}
	all := modules
	for _, dir := range apart {
		if _, err := os.Stat(filepath.Join(e.Root, dir, "go.mod")); err == nil {
			all = append(all, repo.Module{Dir: dir})
		}
	}
	var stale []string
	for _, m := range all {
		files, err := tidied(e, m, modules)
		if err != nil {
			return fmt.Errorf("tidying %s: %w", m.Dir, err)
		}
		for name, want := range files {
			path := filepath.Join(e.Root, m.Dir, name)
			have, err := os.ReadFile(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			if bytes.Equal(have, want) {
				continue
			}
			stale = append(stale, m.Dir+"/"+name)
			if c.Check {
				continue
			}
			if err := put(path, want); err != nil {
				return err
			}
			e.Say("tidy: wrote %s/%s", m.Dir, name)
		}
	}
	if c.Check && len(stale) > 0 {
		return fmt.Errorf("not tidy: %s: run `go run ./tools/dev tidy`", strings.Join(stale, ", "))
	}
	return nil
}

// tidied returns what go.mod and go.sum of a module should be.
func tidied(e *repo.Env, m repo.Module, all []repo.Module) (map[string][]byte, error) {
	tmp, err := os.MkdirTemp("", "gozyre-tidy-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	mod, sum := filepath.Join(tmp, "go.mod"), filepath.Join(tmp, "go.sum")
	for _, file := range []string{mod, sum} {
		data, err := os.ReadFile(filepath.Join(e.Root, m.Dir, filepath.Base(file)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(file, data, 0o644)
		}
		if err != nil {
			return nil, err
		}
	}

	before, err := os.ReadFile(sum)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	replace, restore := []string{"mod", "edit"}, []string{"mod", "edit"}
	for _, sibling := range all {
		if sibling.Path != m.Path {
			name := sibling.Path + "@" + sibling.Version
			replace = append(replace, "-replace="+name+"="+filepath.Join(e.Root, sibling.Dir))
			if slices.Contains(m.Uses, sibling.Path) {
				replace = append(replace, "-require="+name)
			}
			restore = append(restore, "-dropreplace="+name)
		}
	}
	for _, args := range [][]string{
		append(replace, mod),
		{"mod", "tidy", "-modfile=" + mod},
		append(restore, mod),
	} {
		if _, err := e.Command("go", args...).In(m.Dir).With("GOWORK=off").Output(); err != nil {
			return nil, err
		}
	}

	files := map[string][]byte{}
	if files["go.mod"], err = os.ReadFile(mod); err != nil {
		return nil, err
	}
	after, err := os.ReadFile(sum)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	files["go.sum"] = merged(after, before)
	return files, nil
}

// merged returns what a tidied go.sum says of other people's modules and what the one
// before says of siblings. Both are sorted by path, and so is the result.
func merged(after, before []byte) []byte {
	lines := append(filter(after, false), filter(before, true)...)
	slices.SortStableFunc(lines, func(a, b string) int {
		pathA, _, _ := strings.Cut(a, " ")
		pathB, _, _ := strings.Cut(b, " ")
		return strings.Compare(pathA, pathB)
	})
	return []byte(strings.Join(lines, ""))
}

// filter returns the lines of a go.sum that speak of our modules, or those that do not.
func filter(sum []byte, ours bool) []string {
	var lines []string
	for line := range strings.Lines(string(sum)) {
		if path, _, _ := strings.Cut(line, " "); repo.Ours(path) == ours {
			lines = append(lines, line)
		}
	}
	return lines
}

// put writes a file, or removes it when there is nothing to be written.
func put(path string, data []byte) error {
	if len(data) > 0 {
		return os.WriteFile(path, data, 0o644)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
