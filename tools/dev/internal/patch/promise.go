package patch

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// specifications is the package that stands for them in an api.txt.
const specifications = "spec"

// module is one of the workspace, before the patch and with it.
type module struct {
	dir      string
	old, now contract.API // what it promised, and what it promises
}

// stable reports whether the module promised anything for good before the patch.
func (m module) stable() bool {
	return slices.ContainsFunc(m.old, func(e contract.Entry) bool { return e.State == contract.Stable })
}

// modules reads what each module promises. A module that the patch removes is one
// that keeps no promise.
func modules(e *repo.Env, base string) ([]module, error) {
	dirs := map[string]*module{}
	for _, rev := range []string{base, "HEAD"} {
		files, err := tree(e, rev)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			dir := path.Dir(f)
			if path.Base(f) == "go.mod" && dirs[dir] == nil {
				dirs[dir] = &module{dir: dir}
			}
		}
		for _, f := range files {
			m := dirs[path.Dir(f)]
			if m == nil || path.Base(f) != "api.txt" {
				continue
			}
			text, err := at(e, rev, f)
			if err != nil {
				return nil, err
			}
			api, err := contract.Parse(text)
			if err != nil {
				return nil, fmt.Errorf("%s in %s: %w", m.dir, short(rev), err)
			}
			if rev == base {
				m.old = api
			} else {
				m.now = api
			}
		}
	}
	var all []module
	for _, m := range dirs {
		all = append(all, *m)
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.dir, b.dir) })
	return all, nil
}

// promises refuses what breaks a program that uses a module.
func promises(_ *repo.Env, p *patch) ([]finding, error) {
	var all []finding
	for _, m := range p.modules {
		if m.stable() && m.now == nil { // told once, and not of each name
			c := p.last(m.dir + "/api.txt")
			all = append(all, finding{
				where: c.where() + ", module " + m.dir,
				what:  fmt.Sprintf("%s/api.txt is gone, or empty: with it go all promises of the module, of which some are stable.", m.dir),
				why:   "a promise that is taken back was none: who builds upon it no longer builds (C4, rules 25 and 58).",
				mend: fmt.Sprintf("git checkout %s -- %s   and the code with it, if it has gone or moved\ngo run ./tools/dev contract && %s",
					short(p.base), shell(m.dir+"/api.txt"), p.add(c, m.dir)),
			})
			continue
		}
		diffs := contract.Compare(m.old, m.now)
		for _, d := range diffs {
			if d.Kind == contract.Broken && !within(d.Old, diffs) {
				c := p.last(m.dir + "/api.txt")
				f := broken(m, d, diffs, p.add(c, m.dir))
				f.where = c.where() + ", module " + m.dir
				all = append(all, f)
			}
		}
	}
	return all, nil
}

// within reports whether a name went with the type that it belongs to, which is told
// already.
func within(e contract.Entry, diffs []contract.Difference) bool {
	owner, _, ok := strings.Cut(e.Name, ".")
	return ok && slices.ContainsFunc(diffs, func(d contract.Difference) bool {
		return d.Kind == contract.Broken && d.Old.Package == e.Package && d.Old.Name == owner && d.New.Name == ""
	})
}

