package virtual

import (
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	for path, want := range map[string]string{
		"/": "/", "/a": "/a", "/a/": "/a", "/a/b": "/a/b", "": "", "a": "", "//": "", "/a//b": "", "/../a": "", "/a/.": "", "/a/../b": "", "/a\x00": "", "/..": "",
		"/" + strings.Repeat("x", Most-1): "/" + strings.Repeat("x", Most-1), "/" + strings.Repeat("x", Most): "",
	} {
		if got, ok := Clean(path); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v", path, got, ok)
		}
	}
}

func TestPrefixesMatchWholeComponents(t *testing.T) {
	if Covers("/photos", "/photos2/a.jpg") || !Covers("/photos", "/photos/a.jpg") || !Covers("/", "/x") || !Covers("/a", "/a") || Covers("/a/b", "/a") {
		t.Error("a path covers what it should not, or not what it should")
	}
}

func TestCoversFold(t *testing.T) {
	for _, c := range []struct {
		path, other string
		want        bool
	}{
		{"/a/b", "/A/B/c", true}, {"/a/b", "/a/b", true}, {"/a/b", "/a/bc", false}, {"/a/b", "/a", false}, {"/a/b", "/a/", false}, {"/a", "/b", false}, {"/a", "a", true},
		{"/.groups", "/.GROUP\u017f/x", true}, {"/", "/x", true}, {"/", "", true}, {"/a", "", false}, {"/a", "//a", false},
	} {
		if got := CoversFold(c.path, c.other); got != c.want {
			t.Errorf("%q covers %q: %v", c.path, c.other, got)
		}
	}
}

func TestLocalName(t *testing.T) {
	for _, c := range [][3]string{
		{"/", "/a/b", "a/b"}, {"/a", "/a/b", "b"}, {"/a", "/a", "a"}, {"/a/b", "/a/b/c/d", "c/d"}, {"/foo", "/foobar", ""}, {"/a", "/b", ""}, {"/", "a", ""},
	} {
		if name, ok := LocalName(c[0], c[1]); ok != (c[2] != "") || ok && name != c[2] {
			t.Errorf("%v: got %q, %v", c, name, ok)
		}
	}
}
