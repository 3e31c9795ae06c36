// Package setup installs with the system's own package manager what a build
// with libzmq and the tests need; anything else takes Go alone. When all is
// there it does nothing, and asks nobody.
package setup

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Command is `dev setup`.
type Command struct {
	Test   bool `help:"Install what the tests need as well."`
	Files  bool `help:"Install only what the bench of files needs: rsync."`
	DryRun bool `help:"Only say what would be done."`

	Binaries bool `hidden:""` // install only what trying the released binaries needs
}

// Run installs what is missing and says what it does.
func (c *Command) Run(e *repo.Env) error {
	needs := needed()
	if c.Test {
		needs = append(needs, neededByTests()...)
	}
	if c.Files {
		needs = []need{rsync()}
	}
	if c.Binaries {
		needs = []need{qemu()}
	}
	p, err := planFor(missing(needs), machine())
	if err != nil {
		return err
	}
	for _, text := range p.lacking {
		e.Say("setup: %s", text)
	}
	if len(p.packages) > 0 {
		if err := c.install(e, p, needs); err != nil {
			return err
		}
	}
	if c.Test {
		return c.foreignPeers(e)
	}
	return nil
}

func (c *Command) install(e *repo.Env, p plan, needs []need) error {
	steps := p.steps()
	for i, step := range steps {
		e.Say("setup: %s", strings.Join(step.args, " "))
		if c.DryRun {
			continue
		}
		err := e.Command(step.args[0], step.args[1:]...).With("DEBIAN_FRONTEND=noninteractive").Run()
		if err != nil && i == len(steps)-1 {
			return fmt.Errorf("installing %s: %w", strings.Join(p.what, ", "), err)
		}
	}
	if c.DryRun {
		return nil
	}
	still := missing(needs)
	still = slices.DeleteFunc(still, func(n need) bool { return n.without != "" })
	if len(still) > 0 {
		return fmt.Errorf("%s installed %s, and still there is no %s: look at what it said above",
			p.manager.name, strings.Join(p.packages, " "), still[0].what)
	}
	e.Say("setup: done")
	return nil
}

func missing(needs []need) []need {
	return slices.DeleteFunc(slices.Clone(needs), func(n need) bool { return n.present() })
}

// plan is what has to be done on one machine.
type plan struct {
	manager  manager
	host     host
	what     []string // what is installed, for people
	packages []string // for the package manager
	lacking  []string // what cannot be had here, and what follows
}

// host is what setup has to know about a machine.
type host struct {
	os   string // runtime.GOOS
	root bool
	has  func(program string) bool
}

func machine() host {
	return host{os: runtime.GOOS, root: os.Geteuid() == 0, has: found}
}

// planFor chooses the package manager and the packages.
func planFor(needs []need, h host) (plan, error) {
	p := plan{host: h}
	if len(needs) == 0 {
		return p, nil
	}
	var names []string
	for _, n := range needs {
		names = append(names, n.what)
	}
	var ok bool
	if p.manager, ok = managerOf(h); !ok {
		return p, fmt.Errorf("missing: %s. None of the package managers that this tool knows (%s) is here: install these by hand",
			strings.Join(names, ", "), strings.Join(managerNames(), ", "))
	}
	for _, n := range needs {
		packages := n.packages[p.manager.name]
		switch {
		case len(packages) > 0:
			p.what = append(p.what, n.what)
			p.packages = append(p.packages, packages...)
		case n.without != "":
			p.lacking = append(p.lacking, fmt.Sprintf("%s has no package for %s: %s", p.manager.name, n.what, n.without))
		case p.manager.name == "brew":
			return p, errors.New("there is no C compiler: run `xcode-select --install`, then this again")
		default:
			return p, fmt.Errorf("%s has no package for %s: install it by hand", p.manager.name, n.what)
		}
	}
	if len(p.packages) > 0 && p.manager.asRoot && !h.root && !h.has("sudo") {
		return p, fmt.Errorf("missing: %s. As root, run: %s", strings.Join(p.what, ", "), p.byHand())
	}
	return p, nil
}
