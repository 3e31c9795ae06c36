package patch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRefused: each is refused for one reason, and told it.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*checkout)
		says []string
	}{
		{"no solution", func(c *checkout) {
			c.commit("Problem: x\n\nIt is mended.")
		}, []string{"says no solution: its text has to begin with", "Solution: the least that ends it."}},
		{"an empty solution", func(c *checkout) {
			c.commit("Problem: x\n\nSolution:\n")
		}, []string{"the solution is empty"}},
		{"a solution at the end", func(c *checkout) {
			c.commit("Problem: x\n\nIt hurts.\n\nSolution: y")
		}, []string{`the text begins with "It hurts."`}},
		{"no empty line", func(c *checkout) {
			c.commit("Problem: x\nSolution: y")
		}, []string{"the second line is not empty"}},
		{"no problem", func(c *checkout) {
			c.commit("Make it better\n\nSolution: y")
		}, []string{"the subject names no problem", "C4, rules 30 and 35"}},
		{"two problems", func(c *checkout) {
			c.commit("Problem: x\n\nSolution: y\n\nProblem: z\n\nSolution: z")
		}, []string{"has 2 problems and 2 solutions: a commit is one of each", "git reset --soft HEAD^", "C4, rule 23"}},
		{"two problems, not last", func(c *checkout) {
			c.commit("Problem: x\n\nSolution: y\n\nProblem: z\n\nSolution: z")
			c.commit(solved)
		}, []string{"git rebase -i ", "(and write edit in the place of pick before "}},
		{"a fixup", func(c *checkout) {
			c.commit("fixup! Problem: x")
		}, []string{"a fixup! that was not put into its commit", "git rebase -i --autosquash "}},
		{"a merge", func(c *checkout) {
			c.git("checkout", "--quiet", "-b", "side")
			c.commit(solved)
			c.git("checkout", "--quiet", "main")
			c.git("merge", "--quiet", "--no-ff", "-m", "Merge branch 'side'", "side")
		}, []string{"is a merge", "git rebase "}},
		{"a long subject, not last", func(c *checkout) {
			c.commit("Problem: " + strings.Repeat("x", 41) + "\n\nSolution: y")
			c.commit(solved)
		}, []string{"the subject has 50 characters", "(and write reword in the place of pick before "}},
		{"a licence in SPDX", func(c *checkout) {
			c.write("boat/oar.go", "// SPDX-License-Identifier: MIT\n\npackage boat\n")
			c.commit(solved)
		}, []string{`boat/oar.go is licensed as "MIT"`, "C4, rules 18, 19 and 26"}},
		{"a licence in words", func(c *checkout) {
			c.write("boat/oar.go", "/* Copyright 2009 Somebody. All rights reserved.\n*/\npackage boat\n")
			c.commit(solved)
		}, []string{`boat/oar.go says "/* Copyright 2009 Somebody. All rights reserved."`}},
		{"a licence of its own", func(c *checkout) {
			c.write("boat/LICENSE.txt", "Do as you like.\n")
			c.commit(solved)
		}, []string{"boat/LICENSE.txt is another licence"}},
		{"another repository", func(c *checkout) {
			c.git("update-index", "--add", "--cacheinfo", "160000,"+c.git("rev-parse", "HEAD")+",boat/hull")
			c.git("commit", "--quiet", "--message="+solved)
			if err := os.Mkdir(filepath.Join(c.e.Root, "boat/hull"), 0o755); err != nil { // as a clone leaves it
				c.t.Fatal(err)
			}
		}, []string{"boat/hull is another repository (a submodule)"}},
		{"a stranger", func(c *checkout) {
			c.t.Setenv("GIT_AUTHOR_NAME", "Grace O'Hopper")
			c.commit(solved)
			c.commit(solved)
		}, []string{`its author, "Grace O'Hopper", does not stand in AUTHORS`, "C4, rules 20 to 22",
			`printf '%s\n' 'Grace O'\''Hopper' >> AUTHORS && git add AUTHORS && git commit --fixup=`}},
		{"left over", func(c *checkout) {
			c.commit(solved)
			c.write("README.md", "# Later\n")
			c.write("a\x1bb", "")
		}, []string{"is not clean: README.md", `"a\x1bb"`, "git stash"}},
		{"another declaration", func(c *checkout) {
			c.replace("tide/api.txt", "High(int) int", "High(float64) int")
			c.commit(solved)
		}, []string{`tide.High, which is stable, was "func High(int) int" and is "func High(float64) int"`, "leave High as it was"}},
		{"a draft again", func(c *checkout) {
			c.replace("tide/api.txt", "stable\t.\tHigh", "draft\t.\tHigh")
			c.commit(solved)
		}, []string{"tide.High was stable and would be draft again", "C4, rule 60"}},
		{"a fix in a model", func(c *checkout) {
			c.write("tide/tide.xml", "<tide/>\n")
			c.commit(solved)
		}, []string{"changes what the stable module tide does (tide/tide.xml)"}},
		{"a test taken away", func(c *checkout) {
			c.replace("tide/tide.go", "meters * 2", "meters + meters")
			c.git("rm", "--quiet", "tide/tide_test.go")
			c.commit(solved)
		}, []string{"no test of tide is new or changed"}},
		{"a comment as a test", func(c *checkout) {
			c.replace("tide/tide.go", "meters * 2", "meters + meters")
			c.replace("tide/tide_test.go", "import", "// It is tested.\nimport")
			c.commit(solved)
		}, []string{"no test of tide is new or changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			noCode(t)
			co := newCheckout(t)
			c.make(co)
			out := co.refused(untested, append(c.says, "NOT CORRECT YET: 1 thing to mend")...)
			if strings.Contains(out, "\x1b") {
				t.Errorf("what others wrote comes through: %q", out)
			}
		})
	}
}

