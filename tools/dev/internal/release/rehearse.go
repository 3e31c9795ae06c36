package release

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/zeromq/gozyre/tools/dev/internal/binaries"
)

// rehearse makes the release in the yard, and tries it. All is tried, even when something fails.
func (y *yard) rehearse(skip ...string) error {
	steps, err := plan(y.Env)
	show(y.Stdout, steps)
	if err != nil {
		return err
	}
	if err := cgo(y.Env); err != nil {
		y.Say("release: WARNING: NOT REHEARSED: codecs/libzmq, and the tests that need it: `go run ./tools/dev setup` installs what is missing: %v", err)
	}
	c := clock{e: y.Env}
	if err := c.time("commit and tags", func() error { return y.publish(steps) }); err != nil {
		return err
	}
	y.fresh("stranger")
	failed := []error{
		c.time("work goes on", y.goesOn),
		c.time("tidy", func() error { return y.tidied(steps) }),
		c.time("licences", func() error { return y.licensed(steps) }),
		c.time("go install", func() error { return y.install(toolsVersion(steps)) }),
		c.time("a program outside", func() error { return y.program(steps) }),
	}
	if !slices.Contains(skip, "tests") {
		for _, s := range steps {
			failed = append(failed, c.time("tests of "+s.Dir, func() error { return y.test(s) }))
		}
	}
	var artefacts []binaries.Artefact
	if !slices.Contains(skip, "binaries") {
		failed = append(failed, c.time("binaries", func() (err error) {
			artefacts, err = binaries.Build(y.Env, y.Root, toolsVersion(steps))
			return err
		}), c.time("what is downloaded", func() error { return binaries.Try(y.Env, filepath.Join(y.Root, "dist")) }))
	}

	summary(y.Stdout, steps, artefacts)
	c.show()
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("the rehearsal FAILED, and said why above, in:\n%w", err)
	}
	if len(skip) > 0 {
		y.Say("release: WARNING: NOT REHEARSED: %s", strings.Join(skip, ", "))
	}
	y.Say("release: rehearsed, all is well")
	return nil
}

// toolsVersion is the one of what is downloaded.
func toolsVersion(steps []step) string {
	i := slices.IndexFunc(steps, func(s step) bool { return s.Dir == "tools" })
	if i < 0 {
		return ""
	}
	return steps[i].version()
}

// summary prints what there is to get now.
func summary(out io.Writer, steps []step, artefacts []binaries.Artefact) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nMODULE\tVERSION\t")
	for _, s := range steps {
		state := "released before"
		if s.next != "" {
			state = "new"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", s.Path, s.version(), state)
	}
	t.Flush()

	if len(artefacts) > 0 {
		fmt.Fprintln(out)
		binaries.Table(out, artefacts)
	}
	fmt.Fprintln(out)
}
