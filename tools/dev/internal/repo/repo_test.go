package repo

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	root, err := Find(".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "tools", "dev", "internal", "repo", "repo_test.go")); err != nil {
		t.Errorf("%s is not where we are: %v", root, err)
	}
	if at, err := Find(t.TempDir()); err == nil {
		t.Errorf("an empty folder lies in a checkout, at %s", at)
	}
}

func TestOrdered(t *testing.T) {
	got, err := ordered([]Module{
		{Path: "a/top", Uses: []string{"z/base", "m/middle"}},
		{Path: "m/middle", Uses: []string{"z/base", "of/others"}},
		{Path: "z/base"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range got {
		names = append(names, m.Path)
	}
	if list := strings.Join(names, " "); list != "z/base m/middle a/top" {
		t.Errorf("the order is %s", list)
	}

	_, err = ordered([]Module{{Path: "a", Uses: []string{"b"}}, {Path: "b", Uses: []string{"a"}}})
	if err == nil || !strings.Contains(err.Error(), "circle") {
		t.Errorf("a circle gives %v", err)
	}
}

func TestModules(t *testing.T) {
	t.Setenv("GOWORK", "off") // the user's, which is not to matter
	root, err := Find(".")
	if err != nil {
		t.Fatal(err)
	}
	modules, err := (&Env{Context: t.Context(), Root: root}).Modules()
	if err != nil {
		t.Fatal(err)
	}
	before := map[string]bool{}
	for _, m := range modules {
		if m.Path != Prefix+"/"+m.Dir {
			t.Errorf("the module in %s is called %s", m.Dir, m.Path)
		}
		for _, other := range m.Uses {
			if !before[other] {
				t.Errorf("%s comes before %s, which it uses", m.Path, other)
			}
		}
		if !strings.HasPrefix(m.Version, "v") {
			t.Errorf("go.work replaces the version %q of %s", m.Version, m.Path)
		}
		before[m.Path] = true
	}
	if len(modules) < 2 {
		t.Errorf("there are %d modules", len(modules))
	}
}

func TestOurs(t *testing.T) {
	for path, want := range map[string]bool{
		Prefix: true, Prefix + "/codecs": true, Prefix + "d": false, "fmt": false,
	} {
		if Ours(path) != want {
			t.Errorf("Ours(%q) = %v", path, !want)
		}
	}
}

// An error says which program failed, where, and what it said.
func TestCommandFails(t *testing.T) {
	e := &Env{Context: t.Context(), Root: t.TempDir()}
	_, err := e.Command("go", "no-such-command").Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Errorf("the error is no ExitError: %v", err)
	}
	if err == nil || !strings.HasPrefix(err.Error(), "`go no-such-command` in .: exit status 2\n") ||
		!strings.Contains(err.Error(), "unknown command") {
		t.Errorf("the error is %v", err)
	}
	_, err = e.Command("go", strings.Repeat("x", 1000)).Output()
	if err == nil || !strings.Contains(err.Error(), "x…`") {
		t.Errorf("a long command line is shown whole: %v", err)
	}
}
