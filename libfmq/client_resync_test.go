package fmq

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// What has come of a file when the client ends is listed by the next one.
func TestKeptForTheNextTime(t *testing.T) {
	f := serve(t, "")
	box := filepath.Join(t.TempDir(), "inbox")
	in := func(cfg *ClientConfig) { cfg.Inbox = box }
	content := pattern(1_000_000)
	for range 2 {
		c := start(t, in, f)
		subscribe(t, c, "/", Subscription{Resync: true})
		f.open()
		next(t, c, Connected)
		f.chunk("/x", 0, []byte(content[:700_000]), 0, "SIZE", "1000000")
		for f.granted-f.sent != 4_000_000 {
			f.await(fmq.IDNom)
		}
		c.Close()
		f.await(fmq.IDKthxbai)
	}
	c := start(t, in, f)
	subscribe(t, c, "/", Subscription{Resync: true})
	if got, want := option(f.open(), "RESUME"), fmt.Sprintf("700000 %X x\x00", sha1.Sum([]byte(content[:700_000]))); got != want {
		t.Errorf("the client has %q, want %q", got, want)
	}
	next(t, c, Connected)
	f.chunk("/x", 700_000, []byte(content[700_000:]), 1, "SHA1", fmt.Sprintf("%X", sha1.Sum([]byte(content))))
	delivered(t, c, "/x", content)
	if _, err := os.Stat(filepath.Join(box, "x")); err != nil {
		t.Error(err)
	}
}

// What the client lists, and what it makes of the answers.
func TestResyncAndMirror(t *testing.T) {
	f := serve(t, "")
	c := start(t, nil, f)
	long := strings.Repeat("l", 130) + "/" + strings.Repeat("l", 130)
	for name, content := range map[string]string{"here": "here", long: "long", "gone": "gone", "grows": "0123"} {
		path := filepath.Join(c.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	subscribe(t, c, "/photos", Subscription{Mirror: true})
	s := f.open()
	next(t, c, Connected)
	for name, want := range map[string]string{"RESYNC": "1", "SYNC": "1", "MIRROR": "1"} {
		if got := option(s, name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	entries := strings.Split(option(s, "RESUME"), "\x00")
	slices.Sort(entries)
	var want []string
	for name, content := range map[string]string{"here": "here", long: "long", "gone": "gone", "grows": "0123"} {
		want = append(want, fmt.Sprintf("%d %X %s", len(content), sha1.Sum([]byte(content)), name))
	}
	slices.Sort(want)
	if !slices.Equal(entries[1:], want) || entries[0] != "" {
		t.Errorf("RESUME is %q, want %q", entries, want)
	}
	if got := cache(s, "here"); got != fmt.Sprintf("%X", sha1.Sum([]byte("here"))) || len(s.Cache) != 3 {
		t.Errorf("the cache has %d files, and %q", len(s.Cache), got)
	}
	f.chunk("/photos/grows", 4, []byte("456"), 0)
	f.chunk("/photos/grows", 7, nil, 1)
	delivered(t, c, "/photos/grows", "0123456")
	f.remove("/photos/gone")
	if e := next(t, c, Delete); e.Name != "gone" || e.File != filepath.Join(c.dir, "gone") {
		t.Errorf("got %+v", e)
	}
	f.chunk("/photos", 0, nil, 1, "SYNCED", "1")
	if e := next(t, c, Synced); e.Path != "/photos" {
		t.Errorf("got %+v", e)
	}
	// It grows again: what was delivered is what it begins with.
	f.chunk("/photos/grows", 7, []byte("789"), 1)
	delivered(t, c, "/photos/grows", "0123456789")
	if _, there := files(t, c.dir)["photos"]; there {
		t.Error("the end of the resync has become a file")
	}
}

// What a list says: one entry for each name, the newer partial one; whole files in the cache too, as long as that is short.
func TestListing(t *testing.T) {
	const zeros = "0000000000000000000000000000000000000000"
	held := []inbox.Held{{Name: "both", Size: 1, Partial: true}, {Name: "both", Size: 2}, {Name: "b", Size: 3}, {Name: "part", Size: 4, Partial: true}, {Name: "not", Size: 5}}
	l := listing(client.Subscription{Path: "/a/b"}, held, []string{"not"})
	if got, want := string(l.Resume), "3 "+zeros+" b\x003 "+zeros+" /a/b\x001 "+zeros+" both\x004 "+zeros+" part\x00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var keys []string
	for _, p := range l.Cache {
		keys = append(keys, string(p.Key))
	}
	if !slices.Equal(keys, []string{"b", "/a/b"}) { // a file below the path, or the file that the path is
		t.Errorf("the cache has %q", keys)
	}
	// Too much is left out: of the cache first, then of the partial files.
	held = nil
	for i := range 400_000 {
		held = append(held, inbox.Held{Name: fmt.Sprintf("%040d", i), Partial: i < 100})
	}
	l = listing(client.Subscription{Path: "/"}, held, nil)
	entries := strings.Split(string(l.Resume), "\x00")
	if len(l.Resume) > listRoom || len(l.Resume) < listRoom-100 || len(l.Cache) != 0 || strings.Contains(entries[0], "0000000099") {
		t.Errorf("%d octets and %d cached, the first is %q", len(l.Resume), len(l.Cache), entries[0])
	}
}

// Whoever did not ask for a mirror keeps what did not come through the client.
func TestDeleteWithoutMirror(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true})
	if err := os.WriteFile(filepath.Join(c.dir, "mine"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.file("/theirs", "theirs")
	delivered(t, c, "/theirs", "theirs")
	f.remove("/mine")
	f.remove("/theirs")
	if e := next(t, c, Delete); e.Name != "theirs" {
		t.Errorf("got %+v", e)
	}
	if got := files(t, c.dir); len(got) != 1 || got["mine"] != "mine" {
		t.Errorf("there is %v", got)
	}
}

// A file that does not come out right, or does not begin with what is here, is asked for again without an entry; once a minute.
func TestAskAgain(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true})
	f.chunk("/x", 0, []byte("whole"), 1)
	delivered(t, c, "/x", "whole")
	f.chunk("/x", 5, []byte("r"), 0)
	f.chunk("/x", 6, nil, 1, "SHA1", strings.Repeat("0", 40))
	next(t, c, Refused)
	s := f.confirm()
	if got := option(s, "RESUME"); got != "" || len(s.Cache) > 0 {
		t.Errorf("RESUME is %q", got)
	}
	f.chunk("/x", 6, []byte("no such beginning"), 1)
	f.file("/x", "wholer")
	delivered(t, c, "/x", "wholer")
	settle(t, f)
	for silence := time.After(300 * time.Millisecond); ; {
		select {
		case s := <-f.heard:
			if s.ID == fmq.IDIcanhaz {
				t.Fatal("the client asks for the file again at once")
			}
			continue
		case <-silence:
		}
		break
	}
	f.chunk("/y", 100, []byte("of another one"), 1)
	f.confirm()
}

// How often, and for how many files.
func TestAskAgainInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := map[string]int{}
		r := &receiver{session: &session{anew: map[string]time.Time{}}, again: func(path, name string) { asked[path+" "+name]++ }}
		sub := client.Subscription{Path: "/a", Resync: true}
		for _, x := range []struct {
			after time.Duration
			name  string
			want  int
		}{{0, "x", 1}, {0, "x", 1}, {0, "y", 1}, {askEvery - 1, "x", 1}, {1, "x", 2}, {0, "x", 2}, {askEvery, "x", 3}} {
			time.Sleep(x.after)
			r.askAgain(sub, x.name)
			if got := asked["/a "+x.name]; got != x.want {
				t.Errorf("%s after %v: asked %d times, want %d", x.name, x.after, got, x.want)
			}
		}
		r.askAgain(client.Subscription{Path: "/a"}, "z") // only changes come to who did not say RESYNC
		for i := range 2 * maxAnew {
			r.askAgain(sub, fmt.Sprint(i))
		}
		if asked["/a z"] != 0 || len(asked) > 2+maxAnew || len(r.session.anew) > maxAnew {
			t.Errorf("asked for %d files, %d are remembered", len(asked), len(r.session.anew))
		}
		time.Sleep(askEvery)
		r.askAgain(sub, "late")
		if asked["/a late"] != 1 || len(r.session.anew) != 1 {
			t.Errorf("a minute later %d are remembered", len(r.session.anew))
		}
	})
}

