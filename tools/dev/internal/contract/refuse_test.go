package contract

import (
	"strings"
	"testing"
)

// What breaks a promise is refused by the check and by the command that writes, which then
// writes nothing; and the message says what is lost, and the way.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		says     []string
	}{
		"a function goes": {
			"// Start starts.\nfunc Start(name string, cfg Config) (*Node, error) { return nil, nil }", "",
			[]string{"lib/api.txt:29: the stable `func Start(string, Config) (*Node, error)` of lib is gone: programs that use it no longer build", "Put it back.",
				"moves to deprecated.go with the comment `Deprecated: use NEW.`"},
		},
		"one is renamed": {
			"Start(name", "Begin(name",
			[]string{"lib/api.txt:29: the stable `func Start(string, Config) (*Node, error)` of lib is gone (is it called Begin now?)", "under a new name"},
		},
		"a method is renamed": {
			"Close() error { return nil }", "End() error { return nil }",
			[]string{"`func (*Node) Close() error` of lib is gone (is it called Node.End now?)"},
		},
		"another signature": {
			"Start(name string, cfg Config)", "Start(name string, cfg *Config)",
			[]string{"`func Start(string, Config) (*Node, error)` of lib is `func Start(string, *Config) (*Node, error)` now", "Put it back as it was."},
		},
		"one value more": {
			`System() string { return "linux" }`, `System() (string, error) { return "linux", nil }`,
			[]string{"`func System() string` of lib is `func System() (string, error)` now"},
		},
		"an interface gains a method": {
			"\tName(long bool) string\n", "\tName(long bool) string\n\t// Size is its size.\n\tSize() int\n",
			[]string{"`type Open interface{Name; io.Closer}` of lib is `type Open interface{Name; Size; io.Closer}` now: types that implement it", "a new interface under a new name"},
		},
		"a field goes": {"A, B string", "A string", []string{"the stable `field B string` of lib is gone", "beside it"}},
		"a promoted method goes": {
			"Sink(by", "sink(by",
			[]string{"`func (*Config) Sink(int)` of lib is gone"},
		},
		"a name in a file changes":      {`zpl:"port"`, `zpl:"udp-port"`, []string{"`zpl:\"port\"`", "`zpl:\"udp-port\"`"}},
		"a constant's value":            {"iota + 1", "iota + 2", []string{"`const Large Kind = 2` of lib is `const Large Kind = 3` now: programs that use it no longer build, or do something else"}},
		"a variable's type":             {"var ErrClosed = errors", "var ErrClosed any = errors", []string{"`var ErrClosed error` of lib is `var ErrClosed any` now"}},
		"an alias that is hidden":       {"type number = int", "type number = string", []string{"`type number = int` of lib/veil is `type number = string` now"}},
		"a constraint that is hidden":   {"~int | ~string", "~string", []string{"`type ordered interface{~int | ~string}` of lib/veil is `type ordered interface{~string}` now"}},
		"an interface that is embedded": {"Left(int)", "Left(string)", []string{"`method Left(int)` of lib/veil is `method Left(string)` now"}},
		"a sealed one closes no more":   {"\tio.Closer\n\tsealed", "\tsealed", []string{"`method Close() error` of lib/veil is gone"}},
		"a field that is returned":      {"At int", "In int", []string{"`field At int` of lib/veil is gone"}},
		"a method that is returned":     {"(*run) End()", "(*run) Stop()", []string{"`func (*run) End()` of lib/veil is gone"}},
		"a package's own name":          {"package veil\n", "package veils\n", []string{"`package veil // import \"github.com/zeromq/gozyre/lib/veil\"` of lib/veil is `package veils // import"}},
		"stable is a draft again":       {"// Start starts.\n", "// Start starts.\n//\n// Draft: may change.\n", []string{"`func Start(string, Config) (*Node, error)` of lib is draft again", "Take that mark back."}},
		"a package is a draft":          {"// Package lib is a library.\n", "// Package lib is a library.\n//\n// Draft: may change.\n", []string{"`func System() string` of lib is draft again"}},
		"deprecated is as new":          {"//\n// Deprecated: use [Start].\n", "", []string{"the deprecated `func Old()` of lib is stable again"}},
		"a specification changes":       {"Version | 1", "Version | 2", []string{"the stable `ONE 1` of rfcs/spec is `ONE 2` now", "write a new specification beside it"}},
		"a specification goes back": {
			"Maturity | stable", "Maturity | draft",
			[]string{"the stable `ONE 1` of rfcs/spec is `ONE 1` now, and draft"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			co := newCheckout(t)
			before := co.get("lib/api.txt") + co.get("rfcs/api.txt")
			co.edit(c.old, c.new)
			for what, err := range map[string]error{"the check": Check(co.env), "the command": co.write()} {
				for _, says := range c.says {
					if err == nil || !strings.Contains(err.Error(), says) {
						t.Errorf("%s does not say\n%s\nbut\n%v", what, says, err)
					}
				}
			}
			if co.get("lib/api.txt")+co.get("rfcs/api.txt") != before {
				t.Error("it was written all the same")
			}
		})
	}
}

// A draft changes as it likes; a deprecated name goes, and its line stays, so that it does
// not come back.
func TestLife(t *testing.T) {
	c := newCheckout(t)
	c.edit("Try(n *lib.Node) lib.Kind", "Try(n *lib.Node, again bool) lib.Kind")
	old := "// Old was a good idea.\n//\n// Deprecated: use [Start].\nfunc Old() {}\n"
	c.edit(old, "")
	if err := Check(c.env); err == nil || strings.Count(err.Error(), "it does not say what the code does") != 1 ||
		!strings.Contains(err.Error(), "removed . Old func Old()") || !strings.Contains(err.Error(), "draft trial Try func Try(*lib.Node, bool) lib.Kind") {
		t.Errorf("before it is written, the check finds\n%v", err)
	}
	for range 2 { // the second time changes nothing
		if err := c.write(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(c.get("lib/api.txt"), "removed\t.\tOld\tfunc Old()\n") {
			t.Errorf("nothing is left of Old:\n%s", c.get("lib/api.txt"))
		}
	}
	if err := Check(c.env); err != nil {
		t.Error(err)
	}
	c.put("lib/deprecated.go", "package lib\n\n// Old is another thing.\nfunc Old(int) {}\n")
	for what, err := range map[string]error{"the check": Check(c.env), "the command": c.write()} {
		if err == nil || !strings.Contains(err.Error(), "lib/api.txt:19: Old of lib was removed once, and is there again") {
			t.Errorf("of a removed name %s says\n%v", what, err)
		}
	}
}
