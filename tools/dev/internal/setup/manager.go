package setup

import (
	"slices"
	"strings"
)

// manager is a package manager: how it is told to install without a question,
// and to fetch its lists first.
type manager struct {
	name    string
	systems []string // where to look for it, runtime.GOOS
	asRoot  bool
	install []string
	update  []string // empty: install sees to it
	knows   []string // asks whether the lists have a package; empty: no need to
}

// managers are tried in this order: a system's own before those that people
// add to it.
var managers = []manager{
	{
		name: "apt-get", systems: []string{"linux"}, asRoot: true,
		install: []string{"apt-get", "install", "-y", "--no-install-recommends"},
		update:  []string{"apt-get", "update"},
		knows:   []string{"apt-cache", "show", "--quiet"},
	},
	{
		name: "dnf", systems: []string{"linux"}, asRoot: true,
		install: []string{"dnf", "install", "-y"},
	},
	{
		name: "zypper", systems: []string{"linux"}, asRoot: true,
		install: []string{"zypper", "--non-interactive", "install", "--no-recommends"},
	},
	{
		name: "pacman", systems: []string{"linux"}, asRoot: true,
		install: []string{"pacman", "-S", "--needed", "--noconfirm"},
		update:  []string{"pacman", "-Sy"},
	},
	{
		name: "apk", systems: []string{"linux"}, asRoot: true,
		install: []string{"apk", "add", "--no-cache"},
	},
	{
		name: "brew", systems: []string{"darwin", "linux"}, // refuses to run as root
		install: []string{"brew", "install"},
	},
}

func managerOf(h host) (manager, bool) {
	for _, m := range managers {
		if slices.Contains(m.systems, h.os) && h.has(m.name) {
			return m, true
		}
	}
	return manager{}, false
}

func managerNames() []string {
	var names []string
	for _, m := range managers {
		names = append(names, m.name)
	}
	return names
}

// step is one program to run. Only the last of a plan has to succeed: an
// update may fail because of a list that we do not need.
type step struct{ args []string }

// steps are the programs that carry the plan out.
func (p plan) steps() []step {
	var out []step
	if len(p.manager.update) > 0 && p.listsAreOld() {
		out = append(out, step{p.raised(p.manager.update)})
	}
	install := append(slices.Clone(p.manager.install), p.packages...)
	return append(out, step{p.raised(install)})
}

// listsAreOld reports whether the manager has not heard of one of the packages
// or cannot tell.
func (p plan) listsAreOld() bool {
	if len(p.manager.knows) == 0 {
		return true
	}
	for _, name := range p.packages {
		args := append(slices.Clone(p.manager.knows), name)
		if !works(args[0], args[1:]...) {
			return true
		}
	}
	return false
}

// raised puts sudo in front where it is needed.
func (p plan) raised(args []string) []string {
	if p.manager.asRoot && !p.host.root {
		return append([]string{"sudo"}, args...)
	}
	return args
}

// byHand is what a person would type as root.
func (p plan) byHand() string {
	var lines []string
	for _, args := range [][]string{p.manager.update, append(slices.Clone(p.manager.install), p.packages...)} {
		if len(args) > 0 {
			lines = append(lines, strings.Join(args, " "))
		}
	}
	return strings.Join(lines, " && ")
}
