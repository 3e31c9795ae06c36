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
			}
		}
		if tested || len(fixes) == 0 {
			continue
		}
		c := p.last(fixes[0])
		all = append(all, finding{
			where: c.where(),
			what:  fmt.Sprintf("changes what the stable module %s does (%s), and no test of %s is new or changed.", m.dir, some(fixes), m.dir),
			why:   "people stand on this code: a test shows the problem, fails before the patch and passes after it (C4, rule 54).",
			mend: fmt.Sprintf("write one in %[1]s/…_test.go or %[1]s/testdata that does what the issue did, and see it fail without your change:\n"+
				"git checkout %[2]s -- %[3]s && go test ./%[1]s/... ; git checkout HEAD -- %[3]s\n%[4]s", m.dir, short(p.base), named(fixes[0]), p.add(c, m.dir)),
		})
	}
	return all, nil
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