// What has come of a file that the server has no more is forgotten when the resync is through.
func TestPartIsForgottenBehindSynced(t *testing.T) {
	f, c := begin(t, "/", Subscription{Resync: true})
	content := pattern(700_000)
	f.chunk("/x", 0, []byte(content), 0, "SIZE", "1000000")
	settle(t, f)
	again := func() string {
		f.say(fmq.Message{ID: fmq.IDKthxbai})
		next(t, c, Lost)
		s := f.open()
		next(t, c, Connected)
		return option(s, "RESUME")
	}
	if got := again(); !strings.HasPrefix(got, "700000 ") {
		t.Errorf("the client has %q", got)
	}
	f.chunk("/", 0, nil, 1, "SYNCED", "1")
	next(t, c, Synced)
	if got := again(); got != "" {
		t.Errorf("the client still has %q", got)
	}
	partial, err := os.ReadDir(filepath.Join(c.dir, ".filemq", "partial"))
	if err != nil || len(partial) > 0 {
		t.Errorf("left are %v, %v", partial, err)
	}
}

// Who does not ask for what is there will not ask for the rest of a file either: what has come of it is not kept.
func TestPartIsNotKeptWithoutResync(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	f.chunk("/x", 0, []byte(pattern(700_000)), 0, "SIZE", "1000000")
	settle(t, f)
	f.say(fmq.Message{ID: fmq.IDKthxbai})
	next(t, c, Lost)
	partial, err := os.ReadDir(filepath.Join(c.dir, ".filemq", "partial"))
	if err != nil || len(partial) > 0 {
		t.Errorf("left are %v, %v", partial, err)
	}
}

func option(s said, name string) string {
	for _, p := range s.Options {
		if string(p.Key) == name {
			return string(p.Value)
		}
	}
	return "none"
}

func cache(s said, name string) string {
	for _, p := range s.Cache {
		if string(p.Key) == name {
			return string(p.Value)
		}
	}
	return "none"
}
