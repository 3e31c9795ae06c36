package release

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/binaries"
	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

type binariesCommand struct {
	Version string `placeholder:"VERSION" help:"What to call it. Default: the version that the plan has for tools."`
	Into    string `placeholder:"DIR" help:"Keep what was made in this folder, which must not be there yet. Default: it is thrown away."`
	NoTry   bool   `help:"Do not try what was made."`
}

// Run makes the binaries of the last commit in a clone of its own.
func (c *binariesCommand) Run(e *repo.Env) error {
	began := time.Now()
	if c.Into != "" {
		if _, err := os.Lstat(c.Into); err == nil {
			return fmt.Errorf("--into %s: it is there already: remove it, or name another", c.Into)
		}
	}
	tmp, err := os.MkdirTemp("", "gozyre-binaries-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	clone := filepath.Join(tmp, "gozyre")
	if _, err := e.Command("git", "clone", "--quiet", "--no-local", e.Root, clone).Output(); err != nil {
		return err
	}
	version := c.Version
	if version == "" {
		steps, err := plan(e)
		if err != nil {
			return err
		}
		version = toolsVersion(steps)
	}
	made, err := binaries.Build(e, clone, version)
	binaries.Table(e.Stdout, made)
	if err != nil {
		return err
	}
	dist := filepath.Join(clone, "dist")
	if !c.NoTry {
		if err := binaries.Try(e, dist); err != nil {
			return err
		}
	}
	if c.Into != "" {
		if err := keep(made, c.Into); err != nil {
			return err
		}
	}
	e.Say("binaries: done in %s", time.Since(began).Round(time.Second))
	return nil
}

// keep copies what is published, into one folder.
func keep(made []binaries.Artefact, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, a := range made {
		if a.Kind == "binary" {
			continue // they are in the archives
		}
		data, err := os.ReadFile(a.Path)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(a.Path)), data, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
