package share_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// What cannot be published is refused with a reason, and the node goes on.
func TestPublishInvalid(t *testing.T) {
	alice, bob := sharetest.Pair(t, zyretest.Config(t))
	dir := t.TempDir()
	good := sharetest.Write(t, filepath.Join(dir, "good"), []byte("good"))
	odd := sharetest.Write(t, filepath.Join(dir, "odd\x1b[2J"), []byte("odd"))
	folder := filepath.Join(dir, "folder")
	os.Mkdir(folder, 0o755)
	for _, c := range []struct{ path, as, why string }{
		{filepath.Join(dir, "nothing"), "x", "no such file"},
		{filepath.Join(good, "x"), "x", "not a directory"},
		{folder, "x", "one by one"},
		{os.DevNull, "x", "no regular file"},
		{dir + "/a\nb", "x", "line end"},
		{odd, "", "control character"},
		{good, "../../x", `".."`},
		{good, "/etc/passwd", "empty part"},
		{good, "a//b", "empty part"},
		{good, "a\x1b[2Jb", "control character"},
		{good, ".groups/CHAT/x", ".groups"},
		{good, ".filemq/x", ".filemq"},
		{good, strings.Repeat("n", 256), "256 octets"},
		{good, strings.Repeat("n/", 2000) + "n", "octets"},
		{good, "\xff", "UTF-8"},
	} {
		err := alice.Publish(c.path, c.as)
		if !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q as %q: %v", c.path, c.as, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\n") {
			t.Errorf("%q", err)
		}
		if err := alice.PublishTo("CHAT", c.path, c.as); !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("%q as %q: %v", c.path, c.as, err)
		}
	}
	for _, group := range []string{"", "a\x00b", strings.Repeat("g", 256), strings.Repeat("/", 100)} {
		if err := alice.PublishTo(group, good, "x"); !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("group %q: %v", group, err)
		}
	}
	sharetest.Publish(t, alice, good, "a/b")
	for _, as := range []string{"a", "a/b/c"} {
		if err := alice.Publish(good, as); !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), "folder") {
			t.Errorf("%q beside a/b: %v", as, err)
		}
	}
	delivery(t, bob, "a/b", []byte("good"))
}

// A file that is published and then vanishes is not to be had, and nothing else suffers; when it is back, so is the offer.
func TestPublishVanishes(t *testing.T) {
	cfg := zyretest.Config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	dir := t.TempDir()
	comes := filepath.Join(dir, "comes")
	sharetest.Publish(t, alice, sharetest.Write(t, comes, []byte("1")), "comes")
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(dir, "stays"), []byte("2")), "stays")
	if err := os.Remove(comes); err != nil {
		t.Fatal(err)
	}
	if err := alice.Publish(comes, "comes"); !errors.Is(err, zyre.ErrInvalid) || !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	if e := zyretest.Next(t, bob, zyre.Deliver); e.Path != "stays" {
		t.Fatalf("%v", e)
	}
	sharetest.Write(t, comes, []byte("back"))
	delivery(t, bob, "comes", []byte("back"))
}

// A file that grows while it is fetched never arrives as a mixture: every delivery is what was in it at some time, and the last is the whole.
func TestPublishGrows(t *testing.T) {
	alice, bob := sharetest.Pair(t, zyretest.Config(t))
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<21)
	path := sharetest.Write(t, filepath.Join(t.TempDir(), "log"), content)
	sharetest.Publish(t, alice, path, "log")
	more := []byte("and more")
	grown := false
	grow := func() {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.Write(more); err != nil {
			t.Fatal(err)
		}
		grown = true
	}
	follow(t, bob, "delivery of all", func(e zyre.Event) bool {
		switch e.Type {
		case zyre.Progress:
			if !grown {
				grow()
			}
		case zyre.Deliver:
			if e.Size == int64(len(content)+len(more)) {
				sharetest.Whole(t, e, append(content, more...))
				return true
			}
			if e.Size != int64(len(content)) {
				t.Errorf("%v", e)
			}
			if !grown {
				grow()
			}
		case zyre.Refused:
			t.Errorf("%v", e)
		}
		return false
	})
}

// One that was just written to is offered when that was a second ago: halves that were there for a moment do not arrive. (On a machine so slow that a
// second passes between two statements the first half may.)
func TestPublishYoung(t *testing.T) {
	alice, bob := sharetest.Pair(t, zyretest.Config(t))
	path := filepath.Join(t.TempDir(), "young")
	written := map[int64]time.Time{} // by size
	put := func(content string) {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		written[info.Size()] = info.ModTime()
	}
	put("half")
	sharetest.Publish(t, alice, path, "young")
	put("half and half")
	follow(t, bob, "delivery of all", func(e zyre.Event) bool {
		if e.Type != zyre.Deliver {
			return false
		}
		if age := e.Time.Sub(written[e.Size]); age < time.Second {
			t.Errorf("%v was written only %v before", e, age)
		}
		if e.Size == 4 {
			return false
		}
		sharetest.Whole(t, e, []byte("half and half"))
		return true
	})
}
