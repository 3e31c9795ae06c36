package binaries

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev release binaries`.
type Command struct {
	Version string `default:"${release}" placeholder:"VERSION" help:"What to call it (default ${default})."`
	Into    string `placeholder:"DIR" help:"Keep what was made in this folder, which must not be there yet. Default: it is thrown away."`
	NoTry   bool   `help:"Do not try what was made."`
}

// Run makes the binaries of the last commit in a clone of its own.
func (c *Command) Run(e *repo.Env) error {
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
	made, err := Build(e, clone, c.Version)
	Table(e.Stdout, made)
	if err != nil {
		return err
	}
	dist := filepath.Join(clone, "dist")
	if !c.NoTry {
		if err := Try(e, dist); err != nil {
			return err
		}
	}
	if c.Into != "" {
		if err := os.CopyFS(c.Into, os.DirFS(dist)); err != nil {
			return err
		}
	}
	e.Say("binaries: done in %s", time.Since(began).Round(time.Second))
	return nil
}

// Table prints what was made.
func Table(w io.Writer, made []Artefact) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, a := range made {
		limit := ""
		if a.Tool != "" {
			limit = fmt.Sprintf("of %.0f", float64(Limit(a.Tool))/1e6)
		}
		fmt.Fprintf(t, "%s\t%s\t%.2f MB\t%s\n", a.Kind, a.Name, float64(a.Octets)/1e6, limit)
	}
	t.Flush()
}
