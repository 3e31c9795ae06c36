package release

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// git runs git in the checkout and returns what it printed.
func git(e *repo.Env, args ...string) (string, error) {
	out, err := e.Command("git", args...).Output()
	return string(out), err
}

// lastTag returns the version that a module was released with last, "" if it never was.
func lastTag(e *repo.Env, m repo.Module) (string, error) {
	list, err := git(e, "tag", "--list", m.Dir+"/v*")
	if err != nil {
		return "", err
	}
	var last version
	found := false
	for name := range strings.Lines(list) {
		v, ok := parse(strings.TrimPrefix(strings.TrimSpace(name), m.Dir+"/"))
		if ok && (!found || newer(v, last) > 0) {
			last, found = v, true
		}
	}
	if !found {
		return "", nil
	}
	return last.String(), nil
}

// whole fails where the history is cut off, so that tags or commits may be missing.
func whole(e *repo.Env) error {
	out, err := git(e, "rev-parse", "--is-shallow-repository")
	if err == nil && strings.TrimSpace(out) == "true" {
		err = errors.New("this is a shallow clone, without the tags and commits that versions follow from: run `git fetch --unshallow --tags`")
	}
	return err
}

// unsaved lists what is in the working tree and not committed.
func unsaved(e *repo.Env) (string, error) {
	return git(e, "status", "--porcelain")
}

// goMods lists every go.mod, also of modules outside go.work.
func goMods(e *repo.Env) ([]string, error) {
	list, err := git(e, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "go.mod", "*/go.mod")
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(list, func(r rune) bool { return r == 0 }), nil
}

// files is what git calls the files of a module: its folder without the modules in it.
func files(m repo.Module, goMods []string) []string {
	spec := []string{"--", m.Dir}
	for _, file := range goMods {
		if dir := path.Dir(file); strings.HasPrefix(dir, m.Dir+"/") {
			spec = append(spec, ":(exclude)"+dir)
		}
	}
	return spec
}

// noReplace fails when a go.mod has a replace: who gets the module by its version would not
// have it, and `go install` refuses such a module. The workspace's are in go.work.
func noReplace(e *repo.Env) error {
	mods, err := goMods(e)
	if err != nil {
		return err
	}
	var bad []error
	for _, file := range mods {
		out, err := e.Command("go", "mod", "edit", "-print", file).Output()
		if err != nil {
			return err
		}
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, "replace ") {
				bad = append(bad, fmt.Errorf("%s has a replace, which nobody else gets: put it into go.work, or require the version that has what you need", file))
				break
			}
		}
	}
	return errors.Join(bad...)
}
