package patch

import (
	"path"
	"path/filepath"
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
	want, folders := p.touched(all, func(dir string) bool {
		files, _ := filepath.Glob(filepath.Join(e.Root, filepath.FromSlash(dir), "*.go"))
		return len(files) > 0
	})
	names := strings.Join(append(slices.Clone(want), folders...), ", ")
	if names == "" {
		return "no test, for none is about what it touches", nil
	}
	e.Say("patch: tests of %s: what the patch touches, and what uses it. Of much code they take minutes", names)
	var packages []string
	for _, dir := range folders {
		packages = append(packages, "./"+dir)
	}
	for _, dir := range want {
		m := slices.IndexFunc(all, func(m repo.Module) bool { return m.Dir == dir })
		// Not ./dir/..., which takes in the modules below.
		out, err := e.Command("go", "list", "-f", "{{if eq .Module.Path \""+all[m].Path+"\"}}{{.ImportPath}}{{end}}", "./"+dir+"/...").Output()
		if err != nil {
			return "", err
		}
		packages = append(packages, strings.Fields(string(out))...)
	}
	return "the tests of " + names, check.Packages(e, packages)
}

// touched returns the folders of the modules whose tests have to run, in the order
// of their dependence, and single folders. A text changes nothing of what its module or the
// importers of that do: the package beside it may read it, and the tooling does.
func (p *patch) touched(all []repo.Module, hasGo func(dir string) bool) (modules, folders []string) {
	var dirs []string
	for _, m := range all {
		dirs = append(dirs, m.Dir)
	}
	code := map[string]bool{}
	var texts []string
	for _, ch := range p.changes {
		dir := inside(dirs, ch.path)
		switch {
		case dir != "" && path.Ext(ch.path) != ".md":
			code[dir] = true
		case path.Dir(ch.path) == "." && strings.HasPrefix(ch.path, "go.work"):
			return dirs, nil
		default:
			texts = append(texts, ch.path)
		}
	}
	paths := map[string]bool{}
	for _, m := range all { // each after those that it uses
		if code[m.Dir] || slices.ContainsFunc(m.Uses, func(path string) bool { return paths[path] }) {
			paths[m.Path] = true
			modules = append(modules, m.Dir)
		}
	}
	add := func(dir string) {
		if m := inside(dirs, dir+"/x"); m != "" && !slices.Contains(modules, m) && !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	for _, text := range texts {
		dir := path.Dir(text)
		for dir != "." && !slices.Contains(dirs, dir) && !hasGo(dir) {
			dir = path.Dir(dir)
		}
		if hasGo(dir) {
			add(dir)
		}
	}
	if len(texts) > 0 {
		add(tooling)
	}
	return modules, folders
}
