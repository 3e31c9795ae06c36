package repo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// ErrTold is the failure of a program that has told the user itself what is
// wrong.
var ErrTold = errors.New("it failed, and said why above")

// longest command line that an error shows whole, in octets.
const longest = 160

// Cmd is a program to be run in the checkout.
type Cmd struct {
	*exec.Cmd
	env *Env
}

// Command prepares a program with the checkout's root as its folder and the
// user's terminal for its output, and go.work in force whatever the user's GOWORK says. It ends with the Env's context: first by an
// interrupt, five seconds later by force.
func (e *Env) Command(name string, args ...string) *Cmd {
	c := exec.CommandContext(e, name, args...)
	c.Dir = e.Root
	c.Env = append(environment(), "PWD="+e.Root, "GOWORK=")
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 5 * time.Second
	return &Cmd{Cmd: c, env: e}
}

// environment is the user's, without what git tells its hooks of the repository that they
// run for: it holds in their folder, and a test with a repository of its own would write there.
func environment() []string {
	return slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}, name)
	})
}

// In makes the program run in a folder below the root.
func (c *Cmd) In(dir string) *Cmd {
	c.Dir = filepath.Join(c.env.Root, dir)
	return c.With("PWD=" + c.Dir)
}

// With adds variables, "NAME=value", to the program's environment.
func (c *Cmd) With(variables ...string) *Cmd {
	c.Env = append(c.Env, variables...)
	return c
}

// Run runs the program with the user's output and waits for it.
func (c *Cmd) Run() error {
	if c.Stdout == nil {
		c.Stdout = c.env.Stdout
	}
	if c.Stderr == nil {
		c.Stderr = c.env.Stderr
	}
	return c.explain(c.Cmd.Run(), "")
}

// Output runs the program and returns what it printed. What it said on its
// standard error is part of the error, if it failed.
func (c *Cmd) Output() ([]byte, error) {
	var out, said bytes.Buffer
	c.Stdout, c.Stderr = &out, &said
	err := c.Cmd.Run()
	return out.Bytes(), c.explain(err, said.String())
}

// Stream runs the program and hands its output to read, on the way.
func (c *Cmd) Stream(read func(io.Reader) error) error {
	if c.Stderr == nil {
		c.Stderr = c.env.Stderr
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return c.explain(err, "")
	}
	readErr := read(out)
	io.Copy(io.Discard, out) // so that the program never waits for us
	if err := c.explain(c.Wait(), ""); err != nil {
		return err
	}
	return readErr
}

func (c *Cmd) explain(err error, said string) error {
	if err == nil {
		return nil
	}
	where, relErr := filepath.Rel(c.env.Root, c.Dir)
	if relErr != nil {
		where = c.Dir
	}
	if said = strings.TrimSpace(said); said != "" {
		said = "\n" + said
	}
	line := strings.Join(c.Args, " ")
	if len(line) > longest {
		line = line[:longest] + "…"
	}
	return fmt.Errorf("`%s` in %s: %w%s", line, filepath.ToSlash(where), err, said)
}

// Say prints one line to the user that tells what dev is doing.
func (e *Env) Say(format string, args ...any) {
	fmt.Fprintf(e.Stdout, "dev: "+format+"\n", args...)
}
