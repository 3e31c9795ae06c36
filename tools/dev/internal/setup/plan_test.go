package setup

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// all is a machine on which everything is missing.
func all() []need {
	needs := append(needed(), neededByTests()...)
	for i := range needs {
		needs[i].present = func() bool { return false }
	}
	return needs
}

// on makes a machine whose PATH holds these programs and no others.
func on(t *testing.T, system string, root bool, programs ...string) host {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the programs are shell scripts")
	}
	dir := t.TempDir()
	for _, name := range programs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	return host{os: system, root: root, has: func(name string) bool {
		path, err := repo.Program(name)
		return err == nil && filepath.Dir(path) == dir
	}}
}

func TestChoice(t *testing.T) {
	for _, c := range []struct {
		system   string
		root     bool
		programs string
		want     string // what is run, lines joined by "; "
	}{
		{
			"linux", true, "apt-get apt-cache",
			"apt-get update; apt-get install -y --no-install-recommends gcc libc6-dev pkg-config libzmq3-dev",
		},
		{
			"linux", false, "apt-get apt-cache sudo",
			"sudo apt-get update; sudo apt-get install -y --no-install-recommends gcc libc6-dev pkg-config libzmq3-dev",
		},
		{"linux", true, "dnf", "dnf install -y gcc glibc-devel pkgconf-pkg-config zeromq-devel"},
		{"linux", true, "pacman", "pacman -Sy; pacman -S --needed --noconfirm gcc pkgconf zeromq"},
		{"linux", true, "apk", "apk add --no-cache gcc musl-dev pkgconf zeromq-dev"},
		{"linux", true, "zypper", "zypper --non-interactive install --no-recommends gcc glibc-devel pkg-config zeromq-devel"},
		// a system's own goes before one that was added to it
		{"linux", true, "brew dnf", "dnf install -y gcc glibc-devel pkgconf-pkg-config zeromq-devel"},
	} {
		t.Run(c.programs, func(t *testing.T) {
			p, err := planFor(all()[:3], on(t, c.system, c.root, strings.Fields(c.programs)...))
			if err != nil {
				t.Fatal(err)
			}
			var lines []string
			for _, s := range p.steps() {
				lines = append(lines, strings.Join(s.args, " "))
			}
			if got := strings.Join(lines, "; "); got != c.want {
				t.Errorf("it would run\n%s\nand not\n%s", got, c.want)
			}
		})
	}
}

func TestBrewHasNoCompiler(t *testing.T) {
	h := on(t, "darwin", false, "brew", "apt-get")
	if _, err := planFor(all()[:1], h); err == nil || !strings.Contains(err.Error(), "xcode-select --install") {
		t.Errorf("without a compiler the error is %v", err)
	}
	p, err := planFor(all()[1:3], h)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.steps()[0].args, " "); got != "brew install pkgconf zeromq" {
		t.Errorf("it would run %s", got)
	}
}

func TestNothingMissing(t *testing.T) {
	p, err := planFor(nil, on(t, "plan9", false))
	if err != nil || len(p.packages) > 0 {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, programs, want string
	}{
		{"no manager", "sudo", "None of the package managers"},
		{"no sudo", "apt-get apt-cache", "As root, run: apt-get update && apt-get install -y"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := planFor(all(), on(t, "linux", false, strings.Fields(c.programs)...))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// What a manager does not have is said, and the rest installed.
func TestLacking(t *testing.T) {
	p, err := planFor(all(), on(t, "linux", true, "pacman"))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.lacking) != 1 || !strings.Contains(p.lacking[0], "pacman has no package for libczmq") {
		t.Errorf("it says %q", p.lacking)
	}
}

// Every manager brings rsync, and the bench of files asks for nothing else.
func TestRsync(t *testing.T) {
	for _, m := range managers {
		n := rsync()
		n.present = func() bool { return false }
		p, err := planFor(missing([]need{n}), on(t, m.systems[0], true, m.name))
		if err != nil {
			t.Fatal(err)
		}
		steps := p.steps()
		if got, want := strings.Join(steps[len(steps)-1].args, " "), strings.Join(m.install, " ")+" rsync"; got != want {
			t.Errorf("it would run %s, and not %s", got, want)
		}
	}
}

// Every manager brings everything that a build with libzmq needs; only brew
// leaves the compiler to the system.
func TestManagersKnowLibzmq(t *testing.T) {
	for _, m := range managers {
		for _, n := range needed() {
			if len(n.packages[m.name]) == 0 && !(m.name == "brew" && n.what == "a C compiler") {
				t.Errorf("%s has no package for %s", m.name, n.what)
			}
		}
	}
}

func TestListsThatAreNew(t *testing.T) {
	h := on(t, "linux", true, "apt-get")
	dir := filepath.SplitList(os.Getenv("PATH"))[0]
	if err := os.WriteFile(filepath.Join(dir, "apt-cache"), []byte("#!/bin/sh\nexit 0\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p, err := planFor(all()[:1], h)
	if err != nil {
		t.Fatal(err)
	}
	if steps := p.steps(); len(steps) != 1 {
		t.Errorf("it would run %v", steps)
	}
}
