package zpl_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/zpl"
)

const publishes = "publish\n    location = a\n    virtual = /a\npublish\n    location = b\n"

func TestPaths(t *testing.T) {
	root := parse(t, "a = 1\nb\n    c = 2\n    c = 3\nx/y = 4\nb\n    c = 5\n")
	for _, c := range []struct {
		path string
		want []string // nil: nothing is there
	}{
		{"", []string{""}},
		{"/", []string{""}},
		{"a", []string{"1"}},
		{"/a", []string{"1"}},
		{"/a[1]", []string{"1"}},
		{"/a[2]", nil},
		{"/b", []string{"", ""}},
		{"/b/c", []string{"2", "3"}},
		{"/b[1]/c[2]", []string{"3"}},
		{"/b[2]/c", []string{"5"}},
		{"/b[3]/c", nil},
		{"/A", nil}, {"/a/b", nil}, {"//a", nil}, {"/a/", nil}, {"/x/y", nil}, {"/a[0]", nil}, {"/a[-1]", nil}, {"/a[x]", nil}, {"/a[1", nil},
		{"/a[1]x", nil}, {"/a b", nil},
	} {
		if got := root.Values(c.path); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
		value, ok := root.Lookup(c.path)
		if ok != (c.want != nil) || ok && value != c.want[0] {
			t.Errorf("%s: %q %v", c.path, value, ok)
		}
	}
}

