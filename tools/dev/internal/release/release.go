// Package release gives modules their versions.
//
// A version is a tag, libzyre/beacon/v0.1.0 for instance; nothing else remembers one. `plan`
// reads them, and finds out what changed since and which version follows: by SemVer, from
// the gravest change of what a module promises (its api.txt). A module whose sibling gets a
// version gets one too, for its go.mod changes.
//
// A release is one commit, on which all its tags are. It has the siblings' versions in each
// go.mod and in go.work's replaces, their hashes in each go.sum, and the sections in each
// CHANGELOG.md: so it changes nothing after the tags, and the next plan finds nothing to do.
// `dev tidy` leaves the siblings' lines of go.sum alone; in a workspace nobody looks at
// them, and the next release writes them anew.
//
// It is made in a throw-away clone with a module cache of its own. There git takes the
// project's published address for the clone's (insteadOf), so that the go command gets our
// modules by tags that nobody else has seen. Then all is tried with a cache that is empty, as
// a stranger would. `rehearse` throws it away; `tag` fetches the commit and the tags.
//
// What a CHANGELOG.md says under Unreleased comes first in a version's section, then a line
// for each commit since the last version. A first version gets no such lines: nobody had an
// earlier one, so what changed on the way to it is no news.
package release

import (
	"fmt"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev release`.
type Command struct {
	Plan      planCommand      `cmd:"" help:"Show what changed in each module since its last version, and which version follows."`
	Changelog changelogCommand `cmd:"" help:"Show what the next section of each CHANGELOG.md says."`
	Rehearse  rehearseCommand  `cmd:"" help:"Release in a throw-away clone, and try everything there as a stranger would."`
	Binaries  binariesCommand  `cmd:"" help:"Make what people download of the last commit: archives, packages, checksums; and try it."`
	Tag       tagCommand       `cmd:"" help:"Rehearse; if all is well, take the release's commit and tags into this checkout. Pushes nothing."`
}

type planCommand struct{}

// Run shows the plan, of the working tree as it is.
func (*planCommand) Run(e *repo.Env) error {
	steps, err := plan(e)
	show(e.Stdout, steps)
	return err
}

type changelogCommand struct {
	Module string `arg:"" optional:"" help:"Only of this module: its folder, as in libzyre/beacon."`
}

// Run shows the sections.
func (c *changelogCommand) Run(e *repo.Env) error {
	steps, err := plan(e)
	if err != nil {
		return err
	}
	found := false
	for _, s := range steps {
		if c.Module != "" && c.Module != s.Dir {
			continue
		}
		found = true
		if s.next == "" {
			fmt.Fprintf(e.Stdout, "%s: unchanged since %s\n\n", s.Dir, s.last)
			continue
		}
		said, err := section(e, s)
		if err != nil {
			return err
		}
		fmt.Fprintf(e.Stdout, "%s %s:\n\n%s\n\n", s.Dir, s.next, said)
	}
	if !found {
		return fmt.Errorf("go.work has no module in the folder %q", c.Module)
	}
	return nil
}

type rehearseCommand struct {
	Keep bool     `help:"Leave the clone and its module caches for a look, and say where they are."`
	Skip []string `enum:"tests,binaries" placeholder:"PART" help:"Leave out what takes longest: tests, binaries."`
}

// Run rehearses what is committed.
func (c *rehearseCommand) Run(e *repo.Env) error {
	left, err := unsaved(e)
	if err != nil {
		return err
	}
	warn := func() {
		if left != "" {
			e.Say("release: WARNING: only what is committed is rehearsed, and this is not:\n%s", strings.TrimRight(left, "\n"))
		}
	}
	warn()
	defer warn()
	y, err := newYard(e)
	if err != nil {
		return err
	}
	if c.Keep {
		e.Say("release: it is in %s, and stays there", y.dir)
	} else {
		defer y.close()
	}
	return y.rehearse(c.Skip...)
}

type tagCommand struct{}

// Run rehearses, and takes what came of it.
func (*tagCommand) Run(e *repo.Env) error {
	left, err := unsaved(e)
	if err != nil {
		return err
	}
	if left != "" {
		return fmt.Errorf("commit or remove this first, for what is tagged is what is committed:\n%s", left)
	}
	if _, err := git(e, "var", "GIT_COMMITTER_IDENT"); err != nil {
		return err // it says how to tell git who you are
	}
	y, err := newYard(e)
	if err != nil {
		return err
	}
	defer y.close()
	if err := y.rehearse(); err != nil {
		return err
	}
	return y.take(e)
}

// take brings the release from the yard into the checkout, and says how it goes on from there.
func (y *yard) take(e *repo.Env) error {
	if _, err := git(e, "fetch", "--quiet", "--tags", y.Root, "HEAD"); err != nil {
		return err
	}
	if _, err := git(e, "merge", "--quiet", "--ff-only", "FETCH_HEAD"); err != nil {
		return fmt.Errorf("%w\nthe tags are here already: remove those of `git tag --points-at FETCH_HEAD`, and begin anew", err)
	}
	list, err := git(e, "tag", "--points-at", "HEAD")
	if err != nil {
		return err
	}
	e.Say("release: the commit and the tags are in this checkout, and nowhere else. To publish them, type")
	fmt.Fprintf(e.Stdout, "git push --atomic origin HEAD:main %s\n", strings.Join(strings.Fields(list), " "))
	return nil
}
