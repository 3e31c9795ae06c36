package release

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// step is what becomes of one module.
type step struct {
	repo.Module
	last    string        // its last version; "" if there was none
	next    string        // the one that follows; "" if there is nothing to release
	changed int           // files that are not as they were released
	worst   contract.Kind // the gravest change of its promises
	changes string        // all of them: "3 added, 1 draft changed"
	needs   []string      // siblings that get a version too, as in "codecs v0.2.0"
	reason  string
	files   []string // its files, as git is asked for them
}

// version is the one that siblings require.
func (s step) version() string {
	if s.next == "" {
		return s.last
	}
	return s.next
}

func (s step) tag(version string) string { return s.Dir + "/" + version }

// plan says which version of each module follows, in the order of dependence. Where one
// must not follow it says so in its error, and still returns the rest.
func plan(e *repo.Env) ([]step, error) {
	if err := whole(e); err != nil {
		return nil, err
	}
	modules, err := e.Modules()
	if err != nil {
		return nil, err
	}
	mods, err := goMods(e)
	if err != nil {
		return nil, err
	}
	var steps []step
	refused := []error{noReplace(e)}
	for _, m := range modules {
		s, err := follow(e, step{Module: m, files: files(m, mods)}, steps)
		if err != nil {
			refused = append(refused, err)
		}
		steps = append(steps, s)
	}
	return steps, errors.Join(refused...)
}

// follow finds out what changed in a module, and which version that asks for.
func follow(e *repo.Env, s step, before []step) (step, error) {
	var err error
	if s.last, err = lastTag(e, s.Module); err != nil {
		return s, err
	}
	for _, sibling := range before {
		if sibling.next != "" && slices.Contains(s.Uses, sibling.Path) {
			s.needs = append(s.needs, sibling.Dir+" "+sibling.next)
		}
	}
	differences, err := promises(e, s)
	if err != nil {
		return s, err
	}
	s.changes = counted(differences)
	if s.last == "" {
		s.next, s.reason = repo.FirstVersion, "never released"
		return s, nil
	}

	list, err := git(e, append([]string{"diff", "--name-only", s.tag(s.last)}, s.files...)...)
	if err != nil {
		return s, err
	}
	s.changed = strings.Count(list, "\n")
	s.worst = contract.Worst(differences)
	if s.worst == contract.Broken {
		s.reason = "refused: a stable name changed or went"
		return s, broken(s, differences)
	}

	var reasons []string
	if s.worst != contract.None {
		reasons = append(reasons, "contract: "+s.worst.String())
	}
	if s.changed > 0 && s.worst == contract.None {
		reasons = append(reasons, "only code changed")
	}
	if len(s.needs) > 0 {
		reasons = append(reasons, "requires "+strings.Join(s.needs, ", "))
	}
	if len(reasons) == 0 {
		s.reason = "unchanged"
		return s, nil
	}
	s.reason = strings.Join(reasons, "; ")
	last, _ := parse(s.last)
	v := next(last, s.worst)
	s.next = v.String()
	return s, fits(s.Path, v)
}

// promises compares a module's api.txt with the one of its last version. A module that has
// none promises nothing.
func promises(e *repo.Env, s step) ([]contract.Difference, error) {
	name := s.Dir + "/api.txt"
	var then string
	if s.last != "" {
		list, err := git(e, "ls-tree", "--name-only", s.tag(s.last), "--", name)
		if err == nil && list != "" {
			then, err = git(e, "show", s.tag(s.last)+":"+name)
		}
		if err != nil {
			return nil, err
		}
	}
	now, err := os.ReadFile(filepath.Join(e.Root, filepath.FromSlash(name)))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	old, err := contract.Parse([]byte(then))
	if err != nil {
		return nil, fmt.Errorf("%s at %s: %w", s.Dir, s.last, err)
	}
	api, err := contract.Parse(now)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Dir, err)
	}
	return contract.Compare(old, api), nil
}

// counted tells how many changes of each kind there are, the gravest first.
func counted(differences []contract.Difference) string {
	var parts []string
	for kind := contract.Broken; kind > contract.None; kind-- {
		n := 0
		for _, d := range differences {
			if d.Kind == kind {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %v", n, kind))
		}
	}
	if len(parts) == 0 {
		return contract.None.String()
	}
	return strings.Join(parts, ", ")
}

func broken(s step, differences []contract.Difference) error {
	var lines []string
	for _, d := range differences {
		if d.Kind != contract.Broken {
			continue
		}
		now := "it is gone"
		if d.New.Decl != "" {
			now = fmt.Sprintf("it is %s, `%s`", d.New.State, d.New.Decl)
		}
		lines = append(lines, fmt.Sprintf("\n  %s %s was %s, `%s`; %s", d.Old.Package, d.Old.Name, d.Old.State, d.Old.Decl, now))
	}
	return fmt.Errorf("%s promised in %s what it does not keep (C4, rules 58 to 62): put it back, mark it `Deprecated: use X`, and give what is new another name:%s",
		s.Path, s.last, strings.Join(lines, ""))
}

// show prints a plan.
func show(out io.Writer, steps []step) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "MODULE\tLAST\tNEXT\tFILES\tCONTRACT\tREASON")
	for _, s := range steps {
		files := fmt.Sprint(s.changed)
		if s.last == "" {
			files = "all"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Dir, orDash(s.last), orDash(s.next), files, s.changes, s.reason)
	}
	t.Flush()
}

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
