package patch

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// evidence asks for a test with a fix to a module that people stand on.
func evidence(e *repo.Env, p *patch) ([]finding, error) {
	var dirs []string
	for _, m := range p.modules {
		dirs = append(dirs, m.dir)
	}
	var all []finding
	for _, m := range p.modules {
		if !m.stable() {
			continue
		}
		var fixes []string
		edited := "" // one of them that was there before: its old state can be looked at
		tested := false
		for _, ch := range p.changes {
			if inside(dirs, ch.path) != m.dir {
				continue
			}
			test := isTest(ch.path)
			if test && ch.new == "" {
				continue // a test that is taken away shows nothing
			}
			does, err := matters(e, ch)
			if err != nil {
				return nil, err
			}
			tested = tested || test && does
			if !test && does {
				fixes = append(fixes, ch.path)
				if edited == "" && ch.status == "M" {
					edited = ch.path
				}
			}
		}
		if tested || len(fixes) == 0 {
			continue
		}
		if only, err := moved(e, p.changes, fixes); err != nil || only {
			if err != nil {
				return nil, err
			}
			continue
		}
		c := p.last(fixes[0])
		all = append(all, finding{
			where: c.where(),
			what:  fmt.Sprintf("changes what the stable module %s does (%s), and no test of %s is new or changed.", m.dir, some(fixes), m.dir),
			why:   "people stand on this code: a test shows the problem, fails before the patch and passes after it (C4, rule 54).",
			mend: fmt.Sprintf("write one in %[1]s/…_test.go or %[1]s/testdata that does what the issue did, and see it fail without your change%[2]s\n%[3]s",
				m.dir, without(p, edited, m), p.add(c, m.dir)),
		})
	}
	return all, nil
}

// moved reports whether all that some files declared is declared still, in another order or
// in another file of its package: then the code does what it did.
func moved(e *repo.Env, changes []change, files []string) (bool, error) {
	var before, after []string
	for _, ch := range changes {
		if !slices.Contains(files, ch.path) {
			continue
		}
		if path.Ext(ch.path) != ".go" {
			return false, nil
		}
		old, err := blob(e, ch.old)
		if err != nil {
			return false, err
		}
		now, err := blob(e, ch.new)
		if err != nil {
			return false, err
		}
		before = append(before, declarations(ch.path, old)...)
		after = append(after, declarations(ch.path, now)...)
	}
	return slices.Equal(counted(before), counted(after)), nil
}

// counted sorts declarations. What several files import is imported once.
func counted(all []string) []string {
	slices.Sort(all)
	return slices.CompactFunc(all, func(x, y string) bool { return x == y && strings.Contains(x, "; import ") })
}

// without is the command that runs a module's tests with a file as it was before the patch.
func without(p *patch, file string, m module) string {
	if file == "" {
		return ""
	}
	return fmt.Sprintf(":\ngit checkout %s -- %[2]s && go test %s ; git checkout HEAD -- %[2]s", short(p.base), shell(file), shell("./"+m.dir+"/..."))
}

func isTest(file string) bool {
	return strings.HasSuffix(file, "_test.go") || slices.Contains(strings.Split(file, "/"), "testdata")
}

// matters reports whether a change is one of what the code does: of Go code, comments
// and formatting aside, or of a model. Of what lies in testdata any change is.
func matters(e *repo.Env, ch change) (bool, error) {
	switch {
	case path.Ext(ch.path) == ".xml", isTest(ch.path) && path.Ext(ch.path) != ".go":
		return true, nil
	case path.Ext(ch.path) != ".go":
		return false, nil
	}
	old, err := blob(e, ch.old)
	if err != nil {
		return false, err
	}
	now, err := blob(e, ch.new)
	if err != nil {
		return false, err
	}
	if generated(now) || ch.new == "" && generated(old) {
		return false, nil // its model is asked about
	}
	return !slices.Equal(tokens(old), tokens(now)), nil
}
