package tidy

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// checkout makes one of two modules, of which b imports a without saying so.
func checkout(t *testing.T) (*repo.Env, *bytes.Buffer) {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.work":              "go 1.26.0\n\nuse (\n\t./a\n\t./b\n)\n",
		"a/go.mod":             "module " + repo.Prefix + "/a\n\ngo 1.26\n",
		"a/a.go":               "package a\n",
		"b/go.mod":             "module " + repo.Prefix + "/b\n\ngo 1.26\n",
		"b/b.go":               "package b\n\nimport _ \"" + repo.Prefix + "/a\"\n",
		"tools/dev/readme.txt": "so that this is a checkout\n",
	} {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	return &repo.Env{Context: t.Context(), Root: root, Stdout: &out, Stderr: &out}, &out
}

// A sibling is required in the version that it will have, nobody is asked for
// it, and no replace stays behind.
func TestSibling(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	e, out := checkout(t)
	if err := (&Command{Check: true}).Run(e); err == nil || !strings.Contains(err.Error(), "not tidy: b/go.mod") {
		t.Errorf("before, --check gives %v", err)
	}
	if err := (&Command{}).Run(e); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(e.Root, "b", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	want := "module " + repo.Prefix + "/b\n\ngo 1.26\n\nrequire " + repo.Prefix + "/a v0.1.0\n"
	if string(got) != want {
		t.Errorf("b/go.mod is now\n%s", got)
	}
	if err := (&Command{Check: true}).Run(e); err != nil {
		t.Errorf("afterwards, --check gives %v", err)
	}
}

// The linter's module lies outside go.work, and is kept tidy all the same.
func TestApart(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	e, out := checkout(t)
	lint := filepath.Join(e.Root, "tools", "lint")
	if err := os.Mkdir(lint, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(lint, "go.mod"), []byte("module   example.org/lint\n\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := (&Command{}).Run(e); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(lint, "go.mod"))
	if want := "module example.org/lint\n\ngo 1.26\n"; err != nil || string(got) != want {
		t.Errorf("tools/lint/go.mod is now\n%s%v", got, err)
	}
}

// A sibling is required in the version that go.work replaces, even if go.mod still has another.
func TestVersion(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	e, out := checkout(t)
	for name, more := range map[string]string{
		"go.work":  "\nreplace " + repo.Prefix + "/a v0.3.1 => ./a\n",
		"b/go.mod": "\nrequire " + repo.Prefix + "/a v0.3.0\n",
	} {
		path := filepath.Join(e.Root, filepath.FromSlash(name))
		text, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, append(text, more...), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := (&Command{}).Run(e); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	got, err := os.ReadFile(filepath.Join(e.Root, "b", "go.mod"))
	if err != nil || !strings.Contains(string(got), "require "+repo.Prefix+"/a v0.3.1\n") {
		t.Errorf("b/go.mod is now\n%s%v", got, err)
	}
}

// Tidying changes what go.sum says of others, and keeps what it says of siblings.
func TestMerged(t *testing.T) {
	before := "example.org/old v1.0.0 h1:x=\n" +
		repo.Prefix + "/a v0.1.0 h1:a=\n" +
		repo.Prefix + "/a v0.1.0/go.mod h1:b=\n" +
		repo.Prefix + "ish v1.0.0 h1:y=\n"
	after := "example.org/new v1.0.0 h1:x=\n" +
		repo.Prefix + "ish v1.1.0 h1:y=\n"
	want := "example.org/new v1.0.0 h1:x=\n" +
		repo.Prefix + "/a v0.1.0 h1:a=\n" +
		repo.Prefix + "/a v0.1.0/go.mod h1:b=\n" +
		repo.Prefix + "ish v1.1.0 h1:y=\n"
	if got := string(merged([]byte(after), []byte(before))); got != want {
		t.Errorf("it is\n%s\nand not\n%s", got, want)
	}
}
