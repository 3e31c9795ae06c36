package fmq

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/fmq"
)

// A path is left in the middle of a file: the server is told, what still comes is nothing, and the part waits for a return.
func TestUnsubscribe(t *testing.T) {
	f, c := begin(t, "/a", Subscription{Resync: true})
	subscribe(t, c, "/b", Subscription{})
	f.confirm()
	content := pattern(700_000)
	f.chunk("/a/x", 0, []byte(content[:400_000]), 0, "SIZE", "700000")
	settle(t, f)
	if err := c.Unsubscribe("/a"); err != nil {
		t.Fatal(err)
	}
	if s := f.confirm(); string(s.Path) != "/a" || option(s, "UNSUBSCRIBE") != "1" {
		t.Errorf("the client says %q %q", s.Path, s.Options)
	}
	// A server that does not know UNSUBSCRIBE goes on.
	f.chunk("/a/x", 400_000, []byte(content[400_000:]), 0)
	f.chunk("/a/x", 700_000, nil, 1, "SHA1", fmt.Sprintf("%X", sha1.Sum([]byte(content))))
	f.file("/a/y", "y")
	f.remove("/a/z")
	f.chunk("/a", 0, nil, 1, "SYNCED", "1")
	f.file("/b/y", "b")
	delivered(t, c, "/b/y", "b")
	if got := slices.Sorted(maps.Keys(files(t, c.dir))); !slices.Equal(got, []string{"y"}) {
		t.Errorf("there are %q", got)
	}
	f.chunk("/a/x", 650_000, []byte("late"), 0)
	settle(t, f)
	subscribe(t, c, "/a", Subscription{Resync: true})
	if s := f.confirm(); !strings.HasPrefix(option(s, "RESUME"), "400000 ") {
		t.Errorf("the client has %q", option(s, "RESUME"))
	}
	f.chunk("/a/x", 400_000, []byte(content[400_000:]), 0, "SIZE", "700000")
	f.chunk("/a/x", 700_000, nil, 1, "SHA1", fmt.Sprintf("%X", sha1.Sum([]byte(content))))
	delivered(t, c, "/a/x", content)
	f.file("/c/x", "nobody has asked for it")
	if e := next(t, c, Refused); !errors.Is(e.Cause, ErrUncovered) {
		t.Errorf("got %+v", e)
	}
}

// What another subscription covers is not left.
func TestUnsubscribeFromWhatIsCovered(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true})
	subscribe(t, c, "/a", Subscription{})
	f.confirm()
	f.chunk("/a/x", 0, []byte("12"), 0)
	settle(t, f)
	if err := c.Unsubscribe("/a"); err != nil {
		t.Fatal(err)
	}
	f.confirm()
	f.chunk("/a/x", 2, []byte("3"), 1)
	delivered(t, c, "/a/x", "123")
	f.chunk("/a", 0, nil, 1, "SYNCED", "1") // is no file
	if f.file("/a/y", "y"); next(t, c, Deliver).Name != "a/y" {
		t.Error("the name is another")
	}
	for _, path := range []string{"/none", "/a"} {
		if err := c.Unsubscribe(path); err != nil {
			t.Error(err)
		}
	}
	if err := c.Unsubscribe("a"); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	c.Close()
	if err := c.Unsubscribe("/"); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// Many paths that are left are forgotten in the end, not all at once.
