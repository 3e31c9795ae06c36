package share

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

func TestCheckName(t *testing.T) {
	for _, good := range []string{
		"a", "a/b/c.txt", "ü/日本", "a b", "..a", "a..", ".hidden", "x.ln", "groups/x", "a/.groups/x", strings.Repeat("a", 252), "a\\b", "-", "%2e",
	} {
		if err := checkName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../../x", "a/./b", "a\x00b", "a\nb", "a\x1b[2J", "a\x7f", "a\u0085b", "\xff",
		strings.Repeat("a", 253), strings.Repeat("a/", 2000) + "a", ".groups/x", ".Groups/x", ".filemq/x", ".groups",
	} {
		if checkName(bad) == nil {
			t.Errorf("%q is allowed", bad)
		}
	}
}

// A group has one path, and a path one group.
func TestGroupPath(t *testing.T) {
	for group, want := range map[string]string{
		"CHAT": "/.groups/CHAT", "a/b": "/.groups/a%2Fb", "..": "/.groups/%2E%2E", "ü %": "/.groups/%C3%BC%20%25", "\xff": "/.groups/%FF", "a-b_c": "/.groups/a-b_c",
	} {
		if got, ok := groupPath(group); got != want || !ok {
			t.Errorf("%q: %q", group, got)
		}
	}
	if _, ok := groupPath(strings.Repeat("ü", 100)); ok {
		t.Error("a path with a part of 600 octets")
	}
	rapid.Check(t, func(t *rapid.T) {
		group := string(rapid.SliceOfN(rapid.Byte(), 1, 80).Draw(t, "group"))
		name := rapid.StringMatching(`[a-z/]{1,9}`).Draw(t, "name")
		path, ok := groupPath(group)
		if !ok {
			t.Fatal("too long")
		}
		if g, n := split(path + "/" + name); g != group || n != name {
			t.Fatalf("%q becomes %q, %q", path, g, n)
		}
	})
}

// What is no group's path is a name like any other.
func TestSplit(t *testing.T) {
	for path, want := range map[string]string{
		"/a/b": "a/b", "/.groups": ".groups", "/.groups/X": ".groups/X", "/.groups//x": ".groups//x", "/.groups/%2e/x": ".groups/%2e/x",
		"/.groups/%/x": ".groups/%/x", "/.groups/%+1/x": ".groups/%+1/x", "/.groups/ü/x": ".groups/ü/x", "/.groups/%41/x": ".groups/%41/x", "": "", "/": "",
		"/.groups/%4/x": ".groups/%4/x", "/.groups/a%/x": ".groups/a%/x", "/.groups/X/": ".groups/X/", "/.groups/% F/x": ".groups/% F/x",
	} {
		if group, name := split(path); group != "" || name != want {
			t.Errorf("%q: %q, %q", path, group, name)
		}
	}
	rapid.Check(t, func(t *rapid.T) { split(string(rapid.SliceOf(rapid.Byte()).Draw(t, "path"))) })
}

func TestEndpointOf(t *testing.T) {
	for header, want := range map[string]string{
		"tcp://*:5671": "5671", "tcp://8.8.8.8:5671": "5671", "tcp://[::1]:1": "1", "tcp://:65535": "65535", "tcp://5": "5",
		"": "", "5671": "", "tcp://*:0": "", "tcp://*:65536": "", "tcp://*:-1": "", "tcp://*:5671x": "", "ipc://x:1": "", "tcp://*": "", "tcp://*:+1": "",
	} {
		if got, ok := core.OfferedPort(header); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", header, got, ok)
		}
	}
	for addr, want := range map[string]string{
		"tcp://10.0.0.7:49152": "tcp://10.0.0.7:9", "tcp://[fe80::1%eth0]:49152": "tcp://[fe80::1%eth0]:9", "somewhere": "", "tcp://example.net:1": "",
	} {
		if got, ok := core.OfferedAt("9", addr); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", addr, got, ok)
		}
	}
}