func TestWalk(t *testing.T) {
	root := parse(t, publishes+"bind = 1\nbind = 2\n")
	var paths []string
	for path, n := range root.Walk() {
		paths = append(paths, path)
		if root.Get(path) != n {
			t.Errorf("%s is another property", path)
		}
	}
	if got := strings.Join(paths, " "); got !=
		"/publish /publish/location /publish/virtual /publish[2] /publish[2]/location /bind /bind[2]" {
		t.Error(got)
	}
	for range root.Walk() {
		break
	}
	for range root.All("/publish") {
		break
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct{ text, path, value, want string }{
		{"", "a", "1", "a = 1\n"},
		{"", "/a/b/c", "1", "a\n    b\n        c = 1\n"},
		{"a = 1", "a", "2", "a = 2"},
		{"a=1# c\r\nb\r\n", "a", "2", "a=2# c\r\nb\r\n"},
		{"a   =   'x'   # c", "a", "2", "a   =   2   # c"},
		{"a # c", "a", "1", "a = 1 # c"},
		{"a = 1 # c", "a", "", "a # c"},
		{"a = '' # c", "a", "1", "a = 1 # c"},
		{"a = '1'", "a", "1", "a = '1'"},
		{"a = 1", "a", "x # y", `a = "x # y"`},
		{"a = 1", "a", ` "x"`, `a = ' "x"'`},
		{"a = 1", "a", `"x"`, `a = '"x"'`},
		{"a = 1", "a", `"x`, `a = "x`},
		{`a = 1 # "`, "a", `"x`, `a = '"x' # "`},
		{"a = 1", "a", "tab\t", "a = \"tab\t\""},
		{"a = 1", "b", "2", "a = 1\nb = 2\n"},
		{"a = 1\r\n", "b", "2", "a = 1\r\nb = 2\r\n"},
		{"s\n    a = 1\n\nt\n", "/s/b", "2", "s\n    a = 1\n    b = 2\n\nt\n"},
		{"s\n    a = 1\n    # b = 1\n\nt\n", "/s/c", "2", "s\n    a = 1\n    # b = 1\n    c = 2\n\nt\n"},
		{"s\n    a = 1\n\nt\n    b = 2\n", "/u/c", "3", "s\n    a = 1\n\nt\n    b = 2\n\nu\n    c = 3\n"},
		{"a = 1\n# end", "b", "2", "a = 1\n# end\nb = 2\n"},
		{publishes, "/publish[2]/location", "c", strings.Replace(publishes, "= b", "= c", 1)},
		{publishes, "/publish[3]/location", "c", publishes + "publish\n    location = c\n"},
		{publishes, "/publish/location[2]", "c", "publish\n    location = a\n    virtual = /a\n    location = c\npublish\n    location = b\n"},
	} {
		root := parse(t, c.text)
		if err := root.Set(c.path, c.value); err != nil {
			t.Errorf("%q %s: %v", c.text, c.path, err)
			continue
		}
		if got := text(t, root); got != c.want {
			t.Errorf("%q %s: %q, want %q", c.text, c.path, got, c.want)
		}
		again := parse(t, c.want)
		if value, _ := again.Lookup(c.path); value != c.value {
			t.Errorf("%q %s: %q", c.want, c.path, value)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	const before = "a = 1 # \"\n"
	for _, c := range []struct{ path, value, want string }{
		{"", "1", `cannot be written as ZPL: path "": the root has no value`},
		{"/a//b", "1", `cannot be written as ZPL: path "/a//b": "" is no name: a name is made of letters, digits and $ - _ @ . & + /`},
		{"/a b", "1", `cannot be written as ZPL: path "/a b": "a b" is no name: a name is made of letters, digits and $ - _ @ . & + /`},
		{"/a[3]", "1", `cannot be written as ZPL: path "/a[3]": the next a would be a[2]`},
		{"/b/c[2]", "1", `cannot be written as ZPL: path "/b/c[2]": there is no c here yet`},
		{"/a[x]", "1", `cannot be written as ZPL: path "/a[x]": "a[x]": an index is a number from 1 on in brackets, such as a[2]`},
		{"/b", "1\n2", `cannot be written as ZPL: path "/b": a value with a line end in it`},
		{"/a", "\r", `cannot be written as ZPL: path "/a": a value with a line end in it`},
		{"/b/c", "\x00", `cannot be written as ZPL: path "/b/c": a value with the control character 0x00 in it`},
		{"/b", `#'"`, `cannot be written as ZPL: path "/b": a value that needs quotes, and holds both " and '`},
		{"/a", `"it's`, `cannot be written as ZPL: path "/a": a value that needs quotes, and holds both " and '`},
	} {
		root := parse(t, before)
		err := root.Set(c.path, c.value)
		if !errors.Is(err, zpl.ErrUnwritable) || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.path, err, c.want)
		}
		if got := text(t, root); got != before {
			t.Errorf("%s: changed to %q", c.path, got)
		}
	}
}

func TestRemove(t *testing.T) {
	for _, c := range []struct{ text, path, want string }{
		{"a\nb\nc\n", "b", "a\nc\n"},
		{"# file\n\n# of a\na\n    x\n    # foot\n\n# of b\nb\n", "a", "# file\n\n\n# of b\nb\n"},
		{"s\n    a\n\n    # of b\n    b\n\nt", "/s/b", "s\n    a\n\nt"},
		{"a\n\nb\n\nc\n", "b", "a\n\nc\n"},
		{"a\n\nb\n", "b", "a\n"},
		{"a\n# note\n\nb\n", "b", "a\n# note\n\n"},
		{"a = 1\na = 2\n", "a[2]", "a = 1\n"},
	} {
		root := parse(t, c.text)
		if !root.Remove(c.path) {
			t.Errorf("%q: %s is not there", c.text, c.path)
		}
		if got := text(t, root); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	root := parse(t, "a\n    b\n")
	for _, path := range []string{"", "/", "x", "/x/y", "/a/c", "a[2]", "a[", "//"} {
		if root.Remove(path) {
			t.Errorf("%q was there", path)
		}
	}
}

// Sections can be taken out, put elsewhere, and written alone; comments move along.
func TestMove(t *testing.T) {
	root := parse(t, "a\n    # of b\n    b = 1  # one\n        c\n        # foot of b\nd # last\n")
	if got := text(t, root.Get("a")); got != "# of b\nb = 1  # one\n    c\n    # foot of b\n" {
		t.Errorf("%q", got)
	}
	a, d := root.Get("a"), root.Get("d")
	d.Children, a.Children = append(d.Children, &zpl.Node{Name: "new", Children: a.Children}), nil
	if got := text(t, root); got !=
		"a\nd # last\n    new\n        # of b\n        b = 1  # one\n            c\n            # foot of b\n" {
		t.Errorf("%q", got)
	}
}

func TestTextRefuses(t *testing.T) {
	loop := &zpl.Node{Name: "loop"}
	loop.Children = []*zpl.Node{loop}
	for _, n := range []*zpl.Node{nil, loop, {Name: ""}, {Name: "a b"}, {Name: "a\n"}, {Name: "a", Value: "\n"},
		{Name: "a", Value: strings.Repeat("x", zpl.MaxSize)},
		{Name: "a", Children: slices.Repeat([]*zpl.Node{{Name: "b"}}, zpl.MaxNodes)}} {
		if out, err := (&zpl.Node{Children: []*zpl.Node{n}}).Text(); !errors.Is(err, zpl.ErrUnwritable) {
			t.Errorf("%+v: %.20q %v", n, out, err)
		}
	}
	if _, err := zpl.Marshal(map[string]*zpl.Node{"loop": loop}); !errors.Is(err, zpl.ErrUnwritable) {
		t.Error(err)
	}
	type list struct{ Next *list }
	ring := &list{}
	ring.Next = ring
	for _, v := range []any{ring, map[string]string{"a b": "1"}, map[string]string{"a": "1\n2"}, map[string]*int{"a": nil},
		struct{ A []*int }{[]*int{nil}}, struct {
			A int64 `zpl:",size"`
		}{-1}, struct {
			A string `zpl:",value"`
		}{"x"}} {
		if out, err := zpl.Marshal(v); !errors.Is(err, zpl.ErrUnwritable) {
			t.Errorf("%T: %q %v", v, out, err)
		}
	}
}
