package server

import (
	"crypto/sha1"
	"encoding/hex"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/rfcs"
)

// TestExtensionVectors: what clients list means what the specification's vectors say.
func TestExtensionVectors(t *testing.T) {
	hello := Known{Size: 5, Digest: dir.Digest(sha1.Sum([]byte("hello"))), OK: true}
	cached := hello
	cached.Size = -1
	want := map[string]listed{
		"RESUME: nothing is held":                                                    {},
		"RESUME: 5 octets of a.jpg are held":                                         {"/photos/a.jpg": hello},
		"RESUME: two files are held, one below a folder":                             {"/a": hello, "/b/c d": {Digest: sha1.Sum(nil), OK: true}},
		"RESUME: of two entries for one file the first counts":                       {"/photos/a": hello},
		"RESUME: the digest in small letters":                                        {"/photos/a": hello},
		"RESUME: what follows an entry that does not fit does not count":             {"/photos/a": hello},
		"RESUME: an entry without its NUL does not count":                            {"/photos/a": hello},
		"RESUME: a size above 2^63-1 does not fit":                                   {},
		"RESUME: whole paths count below the path; names that lead elsewhere do not": {"/photos/b": hello, "/photos/e": hello},
		"MIRROR: a copy, of which old is held":                                       {"/photos/old": hello},
		"SYNC: tell when the resync is through":                                      {},
		"NAME: the client is node 0A1B":                                              {},
		"UNSUBSCRIBE: no more of /photos":                                            {},
		"the cache: names below the path, and whole ones":                            {"/photos/a": cached, "/photos/b": cached},
	}
	text, err := fs.ReadFile(rfcs.Vectors(), "filemq/extensions.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for vector := range strings.SplitSeq(string(text), "\n-- ") {
		name, body, _ := strings.Cut(vector, " --\n")
		_, frame, ok := strings.Cut(body, "\nframe ")
		if !ok || !strings.Contains(body, "message ICANHAZ\n") {
			continue
		}
		octets, err := hex.DecodeString(strings.TrimSpace(frame))
		var m fmq.Message
		if err != nil || m.Parse([][]byte{octets}) != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := readListed(&m, string(m.Path)); want[name] == nil || !maps.Equal(got, want[name]) {
			t.Errorf("%s: got %v", name, got)
		}
		for _, key := range []string{"MIRROR", "SYNC", "UNSUBSCRIBE"} {
			if on(&m, key) != strings.HasPrefix(name, key+":") {
				t.Errorf("%s: %s is %v", name, key, on(&m, key))
			}
		}
		if who := string(option(&m, "NAME")); who != "" != strings.HasPrefix(name, "NAME:") || !strings.HasSuffix(name, who) {
			t.Errorf("%s: the name is %q", name, who)
		}
		delete(want, name)
	}
	for name := range want {
		t.Errorf("there is no vector %q", name)
	}
}
