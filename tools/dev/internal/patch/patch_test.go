package patch

import (
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

const solved = "Problem: the tide is wrong\n\nSolution: it is right."

// untested looks at everything but the tests.
var untested = Command{Tests: "none"}

// touched is what people run.
var touched = Command{Tests: "touched"}

// fix is a correct patch to the stable module: what was wrong, and a test of it.
func fix(c *checkout) {
	c.replace("tide/tide.go", "meters * 2", "meters + meters")
	c.replace("tide/tide_test.go", "High(3) != 6", "High(3) != 6 || High(0) != 0")
}

func TestCorrect(t *testing.T) {
	c := newCheckout(t)
	fix(c)
	c.commit(solved)
	c.correct(touched,
		"dev: patch: 1 commit since ", "where it left origin/main (another: --base REV)",
		"ok  \tgithub.com/zeromq/gozyre/tide", "ok  \tgithub.com/zeromq/gozyre/boat", // which uses tide
		"dev: patch: correct: 1 commit, 2 files; passed in", "the tests of tide, boat",
		"next: git push origin HEAD, and open a pull request to main")
}

func TestStableFunctionRemoved(t *testing.T) {
	c := newCheckout(t)
	c.replace("tide/tide.go", "\n// Low is how low it falls.\nfunc Low() int { return 0 }\n", "")
	c.replace("tide/api.txt", "stable\t.\tLow\tfunc Low() int\n", "")
	c.replace("tide/tide_test.go", "High(3) != 6", "6 != High(3)")
	c.commit("Problem: nobody needs Low\n\nSolution: it is gone.")
	c.refused(touched,
		`commit `+c.git("rev-parse", "HEAD")[:10]+` "Problem: nobody needs Low", module tide`,
		`tide.Low, which is stable, is gone: "func Low() int". That breaks every program that says tide.Low`,
		"is called deprecated once there is", "and is removed after long notice (C4, rules 25 and 58 to 61)",
		"bring it back:\n           func Low() int\n         If there is something better, that comes beside it under a new name",
		"Low moves to deprecated.go with the comment\n           // Deprecated: use NEW.\n",
		"go run ./tools/dev contract && git add tide && git commit --amend --no-edit",
		"patch: NOT CORRECT YET: 1 thing to mend")
}

func TestStableFunctionRenamed(t *testing.T) {
	c := newCheckout(t)
	c.replace("tide/tide.go", "// Low is how low it falls.\nfunc Low()", "// Ebb is how low it falls.\nfunc Ebb()")
	c.replace("tide/api.txt", "stable\t.\tLow", "stable\t.\tEbb")
	c.replace("tide/api.txt", "func Low", "func Ebb")
	c.replace("tide/tide_test.go", "High(3) != 6", "6 != High(3)")
	c.commit("Problem: Low is a poor name\n\nSolution: Ebb.")
	c.refused(touched,
		"tide.Low, which is stable, is called Ebb now: a rename. It breaks every program that says tide.Low",
		"a stable name goes on working", "C4, rules 25 and 58 to 61",
		"have both: Ebb as it is now, and beside it Low again, which only calls it:\n           func Low() int\n",
		"Low moves to deprecated.go with the comment\n           // Deprecated: use Ebb.\n")
}

func TestSubjectOf60(t *testing.T) {
	c := newCheckout(t)
	fix(c)
	c.commit("Problem: the tide rises much höher than that harbour's walls\n\nSolution: it is right.")
	c.refused(touched,
		"the subject has 60 characters, and there is room for 49", "under 50 characters (C4, rule 28)",
		"Mend: git commit --amend",
		`# keep     "Problem: the tide rises much höher than that" (44 characters)`,
		`move "harbour's walls" into the text below the empty line`,
		"1 thing to mend")
}

func TestFixWithoutTest(t *testing.T) {
	c := newCheckout(t)
	c.replace("tide/tide.go", "meters * 2", "meters + meters")
	c.commit(solved)
	out := c.refused(touched,
		"changes what the stable module tide does (tide/tide.go), and no test of tide is new or changed",
		"a test shows the problem, fails before the patch and passes after it (C4, rule 54)",
		"write one in tide/…_test.go or tide/testdata",
		"-- tide/tide.go && go test ./tide/... ; git checkout HEAD -- tide/tide.go",
		"git add tide && git commit --amend --no-edit")
	if strings.Contains(out, "2. ") {
		t.Errorf("something else is wrong too:\n%s", out)
	}
}

// All that is wrong is said at once, and nothing that somebody wrote plays with the terminal.
func TestAllAtOnce(t *testing.T) {
	c := newCheckout(t)
	t.Setenv("GIT_AUTHOR_NAME", "Mallory \x1b]0;owned\a")
	c.replace("tide/tide.go", "meters * 2", "meters * 3")
	c.commit("\x1b[2Jtide \u202e is wrong")
	out := c.refused(touched,
		`"\x1b[2Jtide \u202e is wrong"`, "the subject names no problem", "says no solution",
		`its author, "Mallory \x1b]0;owned", does not stand in AUTHORS`, "git config user.name 'NAME'",
		"no test of tide", "FAIL\tgithub.com/zeromq/gozyre/tide", "a test fails", "5 things to mend")
	if strings.ContainsAny(out, "\x1b\a\u202e") {
		t.Errorf("what others wrote comes through: %q", out)
	}
}

// What lies about is not what is sent: it is said before minutes go into tests of it.
func TestUnclean(t *testing.T) {
	c := newCheckout(t)
	c.replace("tide/tide.go", "meters * 2", "meters * 3")
	c.commit("Problem: tide is wrong\n\nSolution: it is right.")
	c.write("left.txt", "over")
	out := c.refused(touched, "the work tree\n   What: is not clean: left.txt", "git stash --include-untracked", "no test of tide", "no test ran")
	if strings.Contains(out, "FAIL") {
		t.Errorf("tests ran:\n%s", out)
	}
}

// A promise that the code breaks, and api.txt does not say so.
func TestCodeBreaksPromise(t *testing.T) {
	c := newCheckout(t)
	c.replace("tide/tide.go", "Low()", "Lowest()")
	c.replace("tide/tide_test.go", "High(3) != 6", "6 != High(3)")
	c.commit(solved)
	c.refused(touched, "api.txt and the code", "tide/api.txt:", "func Low() int", "go run ./tools/dev contract", "1 thing to mend")
}

// noCode keeps a test to what api.txt says, whatever the code does.
func noCode(t *testing.T) {
	before := checkContracts
	checkContracts = func(*repo.Env) error { return nil }
	t.Cleanup(func() { checkContracts = before })
}
