package zpl_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/zpl"
)

// outline shows a tree in one line: name="value"{children}.
func outline(n *zpl.Node) string {
	var parts []string
	for _, c := range n.Children {
		text := c.Name
		if c.Value != "" {
			text += fmt.Sprintf("=%q", c.Value)
		}
		if len(c.Children) > 0 {
			text += "{" + outline(c) + "}"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func parse(t testing.TB, text string) *zpl.Node {
	t.Helper()
	root, err := zpl.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return root
}

func text(t testing.TB, n *zpl.Node) string {
	t.Helper()
	out, err := n.Text()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// Each accepted text must also come out as it went in.
func TestParse(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"\n", ""},
		{"# only\n\t# comments", ""},
		{"a", "a"},
		{"a = 1", `a="1"`},
		{"a=1", `a="1"`},
		{"a\t=\t1\t", `a="1"`},
		{"a =", "a"},
		{`a = ""`, "a"},
		{"a = # c", "a"},
		{"a# c", "a"},
		{"$-_@.&+/ = 1", `$-_@.&+/="1"`},
		{"a = 1\nb = 2\rc = 3\r\nd = 4", `a="1" b="2" c="3" d="4"`},
		{"a\n\r\n\rb", "a b"},
		{"a\n    b\n        c\n    d\ne", "a{b{c} d} e"},
		{"a = 1\n    b = 2\na = 3\n", `a="1"{b="2"} a="3"`},
		{"a\n\n  # odd is fine here\n\t\n    b", "a{b}"},
		{"x = 1\nx = 2\ny\nx = 3", `x="1" x="2" y x="3"`},
		{"a = ä\xff", "a=\"ä\\xff\""},
		// gozyre/ZPL, 3.4
		{"a = two words   # c", `a="two words"`},
		{"a = b#c", `a="b"`},
		{"a = x=1", `a="x=1"`},
		{`a = "#2"  # c`, `a="#2"`},
		{"a = ' b '", `a=" b "`},
		{"a = it's", `a="it's"`},
		{`a = "b`, `a="\"b"`},
		{`a = "b" c`, `a="\"b\" c"`},
		{`a = "b # c"`, `a="b # c"`},
		{`a = "b # c`, `a="\"b"`},
		{`a = 'b"`, `a="'b\""`},
		{`a = "b"c"`, `a="\"b\"c\""`},
		{`a = "b"#c`, `a="b"`},
		{`a = "it's"`, `a="it's"`},
		{`a = "`, `a="\""`},
	} {
		root := parse(t, c.text)
		if got := outline(root); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
		if got := text(t, root); got != c.text {
			t.Errorf("%q was written as %q", c.text, got)
		}
	}
}

func TestLine(t *testing.T) {
	root := parse(t, "# c\r\n\r\na\r    b\n\nc")
	for _, c := range []struct {
		path string
		line int
	}{{"/", 0}, {"/a", 3}, {"/a/b", 4}, {"/c", 6}} {
		if n := root.Get(c.path); n == nil || n.Line != c.line {
			t.Errorf("%s: %+v, want line %d", c.path, n, c.line)
		}
	}
}

func TestBounds(t *testing.T) {
	deep := func(levels int) string {
		var b strings.Builder
		for i := range levels {
			b.WriteString(strings.Repeat("    ", i) + "a\n")
		}
		return b.String()
	}
	for _, c := range []struct{ name, text, want string }{
		{"levels", deep(zpl.MaxDepth), ""},
		{"levels", deep(zpl.MaxDepth + 1), "65:257: too many levels: 64 are possible"},
		{"properties", strings.Repeat("a\n", zpl.MaxNodes), ""},
		{"properties", strings.Repeat("a\n", zpl.MaxNodes+1), "100001:1: too many properties: 100000 are possible"},
		{"octets", "a = " + strings.Repeat("b", zpl.MaxSize-4), ""},
		{"octets", strings.Repeat("\n", zpl.MaxSize+1), "the text is too long: 1048576 octets are possible"},
		{"comments", strings.Repeat("#\n", zpl.MaxSize/2), ""},
		{"empty lines", strings.Repeat("\r", zpl.MaxSize), ""},
	} {
		root, err := zpl.Parse([]byte(c.text))
		if c.want != "" {
			if err == nil || err.Error() != c.want {
				t.Errorf("%s: %v, want %s", c.name, err, c.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if text(t, root) != c.text {
			t.Errorf("%s: written otherwise", c.name)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "server.cfg")
	if err := os.WriteFile(file, []byte("a = 1\n  b = 2"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := zpl.Load(file)
	var wrong *zpl.SyntaxError
	if !errors.As(err, &wrong) || wrong.File != file || wrong.Line != 2 || wrong.Col != 3 {
		t.Errorf("%v", err)
	}
	if _, err := zpl.Load(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(file, make([]byte, zpl.MaxSize+2), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := zpl.Load(file); err == nil || err.Error() != file+": the text is too long: 1048576 octets are possible" {
		t.Errorf("%v", err)
	}
	if err := os.WriteFile(file, []byte("a\n    port = x"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := zpl.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	var port int
	err = root.Get("/a/port").Decode(&port)
	if want := file + `:2:12: port: "x" is no whole number: write digits only`; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}
