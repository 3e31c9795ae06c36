package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// CONTRIBUTING.md shows one patch from fork to merge. This types its commands, in the
// clone of a fork of this checkout as it was before that patch. The part of GitHub is
// played by two bare repositories, and by pressing one button.

const (
	contributing = "CONTRIBUTING.md"
	project      = "https://github.com/zeromq/gozyre"
	fork         = "https://github.com/YOU/gozyre"
	branch       = "next-index"
)

// block is what stands between two fences: a session with a shell, or an edit.
type block struct{ kind, text string }

var fenced = regexp.MustCompile("(?ms)^```([a-z]*)\n(.*?)^```$")

func blocks(text string) (all []block) {
	for _, m := range fenced.FindAllStringSubmatch(text, -1) {
		all = append(all, block{m[1], m[2]})
	}
	return all
}

// step is a command of a session, and the lines that it prints.
type step struct {
	command string
	shows   []string
}

func (b block) steps() (all []step) {
	for line := range strings.Lines(b.text) {
		line = strings.TrimSuffix(line, "\n")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, step{command: command})
		} else if len(all) > 0 {
			all[len(all)-1].shows = append(all[len(all)-1].shows, line)
		}
	}
	return all
}

func TestContributing(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles much of a second checkout")
	}
	if err := build(); err != nil {
		t.Fatal(err)
	}
	c := &contributor{t: t, home: t.TempDir()}
	c.at = c.home
	all := blocks(string(content(t, contributing)))
	c.github(all)
	merged := false
	for _, b := range all {
		if b.kind == "diff" {
			c.apply(c.at, b.text)
			continue
		}
		for _, s := range b.steps() {
			c.run(s)
			if strings.HasPrefix(s.command, "git push") && !merged {
				c.git(c.path("fork.git"), "push", "--quiet", c.path("project.git"), branch+":main") // "Rebase and merge"
				merged = true
			}
		}
	}
	if !merged || c.commands < 12 {
		t.Errorf("it typed only %d commands: are the fences still right?", c.commands)
	}
}

// contributor follows CONTRIBUTING.md.
type contributor struct {
	t        *testing.T
	home, at string // at is where the shell is
	commands int
}

func (c *contributor) path(name string) string { return filepath.Join(c.home, name) }

// github makes the project as it was before the patch, and its fork.
func (c *contributor) github(all []block) {
	seed := c.path("seed")
	for _, file := range tracked(c.t) {
		info, err := os.Lstat(filepath.Join(top, file))
		if err != nil || !info.Mode().IsRegular() {
			continue // deleted and not committed yet
		}
		text := content(c.t, file)
		if file == "AUTHORS" { // whoever runs this may be called so, or have followed it
			text = bytes.ReplaceAll(text, []byte("Ada Lovelace\n"), nil)
		}
		to := filepath.Join(seed, file)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			c.t.Fatal(err)
		}
		if err := os.WriteFile(to, text, info.Mode().Perm()); err != nil {
			c.t.Fatal(err)
		}
	}
	c.git(seed, "init", "--quiet", "--initial-branch=main")
	for _, b := range slices.Backward(all) {
		if b.kind == "diff" {
			c.apply(seed, b.text, "--reverse")
		}
	}
	c.git(seed, "add", "--all")
	c.git(seed, "commit", "--quiet", "--message=before")
	for _, name := range []string{"project.git", "fork.git"} {
		c.git(c.home, "clone", "--quiet", "--bare", seed, c.path(name))
	}
}

// apply does what an editor would.
func (c *contributor) apply(dir, diff string, flags ...string) {
	c.t.Helper()
	file := c.path("edit.diff")
	if err := os.WriteFile(file, []byte(diff), 0o644); err != nil {
		c.t.Fatal(err)
	}
	c.git(dir, append(append([]string{"apply", "--unidiff-zero"}, flags...), file)...)
}

func (c *contributor) git(dir string, args ...string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), "git", args...)
	cmd.Dir, cmd.Env = dir, c.env()
	if out, err := cmd.CombinedOutput(); err != nil {
		c.t.Fatalf("git %v: %v\n%s%s's patch is part of the project: when what it changes changes, so does what is shown there", args, err, out, contributing)
	}
}

// env has no settings of this machine, and GitHub's addresses lead to our two repositories.
func (c *contributor) env() []string {
	return append(os.Environ(), "PWD="+c.at, "GOPROXY=off", "GOFLAGS=-trimpath", // so that what is compiled here is found the next time
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_COUNT=2",
		"GIT_CONFIG_KEY_0=url."+c.path("project.git")+".insteadOf", "GIT_CONFIG_VALUE_0="+project,
		"GIT_CONFIG_KEY_1=url."+c.path("fork.git")+".insteadOf", "GIT_CONFIG_VALUE_1="+fork,
		"GIT_AUTHOR_NAME=Ada Lovelace", "GIT_AUTHOR_EMAIL=ada@example.org", "GIT_COMMITTER_NAME=Ada Lovelace", "GIT_COMMITTER_EMAIL=ada@example.org")
}

// run types a command, and compares what it prints with what is shown. The dev that
// it runs is this one, compiled already, and it does not run tests of its own.
func (c *contributor) run(s step) {
	c.t.Helper()
	c.commands++
	command := strings.ReplaceAll(s.command, "go run ./tools/dev", filepath.Join(folder, "dev"))
	if strings.HasSuffix(command, "dev patch") {
		command += " --tests=none"
	}
	cmd := exec.CommandContext(c.t.Context(), "sh", "-c", command+"\ncode=$?; pwd >"+c.path("pwd")+"; exit $code")
	cmd.Dir, cmd.Env = c.at, c.env()
	out, err := cmd.CombinedOutput()
	shown := strings.Join(s.shows, "\n")
	fails := regexp.MustCompile(`(?m)^FAIL|NOT CORRECT|^exit status`).MatchString(shown)
	if (err != nil) != fails {
		c.t.Fatalf("`%s` ends with %v, and prints\n%s", s.command, err, out)
	}
	if missing := lacks(string(out), s.shows); missing != "" {
		c.t.Errorf("%s says that `%s` prints\n%s\nand it prints\n%s", contributing, s.command, missing, out)
	}
	if at, err := os.ReadFile(c.path("pwd")); err == nil {
		c.at = strings.TrimSpace(string(at))
	}
}

// untold are lines that the run of a patch's tests prints.
var untold = regexp.MustCompile(`^(ok  |\?   |dev: test: |dev: patch: (tests of|correct)|exit status)|…`) // go run says the status, and it is not in it here

// lacks returns the first line that should be in a text, in its order, and is not.
func lacks(text string, shows []string) string {
	have := strings.Split(plain(text), "\n")
	for _, line := range shows {
		if strings.TrimSpace(line) == "" || untold.MatchString(line) {
			continue
		}
		i := slices.Index(have, plain(line))
		if i < 0 {
			return line
		}
		have = have[i+1:]
	}
	return ""
}

var changing = regexp.MustCompile(`\b[0-9a-f]{10}\b|\(?\b\d+(\.\d+)?m?s\b\)?`)

// plain takes away what is another each time.
func plain(text string) string { return changing.ReplaceAllString(text, "_") }
