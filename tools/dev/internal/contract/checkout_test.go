package contract

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// checkout is the workspace of testdata/lib.txtar in a folder of its own, with its contract written.
type checkout struct {
	t   *testing.T
	env *repo.Env
}

// written is the contract of all checkouts, once it was written.
var written map[string]string

func newCheckout(t *testing.T) *checkout {
	t.Helper()
	t.Setenv("GOPROXY", "off")
	c := &checkout{t, &repo.Env{Context: t.Context(), Root: t.TempDir(), Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}}}
	archive, err := txtar.ParseFile("testdata/lib.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		c.put(f.Name, string(f.Data))
	}
	if written == nil {
		if err := c.write(); err != nil {
			t.Fatal(err)
		}
		written = map[string]string{"lib/api.txt": c.get("lib/api.txt"), "rfcs/api.txt": c.get("rfcs/api.txt")}
	}
	for name, text := range written {
		c.put(name, text)
	}
	return c
}

func (c *checkout) write() error { return (&Command{}).Run(c.env) }

func (c *checkout) path(name string) string {
	return filepath.Join(c.env.Root, filepath.FromSlash(name))
}

func (c *checkout) put(name, text string) {
	c.t.Helper()
	if err := os.MkdirAll(filepath.Dir(c.path(name)), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(c.path(name), []byte(text), 0o644); err != nil {
		c.t.Fatal(err)
	}
}

func (c *checkout) get(name string) string {
	c.t.Helper()
	text, err := os.ReadFile(c.path(name))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// edit replaces a text, which must be there, wherever it stands in a Go file or README of
// the workspace, and returns where.
func (c *checkout) edit(old, text string) string {
	c.t.Helper()
	where := ""
	err := filepath.WalkDir(c.env.Root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".md" {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(data), old) {
			where, _ = filepath.Rel(c.env.Root, path)
			err = os.WriteFile(path, []byte(strings.ReplaceAll(string(data), old, text)), 0o644)
		}
		return err
	})
	if err != nil || where == "" {
		c.t.Fatalf("%q is nowhere: %v", old, err)
	}
	return filepath.ToSlash(where)
}
