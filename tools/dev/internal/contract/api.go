// Package contract knows what each module promises: its exported names, each with
// its state. The promise of a module is the file api.txt in its folder.
//
// A name begins as a draft, which may change. Once it is stable it stays as it is;
// it may be deprecated, which says what to use in its place; a deprecated name may be
// removed after long notice, and never comes back as something else (C4, rules 55 to 63).
// A paragraph of its comment says so, or of the comment of what it is part of: its type, its
// group, its package. It begins with "Draft:" or "Deprecated:".
//
// Promised with them are the path and the name of each package, and the types that users cannot
// name but get at through a promise: what a function returns, what a constraint allows.
//
// Names of parameters are no part of the promise. What a module promises is what it has on
// linux/amd64, without build tags.
package contract

import (
	"fmt"
	"slices"
	"strings"
)

// State is how far a name has come in its life.
type State string

// The states, in their order.
const (
	Draft      State = "draft"
	Stable     State = "stable"
	Deprecated State = "deprecated"
	Removed    State = "removed" // its line stays, so that the name is not reused
)

var states = []State{Draft, Stable, Deprecated, Removed}

// Entry is one promise: a line of api.txt.
type Entry struct {
	State   State
	Package string // its folder in the module: "." is the module's own
	Name    string // as in "Start", "Node.Join", "Config.Port"
	Decl    string // the declaration on one line: "func (*Node) Join(string) error"
}

// API is the promises of one module, sorted.
type API []Entry

// Parse reads an api.txt: a line is STATE, PACKAGE, NAME and the declaration, with tabs
// between them; # begins a comment, and an empty line is none.
func Parse(text []byte) (API, error) {
	var api API
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || line[0] == '#' {
			continue
		}
		f := strings.SplitN(line, "\t", 4)
		if len(f) != 4 || !slices.Contains(states, State(f[0])) {
			return nil, fmt.Errorf("api.txt:%d: %q: a line is STATE, PACKAGE, NAME and the declaration, with tabs between them; a state is one of %v", number, line, states)
		}
		api = append(api, Entry{State(f[0]), f[1], f[2], f[3]})
	}
	api.sort()
	return api, nil
}

func (a API) sort() {
	slices.SortFunc(a, func(x, y Entry) int {
		if c := strings.Compare(x.Package, y.Package); c != 0 {
			return c
		}
		return strings.Compare(x.Name, y.Name)
	})
}

// Format writes an api.txt.
func (a API) Format() []byte {
	var b strings.Builder
	b.WriteString("# What this module promises; `go run ./tools/dev contract` writes it. STATE, PACKAGE, NAME, declaration.\n")
	for _, e := range a {
		fmt.Fprintf(&b, "%s\t%s\t%s\t%s\n", e.State, e.Package, e.Name, e.Decl)
	}
	return []byte(b.String())
}

// find returns the entry of a name.
func (a API) find(pkg, name string) (Entry, bool) {
	i := slices.IndexFunc(a, func(e Entry) bool { return e.Package == pkg && e.Name == name })
	if i < 0 {
		return Entry{}, false
	}
	return a[i], true
}

// Kind is what a change means to who uses the module.
type Kind int

// The kinds, the worse later.
const (
	None    Kind = iota // of what is promised nothing changed
	Added               // a name is new, or became stable
	Drafted             // a draft changed or went
	Retired             // a name was deprecated
	Gone                // a deprecated name was removed
	Broken              // a stable name changed or went, or a removed one came back: refused
)

func (k Kind) String() string {
	return [...]string{"none", "added", "draft changed", "deprecated", "removed", "BROKEN"}[k]
}

// Difference is one changed promise.
type Difference struct {
	Kind     Kind
	Old, New Entry // the zero Entry where there is none
}

// spelled are two names of one type: to write the other breaks nobody.
var spelled = strings.NewReplacer("interface{}", "any", "byte", "uint8", "rune", "int32")

// same reports whether two declarations mean the same.
func same(x, y string) bool { return x == y || spelled.Replace(x) == spelled.Replace(y) }

// Compare tells what became of an older promise.
func Compare(old, now API) []Difference {
	var all []Difference
	for _, o := range old {
		n, ok := now.find(o.Package, o.Name)
		k := None
		switch {
		case o.State == Draft && (!ok || !same(n.Decl, o.Decl)):
			k = Drafted
		case o.State == Draft && n.State != Draft:
			k = Added
		case o.State == Draft:
		case !ok || !same(n.Decl, o.Decl) || slices.Index(states, n.State) < slices.Index(states, o.State):
			k = Broken
		case o.State == Stable && n.State == Removed:
			k = Broken
		case n.State == Deprecated && o.State == Stable:
			k = Retired
		case n.State == Removed && o.State == Deprecated:
			k = Gone
		}
		if k != None {
			all = append(all, Difference{k, o, n})
		}
	}
	for _, n := range now {
		if _, ok := old.find(n.Package, n.Name); !ok && n.State != Removed {
			all = append(all, Difference{Added, Entry{}, n})
		}
	}
	return all
}

// Worst is the gravest kind among differences.
func Worst(all []Difference) (k Kind) {
	for _, d := range all {
		k = max(k, d.Kind)
	}
	return k
}
