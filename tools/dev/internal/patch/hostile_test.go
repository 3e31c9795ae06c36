package patch

import (
	"slices"
	"strings"
	"testing"
)

// What others chose, names of files and of people, is pasted into a shell with the command that
// mends it: the shell sees it as one word, or it is not in the command.
func TestPasted(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.write("tide/$(id>&2).go", "package tide\n\nvar x int\n")
	c.commit(solved)
	c.git("update-ref", "refs/remotes/origin/main", "HEAD")
	c.write("tide/$(id>&2).go", "package tide\n\nvar x = 1\n")
	c.commit(solved)
	c.refused(untested, `-- 'tide/$(id>&2).go' && go test ./tide/... ; git checkout HEAD -- 'tide/$(id>&2).go'`)

	for _, name := range []string{"Eve \"Q\x1b]0;owned\a\" y", "#eve"} {
		t.Setenv("GIT_AUTHOR_NAME", name)
		c.git("commit", "--quiet", "--amend", "--no-edit", "--reset-author")
		out := c.refused(untested, "does not stand in AUTHORS", "Mend: To go by another name")
		if strings.ContainsAny(out, "\x1b\a") || strings.Contains(out, "printf") {
			t.Errorf("of %q it says %q", name, out)
		}
	}
}

// A new file has no old state to look at.
func TestPastedNew(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.write("tide/new.go", "package tide\n\nvar x int\n")
	c.commit(solved)
	if out := c.refused(untested, "see it fail without your change\n"); strings.Contains(out, "git checkout") {
		t.Errorf("it says\n%s", out)
	}
}

// A subject that is all there is, and is called a solution.
func TestSolutionAlone(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.commit("Solution: x")
	c.refused(untested, "the subject names no problem", "says no solution", "2 things to mend")
}

// Where git knows too little, it is said what is missing.
func TestCutHistory(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.commit(solved)
	before := c.git("rev-parse", "HEAD^{tree}")
	c.git("update-ref", "refs/remotes/origin/main", c.git("commit-tree", "-m", "x", before))
	c.refused(untested, "have no commit in common: is this a clone of the project?")
	c.write(".git/shallow", c.git("rev-parse", "HEAD")+"\n")
	c.refused(untested, "git fetch --unshallow")
	c.e.Root = t.TempDir()
	c.refused(untested, "this is no clone of the project")
}

// A hook is told by git which repository it runs for, from the folder that it runs in.
func TestInHook(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.commit(solved)
	t.Setenv("GIT_DIR", "../.git")
	t.Setenv("GIT_INDEX_FILE", "nowhere")
	c.correct(untested)
}

func TestPromisesDeleted(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.git("rm", "--quiet", "tide/api.txt")
	c.commit(solved)
	c.refused(untested, "tide/api.txt is gone", "git checkout "+c.git("rev-parse", "HEAD^")[:10]+" -- tide/api.txt", "1 thing to mend")
}

// Declarations that have moved are the same, unless they hold elsewhere.
func TestDeclarations(t *testing.T) {
	const f, g = "func F() { g(1) }\n", "func g(int) {}\n"
	of := func(file, text string) []string { return counted(declarations(file, []byte(text))) }
	both := of("a/x.go", "package a\n\nimport \"errors\"\n\n"+f+g)
	for _, c := range []struct {
		other []string
		same  bool
	}{
		{of("a/x.go", "package a\n\nimport (\n\t\"errors\"\n)\n\n"+g+f), true},
		{of("a/y.go", "// Moved.\npackage a\n\nimport \"errors\"\n\n"+g+f), true},
		{counted(slices.Concat(of("a/y.go", "package a\nimport \"errors\"\n"+g), of("a/x.go", "package a\nimport \"errors\"\n"+f))), true},
		{of("a/x.go", "package a\n\nimport \"other/errors\"\n\n"+f+g), false},
		{of("b/x.go", "package a\n\nimport \"errors\"\n\n"+f+g), false},
		{of("a/x_linux.go", "package a\n\nimport \"errors\"\n\n"+f+g), false},
		{of("a/x.go", "//go:build linux\n\npackage a\n\nimport \"errors\"\n\n"+f+g), false},
		{of("a/x.go", "package a\n\nimport \"errors\"\n\n"+f+g+g), false},
		{of("a/x.go", "package a\n\nimport \"errors\"\n\n"+f), false},
	} {
		if slices.Equal(both, c.other) != c.same {
			t.Errorf("the same: %v, of\n%q\n%q", !c.same, both, c.other)
		}
	}
}
