package contract

import (
	"fmt"
	"path"
	"regexp"
	"strings"
)

// undocumented lists what others can use and has no comment.
func (s *source) undocumented(all []promise) []finding {
	var out []finding
	for _, p := range s.packages {
		if strings.TrimSpace(p.doc) == "" {
			at := s.files.Position(p.files[0].Package)
			out = append(out, finding{at.Filename, at.Line, "package " + p.types.Name() + " has no comment: it is the package's manual"})
		}
	}
	for _, p := range all {
		if p.pkg == nil || p.embedded || strings.TrimSpace(p.own) != "" || (p.shared && strings.TrimSpace(p.group) != "") {
			continue
		}
		out = append(out, finding{p.at.Filename, p.at.Line, p.Name + " is exported and has no comment: say what it is, in what unit, between what bounds, and what may go wrong"})
	}
	return out
}

var (
	// aging is a paragraph that means to deprecate, in whatever way.
	aging = regexp.MustCompile(`(?im)(\A|\n\n)\s*(deprecated\b[^\n]*)`)
	// aged is the way that tools understand and that helps people: [X] and X alike.
	aged = regexp.MustCompile(`^Deprecated: use \[?\*?([\pL_][\pL\d_./-]*)\]?`)
)

// misdeprecated lists what is deprecated in another way than the house's.
func (s *source) misdeprecated(all []promise) []finding {
	var out []finding
	for _, p := range all {
		if p.pkg == nil {
			continue
		}
		say := func(format string, args ...any) {
			out = append(out, finding{p.at.Filename, p.at.Line, fmt.Sprintf(format, args...)})
		}
		found := aging.FindStringSubmatch(p.own)
		if found == nil {
			found = aging.FindStringSubmatch(p.group)
		}
		if found == nil {
			continue
		}
		use := aged.FindStringSubmatch(found[2])
		if use == nil {
			say("%s has the comment %q: write `Deprecated: use X.` as a paragraph of its own, where X is what to use in its place", p.Name, found[2])
			continue
		}
		name := strings.TrimRight(use[1], ".")
		switch x, ok := s.lookup(p.pkg, name, all); {
		case !ok:
			say("%s is deprecated in favour of %s, which is nowhere: name something that this package, or one that it imports, exports", p.Name, name)
		case x.State == Deprecated:
			say("%s is deprecated in favour of %s, which is deprecated itself: name what to use in the end", p.Name, name)
		case x.State == Draft && state(p.pkg.doc) != Draft:
			say("%s is deprecated in favour of %s, which is a draft: nobody is sent to a place that may move; make %s stable first (C4, rule 60)", p.Name, name, name)
		}
		if !p.member && path.Base(p.at.Filename) != "deprecated.go" {
			say("%s is deprecated: move it to deprecated.go in its folder, where all that will go one day stands together", p.Name)
		}
	}
	return out
}

// lookup finds what a comment names: X or T.X of the same package, or p.X of another one.
func (s *source) lookup(home *pkg, name string, all []promise) (Entry, bool) {
	for _, p := range all {
		if p.pkg == home && p.Name == name {
			return p.Entry, true
		}
	}
	owner, rest, ok := strings.Cut(name, ".")
	if !ok {
		return Entry{}, false
	}
	for _, p := range all {
		if p.pkg != nil && p.pkg.types.Name() == owner && p.Name == rest {
			return p.Entry, true
		}
	}
	first, _, _ := strings.Cut(rest, ".")
	for _, other := range home.types.Imports() { // somebody else's: whether it is a draft we cannot know
		if obj := other.Scope().Lookup(first); other.Name() == owner && obj != nil && obj.Exported() {
			return Entry{State: Stable, Name: rest}, true
		}
	}
	return Entry{}, false
}
