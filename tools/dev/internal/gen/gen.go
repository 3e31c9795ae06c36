// Package gen makes anew what is generated, from nothing: files that no model
// makes any longer go away. It tells whether that changed anything.
package gen

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev gen`.
type Command struct {
	Check bool `help:"Fail when a generated file was not what its source makes of it."`
}

// Run takes all generated files away that git can bring back and calls go generate in every module. When
// a generator fails, the files are put back as they were.
func (c *Command) Run(e *repo.Env) error {
	before, err := generated(e)
	if err != nil {
		return err
	}
	if err := anew(e, before); err != nil {
		return errors.Join(err, restore(e, before))
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

func anew(e *repo.Env, files map[string][]byte) error {
	modules, err := e.Modules()
	if err != nil {
		return err
	}
	tracked, err := e.Command("git", "ls-files", "-z", "--cached").Output()
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(tracked), "\x00"), "\x00") {
		data, there := files[name]
		if !there || !isGenerated(name, data) {
			continue // it is gone, or only a part of it is generated
		}
		if err := os.Remove(filepath.Join(e.Root, name)); err != nil {
			return err
		}
	}
	for _, m := range modules {
		if err := e.Command("go", "generate", "./...").In(m.Dir).Run(); err != nil {
			return err
		}
	}
	return nil
}

func restore(e *repo.Env, files map[string][]byte) error {
	var failed []error
	for name, data := range files {
		failed = append(failed, os.WriteFile(filepath.Join(e.Root, name), data, 0o666))
	}
	return errors.Join(failed...)
}

// generated returns the contents of all files of the checkout that are generated,
// wholly or in parts, and that git does not ignore, whether they are committed or not.
func generated(e *repo.Env) (map[string][]byte, error) {
	list, err := e.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(e.Root, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted and not committed yet
		}
		if err != nil {
			return nil, err
		}
		if isGenerated(name, data) || isFilled(name, data) {
			files[name] = data
		}
	}
	return files, nil
}

// mark is a line of its own, as a comment of any language.
var mark = regexp.MustCompile(`^(// |# |; |-- |<!-- )?Code generated .* DO NOT EDIT\.( -->)?\r?\n?$`)

// isGenerated knows a file by its name, or by the mark that tools look for.
func isGenerated(name string, data []byte) bool {
	base := filepath.Base(name)
	if strings.Contains(base, "_gen.") {
		return true
	}
	head := data[:min(len(data), 1024)]
	for line := range bytes.Lines(head) {
		if mark.Match(line) {
			return filepath.Ext(base) != ".tmpl"
		}
	}
	return false
}

// isFilled knows a text written by hand that has blocks which a generator fills.
func isFilled(name string, data []byte) bool {
	return filepath.Ext(name) == ".md" && bytes.Contains(data, []byte("\n<!-- zproto "))
}

// differing lists the files that are not the same in both, or in one of them only.
func differing(before, after map[string][]byte) []string {
	var names []string
	for name, data := range before {
		if now, there := after[name]; !there || !bytes.Equal(now, data) {
			names = append(names, name)
		}
	}
	for name := range after {
		if _, there := before[name]; !there {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
