// Package gen regenerates what is generated, and tells whether that changed
// anything.
package gen

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev gen`.
type Command struct {
	Check bool `help:"Fail when a generated file was not what its source makes of it."`
}

// Run calls go generate in every module.
func (c *Command) Run(e *repo.Env) error {
	before, err := generated(e)
	if err != nil {
		return err
	}
	modules, err := e.Modules()
	if err != nil {
		return err
	}
	for _, m := range modules {
		if err := e.Command("go", "generate", "./...").In(m.Dir).Run(); err != nil {
			return err
		}
	}
	after, err := generated(e)
	if err != nil {
		return err
	}
	changed := differing(before, after)
	for _, name := range changed {
		e.Say("gen: changed %s", name)
	}
	if c.Check && len(changed) > 0 {
		return fmt.Errorf("%d generated file(s) were not what their source makes of them; they are now: look at `git diff` and commit them", len(changed))
	}
	return nil
}

// generated returns the digests of all generated files of the checkout that
// git does not ignore, whether they are committed or not.
func generated(e *repo.Env) (map[string][sha256.Size]byte, error) {
	list, err := e.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, err
	}
	sums := map[string][sha256.Size]byte{}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(e.Root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted and not committed yet
		}
		if err != nil {
			return nil, err
		}
		if isGenerated(name, data) {
			sums[name] = sha256.Sum256(data)
		}
	}
	return sums, nil
}

// isGenerated knows a file by its name, or by the mark that tools look for.
func isGenerated(name string, data []byte) bool {
	base := filepath.Base(name)
	if strings.Contains(base, "_gen.") {
		return true
	}
	head := data[:min(len(data), 1024)]
	for line := range bytes.Lines(head) {
		if bytes.Contains(line, []byte("Code generated ")) && bytes.Contains(line, []byte("DO NOT EDIT")) {
			return filepath.Ext(base) != ".tmpl"
		}
	}
	return false
}

func differing(before, after map[string][sha256.Size]byte) []string {
	names := map[string]bool{}
	for name, sum := range before {
		names[name] = after[name] != sum
	}
	for name, sum := range after {
		names[name] = before[name] != sum
	}
	maps.DeleteFunc(names, func(_ string, differs bool) bool { return !differs })
	return slices.Sorted(maps.Keys(names))
}