func TestManyPathsAreLeft(t *testing.T) {
	c := start(t, nil)
	for i := range mostLeft + 2 {
		subscribe(t, c, fmt.Sprintf("/%d", i), Subscription{})
		if err := c.Unsubscribe(fmt.Sprintf("/%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	subscribe(t, c, "/900", Subscription{})
	subscribe(t, c, "/901", Subscription{})
	for _, path := range []string{"/901", "/900"} {
		if err := c.Unsubscribe(path); err != nil {
			t.Fatal(err)
		}
	}
	if w := c.wants.Load(); len(w.left) != mostLeft || w.left[0] != "/2" || w.left[mostLeft-1] != "/900" || len(w.inOrder) != 0 {
		t.Errorf("left are %d, the first is %q, wanted are %d", len(w.left), w.left[0], len(w.inOrder))
	}
}

// Keep: the user hears of a delete, and the file stays, and counts as held.
func TestKeep(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true, Keep: true})
	f.file("/x", "x")
	e := delivered(t, c, "/x", "x")
	f.chunk("/part", 0, []byte("part"), 0)
	f.remove("/part")
	f.remove("/none")
	f.remove("/none/none")
	f.remove("/x")
	if d := next(t, c, Delete); d.Name != "x" || d.File != e.File || d.Path != "/x" {
		t.Errorf("got %+v", d)
	}
	if got := slices.Sorted(maps.Keys(files(t, c.dir))); !slices.Equal(got, []string{"x"}) || c.Stats().Deleted != 0 {
		t.Errorf("there are %q, deleted %d", got, c.Stats().Deleted)
	}
	if err := os.WriteFile(e.File, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	f.remove("/x") // of what is here now the server knows nothing
	f.say(fmq.Message{ID: fmq.IDKthxbai})
	next(t, c, Lost)
	if s := f.open(); !strings.HasSuffix(option(s, "RESUME"), " x\x00") || strings.Contains(option(s, "RESUME"), "part") {
		t.Errorf("the client has %q", option(s, "RESUME"))
	}
	if err := c.Subscribe(t.Context(), "/", Subscription{Mirror: true, Keep: true}); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

// Two paths whose files go to folders of their own.
func TestInto(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true})
	subscribe(t, c, "/.g/one", Subscription{Resync: true, Into: "of/one"})
	f.confirm()
	f.file("/x", "everybody's")
	delivered(t, c, "/x", "everybody's")
	f.file("/.g/one/x", "one's")
	if e := delivered(t, c, "/.g/one/x", "one's"); e.Name != "of/one/x" || e.File != filepath.Join(c.dir, "of", "one", "x") {
		t.Errorf("got %+v", e)
	}
	f.file("/.g/one/dir/"+strings.Repeat("n", 255), "long")
	next(t, c, Deliver)
	f.file("/.g/one/../x", "not there")
	next(t, c, Refused)
	f.say(fmq.Message{ID: fmq.IDKthxbai})
	next(t, c, Lost)
	f.letIn()
	if got := option(f.confirm(), "RESUME"); !strings.HasPrefix(got, "11 ") || !strings.HasSuffix(got, " x\x00") || strings.Count(got, "\x00") != 1 {
		t.Errorf("of / the client has %q", got)
	}
	s := f.confirm()
	if got := option(s, "RESUME"); !strings.Contains(got, " dir/nnn") || !strings.Contains(got, " x\x00") || strings.Contains(got, "of/one") {
		t.Errorf("of /.g/one the client has %q", got)
	}
	if cache(s, "x") == "none" || cache(s, "of/one/x") != "none" {
		t.Errorf("of /.g/one the client has %q", s.Cache)
	}
	next(t, c, Connected)
	f.remove("/.g/one/x")
	if e := next(t, c, Delete); e.Name != "of/one/x" {
		t.Errorf("got %+v", e)
	}
	subscribe(t, c, "/.g/one", Subscription{Resync: true, Into: "elsewhere"})
	if s := f.confirm(); option(s, "RESUME") != "" {
		t.Errorf("elsewhere the client has %q", option(s, "RESUME"))
	}
	for _, into := range []string{"/", "../x", "a//b", ".filemq/x", "/abs", "a/", strings.Repeat("x", 256)} {
		if err := c.Subscribe(t.Context(), "/b", Subscription{Into: into}); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.20q: %v", into, err)
		}
	}
}

// A copy in a folder of the inbox is the whole folder, and nothing else.
func TestMirrorInto(t *testing.T) {
	f := serve(t, "")
	c := start(t, nil, f)
	for name, text := range map[string]string{"mine": "mine", "copy/old": "old"} {
		put(t, c.dir, name, text)
	}
	subscribe(t, c, "/", Subscription{Mirror: true, Into: "copy"})
	if got := option(f.open(), "RESUME"); strings.Count(got, "\x00") != 1 || !strings.HasSuffix(got, " old\x00") {
		t.Errorf("the client has %q", got)
	}
	next(t, c, Connected)
	f.remove("/old")
	next(t, c, Delete)
	f.remove("/mine")
	f.file("/mine", "theirs")
	delivered(t, c, "/mine", "theirs")
	if got := files(t, c.dir); len(got) != 2 || got["mine"] != "mine" || got["copy/mine"] != "theirs" {
		t.Errorf("there are %q", got)
	}
}

// A server that is at another endpoint each time is known all the same, if it is named.
func TestOrigin(t *testing.T) {
	inbox := t.TempDir()
	content := pattern(700_000)
	for i := range 3 {
		f := serve(t, "")
		c := start(t, func(cfg *ClientConfig) { cfg.Inbox, cfg.Origin = inbox, "zre:alice" }, f)
		subscribe(t, c, "/a", Subscription{Resync: true, Into: "in"})
		subscribe(t, c, "/b", Subscription{Resync: true})
		f.letIn()
		a, b := option(f.confirm(), "RESUME"), option(f.confirm(), "RESUME")
		f.await(fmq.IDNom)
		next(t, c, Connected)
		switch i {
		case 0:
			f.file("/b/x", "x")
			delivered(t, c, "/b/x", "x")
			f.chunk("/a/large", 0, []byte(content[:400_000]), 0, "SIZE", "700000")
			settle(t, f)
		case 1:
			if !strings.HasPrefix(a, "400000 ") || !strings.HasSuffix(b, " x\x00") {
				t.Errorf("the client has %q and %q", a, b)
			}
			f.chunk("/a/large", 400_000, []byte(content[400_000:]), 1)
			delivered(t, c, "/a/large", content)
		case 2:
			if !strings.HasPrefix(a, "700000 ") || !strings.HasSuffix(b, " x\x00") {
				t.Errorf("the client has %q and %q", a, b)
			}
		}
		c.Close()
		f.close()
	}
	if _, err := Dial(t.Context(), ClientConfig{Inbox: inbox, Origin: strings.Repeat("x", 256)}); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}

// Each subscription says how the client is called.
func TestName(t *testing.T) {
	f := serve(t, "")
	c := start(t, func(cfg *ClientConfig) { cfg.Name = "carol" }, f)
	subscribe(t, c, "/", Subscription{})
	if s := f.open(); option(s, "NAME") != "carol" {
		t.Errorf("the client says %q", s.Options)
	}
	if _, err := Dial(t.Context(), ClientConfig{Inbox: t.TempDir(), Name: strings.Repeat("x", 256)}); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
}
