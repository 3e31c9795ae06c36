package contract

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// refused lists the broken promises.
func (c *contract) refused() []finding {
	var all []finding
	for _, d := range Compare(c.old, c.merged) {
		if d.Kind == Broken {
			all = append(all, finding{c.file, c.line(d.Old), c.teach(d)})
		}
	}
	return all
}

// line is where the file has an entry.
func (c *contract) line(e Entry) int {
	number := 0
	for line := range strings.Lines(string(c.text)) {
		number++
		if f := strings.SplitN(line, "\t", 4); len(f) == 4 && f[1] == e.Package && f[2] == e.Name {
			return number
		}
	}
	return 1
}

// teach tells what a change breaks, and the way that breaks nobody.
func (c *contract) teach(d Difference) string {
	o, n := d.Old, d.New
	what := fmt.Sprintf("the %s `%s` of %s ", o.State, o.Decl, c.where(o))
	switch {
	case o.Package == specFolder && n.State != "":
		return what + fmt.Sprintf("is `%s` now, and %s. %s", n.Decl, n.State, specWay)
	case o.Package == specFolder:
		return what + "is gone. " + specWay
	case o.State == Removed:
		return fmt.Sprintf("%s of %s was removed once, and is there again. A program written for the old one could build and do something else: "+
			"a removed name never comes back (C4, rule 62). Give this another name.", o.Name, c.where(o))
	case n.State == "":
		what += "is gone"
		if name := c.renamed(o); name != "" {
			what += " (is it called " + name + " now?)"
		}
		return what + ": programs that use it no longer build (C4, rule 58). Put it back. " + way(o)
	case o.Decl != n.Decl && strings.Contains(o.Decl, " interface{"):
		return what + fmt.Sprintf("is `%s` now: types that implement it, and programs that call it, no longer build (C4, rule 58). Put it back as it was. %s", n.Decl, way(o))
	case o.Decl != n.Decl:
		return what + fmt.Sprintf("is `%s` now: programs that use it no longer build, or do something else (C4, rule 58). Put it back as it was. %s", n.Decl, way(o))
	default:
		return what + fmt.Sprintf("is %s again: a name goes from draft to stable to deprecated and never back, for people rely on it (C4, rule 60). Take that mark back.", n.State)
	}
}

const specWay = "What conforms to a specification that was stable must conform for ever, and a name is never reused (rfcs/MATURITY.md): put it back, and write a new specification beside it."

// way is how to get to something better without breaking anybody.
func way(o Entry) string {
	switch {
	case strings.HasPrefix(o.Decl, "field "):
		return "A better field comes beside it under a new name; then this one gets the comment `Deprecated: use NEW.` and goes on working. It may go when a release has had it so for long."
	case strings.HasPrefix(o.Decl, "method ") || strings.Contains(o.Decl, " interface{"):
		return "More methods make a new interface under a new name, which may embed this one."
	}
	return "What is better comes beside it under a new name; then this one moves to deprecated.go with the comment `Deprecated: use NEW.` and goes on working. " +
		"It may go when a release has had it so for long."
}

// renamed returns the new name that is declared just as a vanished one.
func (c *contract) renamed(o Entry) string {
	i := slices.IndexFunc(c.merged, func(n Entry) bool {
		_, before := c.old.find(n.Package, n.Name)
		return !before && n.Package == o.Package && unnamed(n) == unnamed(o)
	})
	if i < 0 {
		return ""
	}
	return c.merged[i].Name
}

// unnamed is a declaration with a blank for its name.
func unnamed(e Entry) string {
	_, name, member := strings.Cut(e.Name, ".")
	if !member {
		name = e.Name
	}
	return strings.Replace(e.Decl, " "+name, " _", 1)
}

// where names an entry's package for people.
func (c *contract) where(e Entry) string {
	dir := strings.TrimSuffix(c.file, file)
	if e.Package != "." {
		dir += e.Package
	}
	return path.Clean(dir)
}
