package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// TestSing adds a message to a model, in a copy of the checkout, and looks at what becomes of it: a codec, a grammar, a table,
// vectors, and a compiler that names the handler that is missing.
func TestSing(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a copy of the checkout")
	}
	root := t.TempDir()
	copyCheckout(t, root)
	model := filepath.Join(root, "codecs", "zre", "zre_msg.xml")
	text := read(t, model)
	sung := strings.Replace(text, "</class>", `    <message name="SING" id="11">
        Sings to a group.
        <field name="group" type="string" text="true">The group.</field>
        <field name="song" type="longstr">What is sung.</field>
    </message>
</class>`, 1)
	if err := os.WriteFile(model, []byte(sung), 0o666); err != nil {
		t.Fatal(err)
	}

	env := &repo.Env{Context: context.Background(), Root: root, Stdout: io.Discard, Stderr: os.Stderr}
	for _, dir := range []string{"codecs/zre", "rfcs"} {
		if err := env.Command("go", "generate", ".").In(dir).Run(); err != nil {
			t.Fatalf("go generate in %s: %v", dir, err)
		}
	}
	for _, made := range []struct{ name, has string }{
		{"codecs/zre/zre_msg_gen.go", "\tOnSing(m *Message)\n"},
		{"rfcs/vectors/zre/sing.txtar", "\nmessage SING\n"},
		{"rfcs/zre/README.md", "\nSING            = signature %x0B version sequence group song\n"},
		{"rfcs/zre/README.md", "| 11 | SING | group, song | Sings to a group. |\n"},
	} {
		if !strings.Contains(read(t, filepath.Join(root, filepath.FromSlash(made.name))), made.has) {
			t.Errorf("%s has no %q", made.name, made.has)
		}
	}

	said := &strings.Builder{}
	env.Stderr = said
	err := env.Command("go", "build", "./libzyre/internal/core").Run()
	if err == nil || !strings.Contains(said.String(), "missing method OnSing") {
		t.Errorf("the compiler says %v:\n%s", err, said)
	}
}

// copyCheckout copies what git knows, and what it does not ignore.
func copyCheckout(t *testing.T, to string) {
	t.Helper()
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range checkout(t, root) {
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// checkout lists the files that are in a checkout and that git does not ignore.
func checkout(t *testing.T, root string) []string {
	t.Helper()
	env := &repo.Env{Context: context.Background(), Root: root, Stdout: io.Discard, Stderr: os.Stderr}
	list, err := env.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range strings.SplitSeq(strings.TrimRight(string(list), "\x00"), "\x00") {
		if _, err := os.Lstat(filepath.Join(root, name)); err == nil { // else it is deleted, and that is not committed yet
			names = append(names, name)
		}
	}
	return names
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
