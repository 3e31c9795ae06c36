package patch

import (
	"path"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/check"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// tooling is where the tests are that read what belongs to no module: the READMEs,
// CONTRIBUTING.md, the workflows.
const tooling = "tools/dev"

// test runs tests, and tells which; "" is none.
func (c *Command) test(e *repo.Env, p *patch) (tested string, failed []finding) {
	var err error
	switch c.Tests {
	case "none":
		return "", nil
	case "all":
		tested, err = "everything", (&check.Command{Fast: true}).Run(e)
	default:
		tested, err = p.testTouched(e)
	}
	if err == nil {
		return tested, nil
	}
	where := "the tests"
	if len(p.commits) == 1 {
		where = p.commits[0].where()
	}
	return tested, []finding{{
		where: where,
		what:  "does not build without complaint, or a test fails; it was told above:\n" + strings.TrimSpace(err.Error()),
		why:   "everybody starts from the tip of main; who breaks it stops everybody (C4, rules 24 and 27).",
		mend:  "mend it, see it pass, and git add -A && git commit --amend --no-edit",
	}}
}

func (p *patch) testTouched(e *repo.Env) (string, error) {
	all, err := e.Modules()
	if err != nil {
		return "", err
	}
	want := p.touched(all)
	if len(want) == 0 {
		return "no test, for none is about what it touches", nil
	}
	e.Say("patch: tests of %s: what the patch touches, and what uses it", strings.Join(want, ", "))
	var packages []string
	for _, dir := range want {
		m := slices.IndexFunc(all, func(m repo.Module) bool { return m.Dir == dir })
		if m < 0 {
			packages = append(packages, "./"+dir+"/...")
			continue
		}
		// Not ./dir/..., which takes in the modules below.
		out, err := e.Command("go", "list", "-f", "{{if eq .Module.Path \""+all[m].Path+"\"}}{{.ImportPath}}{{end}}", "./"+dir+"/...").Output()
		if err != nil {
			return "", err
		}
		packages = append(packages, strings.Fields(string(out))...)
	}
	return "the tests of " + strings.Join(want, ", "), check.Packages(e, packages)
}

// touched returns the folders of the modules whose tests have to run, in the order
// of their dependence. A text does not change what the importers of its module do.
func (p *patch) touched(all []repo.Module) []string {
	var dirs []string
	for _, m := range all {
		dirs = append(dirs, m.Dir)
	}
	code, text := map[string]bool{}, map[string]bool{}
	rootText := false
	for _, ch := range p.changes {
		dir := inside(dirs, ch.path)
		switch prose := path.Ext(ch.path) == ".md"; {
		case dir != "" && prose:
			text[dir] = true
		case dir != "":
			code[dir] = true
		case path.Dir(ch.path) == "." && strings.HasPrefix(ch.path, "go.work"):
			return dirs
		default:
			rootText = true
		}
	}
	paths := map[string]bool{}
	var want []string
	for _, m := range all { // each after those that it uses
		uses := slices.ContainsFunc(m.Uses, func(path string) bool { return paths[path] })
		if code[m.Dir] || uses {
			paths[m.Path] = true
		}
		if code[m.Dir] || uses || text[m.Dir] {
			want = append(want, m.Dir)
		}
	}
	if (rootText || len(text) > 0) && slices.Contains(dirs, path.Dir(tooling)) && !slices.Contains(want, path.Dir(tooling)) {
		want = append(want, tooling)
	}
	return want
}
