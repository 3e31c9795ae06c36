package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/check"
	"github.com/zeromq/gozyre/tools/dev/internal/tidy"
)

// tidied asks that nobody's go.mod or go.sum changes who uses the modules by version.
func (y *yard) tidied(steps []step) error {
	var bad []error
	for _, s := range steps {
		if _, err := y.run(s.Dir, "go", "mod", "tidy", "-diff"); err != nil {
			bad = append(bad, err)
		}
	}
	return errors.Join(bad...)
}

// licensed asks that each module brings the licence: git makes its zip, and the root's
// LICENSE goes into a module that has none.
func (y *yard) licensed(steps []step) error {
	args := []string{"mod", "download", "-json"}
	for _, s := range steps {
		args = append(args, s.Path+"@"+s.version())
	}
	out, err := y.run(y.dir, "go", args...)
	if err != nil {
		return err
	}
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
		var m struct{ Path, Dir string }
		if err := d.Decode(&m); err != nil {
			return err
		}
		if _, err := os.Stat(filepath.Join(m.Dir, "LICENSE")); err != nil {
			return fmt.Errorf("who gets %s gets no licence: %w", m.Path, err)
		}
	}
	return nil
}

// goesOn asks that work can go on from the commit of the release: the workspace resolves, `dev
// tidy` has nothing to do, and no other release follows.
func (y *yard) goesOn() error {
	if _, err := y.Command("go", "list", "-deps", "-test", "-f", "{{with .Error}}{{.}}{{end}}", "work").Output(); err != nil {
		return err
	}
	if err := (&tidy.Command{Check: true}).Run(y.Env); err != nil {
		return err
	}
	if left, err := unsaved(y.Env); err != nil || left != "" {
		return errors.Join(err, fmt.Errorf("the release is not all committed: %s", left))
	}
	again, err := plan(y.Env)
	if err != nil {
		return err
	}
	for _, s := range again {
		if s.next != "" {
			return fmt.Errorf("after the release %s would get another one, %s: %s", s.Dir, s.next, s.reason)
		}
	}
	return nil
}

// test runs a module's tests as whoever has only that module would.
func (y *yard) test(s step) error {
	packages := []string{"./..."}
	if cgo(y.Env) != nil {
		var err error
		if packages, err = y.withoutCgo(s); err != nil || len(packages) == 0 {
			return err
		}
	}
	c := y.Command("go", append([]string{"test", "-json", "-short", "-count=1"}, packages...)...)
	_, err := check.Test(c.In(s.Dir).With(y.variables...), y.Stdout)
	return err
}

// withoutCgo lists the packages of a module whose tests do not need libzmq.
func (y *yard) withoutCgo(s step) ([]string, error) {
	out, err := y.run(s.Dir, "go", "list", "-e", "-test", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "./...")
	if err != nil {
		return nil, err
	}
	var all, need []string
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		name := strings.TrimSuffix(f[0], ".test")
		if name == theCgo || slices.Contains(f, theCgo) {
			need = append(need, name)
		}
		if !strings.Contains(line, "[") && name == f[0] {
			all = append(all, name)
		}
	}
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(need, name) }), nil
}
