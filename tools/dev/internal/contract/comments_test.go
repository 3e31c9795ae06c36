package contract

import (
	"strings"
	"testing"
)

// Each edit of the workspace leaves something undocumented, or deprecates in a wrong way. The contract is
// written again before the check, so that nothing else is found.
func TestComments(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a function":      {"// Start starts.\n", "", "lib/lib.go:58: Start is exported and has no comment"},
		"a type":          {"// Node is a node.\n", "", "lib/lib.go:61: Node is exported and has no comment"},
		"a method":        {"// Close ends it.\n", "", "lib/lib.go:64: Node.Close is exported and has no comment"},
		"a variable":      {"// ErrClosed: it is closed.\n", "", "lib/lib.go:31: ErrClosed is exported and has no comment"},
		"a constant":      {"// Patience is how long.\n", "", "lib/lib.go:12: Patience is exported and has no comment"},
		"a group":         {"// Limits.\n", "", "lib/lib.go:16: MaxNames is exported and has no comment"},
		"fields":          {" // two names", "", "lib/lib.go:38: Config.B is exported and has no comment"},
		"a promoted one":  {" // in metres", "", "lib/lib.go:50: Config.Depth is exported and has no comment"},
		"an interface's":  {"\t// Name names.\n\tName() string", "\tName() string", "lib/lib.go:79: Sealed.Name is exported and has no comment"},
		"a package":       {"// Package lib is a library.\n", "", "lib/deprecated.go:1: package lib has no comment"},
		"in another file": {"// System names it.\n", "", "lib/system_linux.go:3: System is exported and has no comment"},

		"no name":      {"use [Start].", "it was bad.", "lib/deprecated.go:6: Old has the comment \"Deprecated: it was bad.\": write `Deprecated: use X.`"},
		"no capital":   {"Deprecated: use", "deprecated: use", "write `Deprecated: use X.` as a paragraph"},
		"no colon":     {"Deprecated: use", "Deprecated, use", "write `Deprecated: use X.` as a paragraph"},
		"nowhere":      {"use [Start].", "use [Begin].", "Old is deprecated in favour of Begin, which is nowhere"},
		"nowhere else": {"use [Start].", "use trial.Tried.", "Old is deprecated in favour of trial.Tried, which is nowhere"},
		"itself":       {"use [Start].", "use Old.", "Old is deprecated in favour of Old, which is deprecated itself"},
		"a draft":      {"use [Start].", "use trial.Try.", "Old is deprecated in favour of trial.Try, which is a draft"},
	} {
		t.Run(name, func(t *testing.T) {
			co := newCheckout(t)
			co.edit(c.old, c.new)
			co.write() // it refuses to when Old is as new
			if err := Check(co.env); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("it does not say\n%s\nbut\n%v", c.want, err)
			}
		})
	}
}

// What is deprecated stands in deprecated.go, but for what stands inside a type.
func TestPlace(t *testing.T) {
	for old, want := range map[string]string{
		"// Close ends it.\n":    "lib/lib.go:67: Node.Close is deprecated: move it to deprecated.go",
		"\t// Port is a port.\n": "",
	} {
		co := newCheckout(t)
		indent := old[:strings.Index(old, "/")]
		co.edit(old, old+indent+"//\n"+indent+"// Deprecated: use errors.Is.\n")
		if err := co.write(); err != nil {
			t.Fatal(err)
		}
		err := Check(co.env)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("of %q it says %v", old, err)
		}
	}
}

// All is told at once, in the order of files and lines.
func TestAll(t *testing.T) {
	co := newCheckout(t)
	co.edit("// Start starts.\n", "")
	co.edit("// Node is a node.\n", "")
	co.edit("use [Start].", "use [Begin].")
	err := Check(co.env)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	var places []string
	for line := range strings.Lines(err.Error()) {
		places = append(places, strings.Join(strings.SplitN(line, ":", 3)[:2], ":"))
	}
	if got := strings.Join(places, " "); got != "lib/deprecated.go:6 lib/lib.go:58 lib/lib.go:60" {
		t.Errorf("it tells\n%v", err)
	}
}