// TestAccepted: what looks suspicious, and is not.
func TestAccepted(t *testing.T) {
	for _, c := range []struct {
		name string
		make func(*checkout)
	}{
		{"a comment in stable code", func(c *checkout) {
			c.replace("tide/tide.go", "// High is", "// High tells")
			c.commit(solved)
		}},
		{"stable code in another file", func(c *checkout) {
			low := "// Low is how low it falls.\nfunc Low() int { return 0 }\n"
			c.replace("tide/tide.go", "\n"+low, "")
			c.write("tide/deprecated.go", "package tide\n\n"+low)
			c.commit(solved)
		}},
		{"an example in testdata", func(c *checkout) {
			c.replace("tide/tide.go", "meters * 2", "meters + meters")
			c.write("tide/testdata/zero.txt", "0 0\n")
			c.commit(solved)
		}},
		{"a test in the next commit", func(c *checkout) {
			c.replace("tide/tide.go", "meters * 2", "meters + meters")
			c.commit(solved)
			c.replace("tide/tide_test.go", "High(3) != 6", "6 != High(3)")
			c.commit(solved)
		}},
		{"generated code", func(c *checkout) {
			c.write("tide/tide_gen.go", "// Code generated by zproto. DO NOT EDIT.\n\npackage tide\n\nvar x int\n")
			c.commit(solved)
		}},
		{"code of a module that is a draft", func(c *checkout) {
			c.replace("boat/boat.go", "> 1", ">= 1")
			c.commit(solved)
		}},
		{"deprecated, with a successor", func(c *checkout) {
			c.replace("tide/api.txt", "stable\t.\tLow\tfunc Low() int\n", "deprecated\t.\tLow\tfunc Low() int\ndraft\t.\tEbb\tfunc Ebb() int\n")
			c.commit(solved)
		}},
		{"our licence in a header, and the author's copyright", func(c *checkout) {
			c.write("boat/oar.go", "// Copyright 2026 "+author+"\n// SPDX-License-Identifier: LGPL-3.0-only\n\npackage boat\n")
			c.commit(solved)
		}},
		{"a licence that was there", func(c *checkout) {
			c.write("boat/oar.js", "// SPDX-License-Identifier: MIT\nrow()\n")
			c.commit(solved)
			c.git("update-ref", "refs/remotes/origin/main", "HEAD")
			c.write("boat/oar.js", "// SPDX-License-Identifier: MIT\nrow(2)\n")
			c.commit(solved)
		}},
		{"a licence in a test's data", func(c *checkout) {
			c.write("boat/testdata/header.c", "/* SPDX-License-Identifier: MIT */\n")
			c.commit(solved)
		}},
		{"49 characters", func(c *checkout) {
			c.commit("Problem: " + strings.Repeat("ö", 40) + "\n\nSolution: y\n\nSigned-off-by: " + author)
		}},
		{"the first patch of somebody", func(c *checkout) {
			c.t.Setenv("GIT_AUTHOR_NAME", "grace")
			c.replace("AUTHORS", author, author+"\ngrace")
			c.commit(solved)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			noCode(t)
			co := newCheckout(t)
			c.make(co)
			co.correct(untested, "NO TEST RAN (--tests=none)")
		})
	}
}

// TestFails: what the tests of a patch say.
func TestFails(t *testing.T) {
	for _, c := range []struct {
		name, file, old, now string
		says                 []string
	}{
		{"a test", "boat/boat.go", "> 1", "> 9", []string{"it sank", "FAIL\tgithub.com/zeromq/gozyre/boat", "a test fails", "C4, rules 24 and 27"}},
		{"the format", "boat/boat.go", "> 1", ">1", []string{"not formatted, run gofmt -w on: boat/boat.go"}},
		{"vet", "boat/boat.go", "> 1 }", "> 1; panic(0) }", []string{"unreachable code"}},
		{"the compiler", "tide/tide.go", "meters * 2", "metres * 2", []string{"undefined: metres"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			noCode(t)
			co := newCheckout(t)
			co.replace(c.file, c.old, c.now)
			co.replace("tide/tide_test.go", "High(3) != 6", "6 != High(3)")
			co.commit(solved)
			co.refused(touched, append(c.says, "NOT CORRECT YET: 1 thing to mend")...)
		})
	}
}

// TestBase: where a patch begins is told, and what to do when it is not known.
func TestBase(t *testing.T) {
	noCode(t)
	c := newCheckout(t)
	c.refused(untested, "there is no commit since", "commit your change first", "git remote add upstream https://github.com/zeromq/gozyre")
	first := c.git("rev-parse", "HEAD")
	c.commit(solved)
	c.git("update-ref", "refs/remotes/origin/main", "HEAD") // our fork, to which we pushed
	c.refused(untested, "there is no commit since")
	c.git("update-ref", "refs/remotes/upstream/main", first)
	c.correct(untested, "1 commit since "+first[:10]+", where it left upstream/main")
	c.commit(solved)
	c.correct(untested, "2 commits since")
	c.correct(Command{Base: "HEAD^", Tests: "none"}, "1 commit since", "where it left HEAD^\n")
	c.refused(Command{Base: "--all", Tests: "none"}, `--base="--all" is no commit here`)

	c.git("update-ref", "-d", "refs/remotes/upstream/main")
	c.git("update-ref", "-d", "refs/remotes/origin/main")
	c.git("checkout", "--quiet", "-b", "mine")
	c.git("branch", "--force", "main", first)
	c.correct(untested, "2 commits since "+first[:10]+", where it left main")
	c.git("branch", "--delete", "--force", "main")
	c.refused(untested, "neither upstream/main nor origin/main", "--base REV")
}