// broken explains one promise that is not kept. Again is the command that puts what mends it into the commit.
func broken(m module, d contract.Difference, diffs []contract.Difference, again string) finding {
	old, name := d.Old, called(m, d.Old)
	mend := func(text string, args ...any) string {
		return fmt.Sprintf(text, args...) + "\ngo run ./tools/dev contract && " + again
	}
	switch {
	case old.Package == specifications:
		return finding{
			what: fmt.Sprintf("the specification %s, which was %s (%s), is %s (%s) now.", old.Name, quote(old.Decl), old.State, quote(d.New.Decl), d.New.State),
			why:  "who implemented it cannot be asked, and has to stay right (C4, rule 58; rfcs/MATURITY.md).",
			mend: mend("leave it as it was, and write a new one beside it, with a name of its own"),
		}
	case old.State == contract.Removed && d.New.Name != "":
		return finding{
			what: fmt.Sprintf("%s was removed once, and comes back: %s.", name, quote(d.New.Decl)),
			why:  "who still has the old meaning in mind, or in a program, gets another one without a word (C4, rule 62).",
			mend: mend("give it a name that was never used, and bring back the line of %s/api.txt that says \"removed\"", m.dir),
		}
	case old.State == contract.Removed || old.State == contract.Deprecated && d.New.Name == "":
		return finding{
			what: fmt.Sprintf("the line of %s in api.txt is gone.", name),
			why:  "the line of a removed name stays, so that nobody gives the name to something else (C4, rule 62).",
			mend: mend("put the line back into %s/api.txt; the command turns its state to \"removed\"", m.dir),
		}
	case d.New.Name == "" || d.New.State == contract.Removed:
		return vanished(old, name, diffs, mend)
	case d.New.Decl != old.Decl:
		return finding{
			what: fmt.Sprintf("%s, which is %s, was %s and is %s. That breaks every program that uses it.", name, old.State, quote(old.Decl), quote(d.New.Decl)),
			why:  "a name keeps its meaning, and what is new comes under a new name (C4, rules 25, 58 and 59).",
			mend: mend("leave %s as it was, and give what is new another name beside it", old.Name),
		}
	}
	return finding{
		what: fmt.Sprintf("%s was %s and would be %s again.", name, old.State, d.New.State),
		why:  "names age in one direction: draft, stable, deprecated, removed (C4, rule 60). A promise that is taken back was none.",
		mend: mend("take back what made it so: \"Draft:\" in its comment, or \"Deprecated:\" out of it"),
	}
}

// vanished explains that a stable name is gone, and tells a rename from the rest.
func vanished(old contract.Entry, name string, diffs []contract.Difference, mend func(string, ...any) string) finding {
	const why = "their authors are not here to be asked: a stable name goes on working, is called deprecated once there is\n" +
		"something better that is stable too, and is removed after long notice (C4, rules 25 and 58 to 61)."
	if to, ok := renamed(old, diffs); ok {
		return finding{
			what: fmt.Sprintf("%s, which is stable, is called %s now: a rename. It breaks every program that says %s.", name, to.Name, name),
			why:  why,
			mend: mend("have both: %s as it is now, and beside it %s again, which only calls it:\n  %s\n"+
				"When %s is no draft (any more), %s moves to deprecated.go with the comment\n  // Deprecated: use %s.", to.Name, old.Name, old.Decl, to.Name, old.Name, to.Name),
		}
	}
	return finding{
		what: fmt.Sprintf("%s, which is stable, is gone: %s. That breaks every program that says %s.", name, quote(old.Decl), name),
		why:  why,
		mend: mend("bring it back:\n  %s\nIf there is something better, that comes beside it under a new name. "+
			"When it is no draft (any more), %s moves to deprecated.go with the comment\n  // Deprecated: use NEW.", old.Decl, old.Name),
	}
}

// called is how a program writes the name.
func called(m module, e contract.Entry) string {
	return path.Base(path.Join(m.dir, e.Package)) + "." + e.Name
}

// renamed looks for a new name in the same package with the declaration that an old one had.
func renamed(old contract.Entry, diffs []contract.Difference) (contract.Entry, bool) {
	was := nameless(old)
	i := slices.IndexFunc(diffs, func(d contract.Difference) bool {
		return d.Kind == contract.Added && d.Old.Name == "" && d.New.Package == old.Package && nameless(d.New) == was
	})
	if i < 0 {
		return contract.Entry{}, false
	}
	return diffs[i].New, true
}

// nameless is a declaration without its own name.
func nameless(e contract.Entry) string {
	name := e.Name[strings.LastIndex(e.Name, ".")+1:]
	return regexp.MustCompile(`\b`+regexp.QuoteMeta(name)+`\b`).ReplaceAllLiteralString(e.Decl, "_")
}
