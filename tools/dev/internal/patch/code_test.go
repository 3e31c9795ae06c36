package patch

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/contract"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

func TestTokens(t *testing.T) {
	const code = "package x\n\n// F is.\nfunc F() { g(1) }\n"
	for text, same := range map[string]bool{
		"package x\n\n// F was.\nfunc F() {\n\tg(1) // one\n}\n": true,
		"package x\n\nfunc F() {\n\tg(\n\t\t1,\n\t)\n}\n":        true,
		"package x\n\nfunc F() {\n\tg(1)\n\treturn\n}\n":         false,
		"package x; func F() { g(1) }\n":                         true,
		"/* x */ package x\nfunc F() { g( 1 ) }":                 true,
		"package x\n\n// F is.\nfunc F() { g(2) }\n":             false,
		"//go:build linux\n\npackage x\n\nfunc F() { g(1) }\n":   false,
		"package x\n\nimport \"C\"\n\nfunc F() { g(1) }\n":       false,
		"package x\n\n//go:noinline\nfunc F() { g(1) }\n":        false,
		"package x\n\n// F is \"quoted\" `\nfunc F() { g(1) }\n": true,
	} {
		if slices.Equal(tokens([]byte(code)), tokens([]byte(text))) != same {
			t.Errorf("the code of %q is the same: %v", text, !same)
		}
	}
	cgo := "package x\n\n// int a = %;\nimport \"C\"\n"
	if slices.Equal(tokens([]byte(cgo)), tokens([]byte("package x\n\n// int b = %;\nimport \"C\"\n"))) {
		t.Error("C code is taken for a comment")
	}
	if got := tokens([]byte("// Package x is.\npackage x\n")); got != nil {
		t.Errorf("a package clause is code: %q", got)
	}
}

func TestSplit(t *testing.T) {
	for subject, want := range map[string][2]string{
		"Problem: the quick brown fox jumps over the lazy dog":         {"Problem: the quick brown fox jumps over the lazy", "dog"},
		"Problem: the quick brown fox jumps over the lazyy dog":        {"Problem: the quick brown fox jumps over the lazyy", "dog"},
		"Problem: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa": {"Problem: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaa"},
	} {
		if first, rest := split(subject); first != want[0] || rest != want[1] {
			t.Errorf("%q is split into %q and %q", subject, first, rest)
		}
	}
}

// A type that is renamed is told once, and not its methods and fields too.
func TestRenamedType(t *testing.T) {
	parse := func(text string) contract.API {
		api, err := contract.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return api
	}
	p := &patch{commits: []commit{{hash: "0123456789abcdef"}}, modules: []module{{
		dir: "libzyre/beacon",
		old: parse("stable\t.\tNode\ttype Node struct\nstable\t.\tNode.Name\tName string\nstable\t.\tNode.Join\tfunc (n *Node) Join(group string) error\n"),
		now: parse("draft\t.\tPeer\ttype Peer struct\ndraft\t.\tPeer.Name\tName string\ndraft\t.\tPeer.Join\tfunc (n *Peer) Join(group string) error\n"),
	}}}
	found, err := promises(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 1 || !strings.Contains(found[0].what, "beacon.Node, which is stable, is called Peer now: a rename") {
		t.Errorf("it is told as %+v", found)
	}

	// A removed name comes back, and a line that keeps one from that goes.
	p.modules[0].old = parse("removed\t.\tA\tfunc A()\nremoved\t.\tB\tfunc B()\ndeprecated\tsub\tC\tfunc C()\n")
	p.modules[0].now = parse("draft\t.\tA\tfunc A(int)\n")
	if found, err = promises(nil, p); err != nil || len(found) != 3 {
		t.Fatal(found, err)
	}
	for i, want := range []string{"beacon.A was removed once, and comes back", "the line of beacon.B in api.txt is gone", "the line of sub.C in api.txt is gone"} {
		if !strings.Contains(found[i].what, want) {
			t.Errorf("it is told as %+v", found[i])
		}
	}
}

// A specification has implementations, not callers.
func TestSpecification(t *testing.T) {
	p := &patch{commits: []commit{{hash: "0123456789abcdef"}}, modules: []module{{
		dir: "rfcs",
		old: contract.API{{State: contract.Stable, Package: "spec", Name: "zre", Decl: "ZRE/2 1.0"}},
		now: contract.API{{State: contract.Draft, Package: "spec", Name: "zre", Decl: "ZRE/2 1.0"}},
	}}}
	found, err := promises(nil, p)
	if err != nil || len(found) != 1 || !strings.Contains(found[0].what, "the specification zre") || !strings.Contains(found[0].mend, "write a new one beside it") {
		t.Errorf("it is told as %+v, %v", found, err)
	}
}

func TestListed(t *testing.T) {
	if got := listed("# Not: \nAda  Lovelace\r\n\n#Grace\ngrace\n"); !slices.Equal(got, []string{"Ada Lovelace", "grace"}) {
		t.Errorf("AUTHORS lists %q", got)
	}
}

// A text concerns its own module, code those that use it too, and what lies in no
// module the tests of the tooling.
func TestTouched(t *testing.T) {
	all := []repo.Module{
		{Dir: "zpl", Path: "p/zpl"}, {Dir: "lib", Path: "p/lib", Uses: []string{"p/zpl"}},
		{Dir: "lib/sub", Path: "p/lib/sub"}, {Dir: "tools", Path: "p/tools", Uses: []string{"p/lib"}},
	}
	hasGo := func(dir string) bool { return dir == "zpl" || dir == "tools/top" || dir == tooling }
	for file, want := range map[string]string{
		"zpl/a/b.go":        "[zpl lib tools] []",
		"zpl/README.md":     "[] [zpl tools/dev]",
		"zpl/doc/x.md":      "[] [zpl tools/dev]",
		"lib/README.md":     "[] [tools/dev]",
		"lib/sub/a.txt":     "[lib/sub] []",
		"tools/a.go":        "[tools] []",
		"tools/top/a.md":    "[] [tools/top tools/dev]",
		"tools/docs/x.md":   "[] [tools/dev]",
		"README.md":         "[] [tools/dev]",
		".github/x/y.md":    "[] [tools/dev]",
		"go.work":           "[zpl lib lib/sub tools] []",
		"zpl/a.go zpl/a.md": "[zpl lib tools] []",
	} {
		p := &patch{}
		for _, name := range strings.Fields(file) {
			p.changes = append(p.changes, change{path: name, status: "M"})
		}
		modules, folders := p.touched(all, hasGo)
		if got := fmt.Sprint(modules, " ", folders); got != want {
			t.Errorf("of %s the tests of %v run", file, got)
		}
	}
}
