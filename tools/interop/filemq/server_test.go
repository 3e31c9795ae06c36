package filemq

import (
	"os"
	"strings"
	"testing"
	"time"

	fmq "github.com/zeromq/gozyre/libfmq"
)

func TestCClientReceives(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "old", "it does not ask for what is there")
	g := visit(t, listen(t, anyPort, dir).Endpoint(), "/")
	big := pattern(3<<20, 0)
	for _, f := range []struct{ name, content string }{
		{"new", "hello"}, {"a/b/c/deep", "below folders"}, {"big", big}, {"empty", ""}, {"new", "hello, and this is longer"}, {"empty", "not any more"},
	} {
		put(t, dir, f.name, f.content)
		g.updated(f.name, f.content)
	}
	remove(t, dir, "new")
	g.deleted("new")
	remove(t, dir, "a/b/c/deep")
	g.deleted("a/b/c/deep")
	if _, err := os.Stat(g.inbox + "/new"); !os.IsNotExist(err) {
		t.Errorf("new is there still: %v", err)
	}
	put(t, dir, "new", "here again")
	g.updated("new", "here again")
}

// The client leaves the tail of a longer file in place. What we sent was right.
func TestCClientGetsAShorterFile(t *testing.T) {
	dir := t.TempDir()
	g := visit(t, listen(t, anyPort, dir).Endpoint(), "/")
	put(t, dir, "f", pattern(600_000, 0))
	g.updated("f", pattern(600_000, 0))
	put(t, dir, "f", "short")
	if e := g.expect("UPDATED"); e.Size != 5 || e.Disk != 600_000 {
		t.Fatalf("got %+v", e)
	}
	if b, err := os.ReadFile(g.inbox + "/f"); err != nil || string(b) != "short"+pattern(600_000, 0)[5:] {
		t.Errorf("the beginning is not what was sent (%v)", err)
	}
}

func TestCClientReceivesOddNames(t *testing.T) {
	dir := t.TempDir()
	g := visit(t, listen(t, anyPort, dir).Endpoint(), "/")
	for _, name := range []string{
		"with blanks", "%s%n", "new\nline", "Grüße", "\xff\xfe", strings.Repeat("n", 255), strings.Repeat("d/", 20) + "f", "-rf", "\\",
	} {
		put(t, dir, name, name)
		if e := g.expect("UPDATED"); e.Size != int64(len(name)) {
			t.Fatalf("got %+v for %q", e, name)
		}
		if b, err := os.ReadFile(g.inbox + "/" + name); err != nil || string(b) != name {
			t.Errorf("%q holds %q (%v)", name, b, err)
		}
	}
}

// It never answers HUGZ, and without a timeout of its own says nothing at all. Its silence is no reason to forget it.
func TestCClientIsNotForgottenForItsSilence(t *testing.T) {
	dir := t.TempDir()
	s := listenWith(t, fmq.ServerConfig{Endpoint: anyPort, Heartbeat: heartbeat, Expired: expired}, dir)
	g := visit(t, s.Endpoint(), "/", "timeout", "0")
	for range 5 * int(expired/heartbeat) { // HUGZ is an error in its protocol
		if e := g.expect("PROTOCOL-ERROR"); e.Text != "HUGZ while subscribed" {
			t.Fatalf("got %+v", e)
		}
	}
	put(t, dir, "f", "you are still there")
	g.updated("f", "you are still there")
	if st := s.Stats(); st.Clients != 1 || st.Ignored != 0 || st.Malformed != 0 {
		t.Errorf("got %+v", st)
	}
}

// It says HUGZ itself when it hears nothing, and leaves after some without an answer.
func TestCClientHearsThatWeAreThere(t *testing.T) {
	dir := t.TempDir()
	s := listenWith(t, fmq.ServerConfig{Endpoint: anyPort, Heartbeat: time.Hour}, dir)
	g := visit(t, s.Endpoint(), "/", "timeout", "50")
	for range 10 {
		g.expect("HUGZ-OK")
	}
	put(t, dir, "f", "and so are you")
	g.updated("f", "and so are you")
}

// C filemq's own server never comes beyond 1,221 files of 4 KiB: what 5,000,000 octets of credit hold.
func TestCClientReceivesManySmallFiles(t *testing.T) {
	for name, c := range map[string]struct{ n, size int }{
		"1000 of 100 octets": {1000, 100}, "2000 of 4 KiB": {2000, 4096}, "3 of 2 MB": {3, 2_000_001},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := listen(t, anyPort, dir)
			g := visit(t, s.Endpoint(), "/")
			files := putMany(t, dir, "many", c.n, c.size)
			for range c.n {
				e := g.expect("UPDATED")
				content, ok := files[e.Name]
				if !ok {
					t.Fatalf("got %+v, which there is not, or not again", e)
				}
				g.right(e, e.Name, content)
				delete(files, e.Name)
			}
			put(t, dir, "last", "and on it goes")
			g.updated("last", "and on it goes")
			until(t, func() bool { return s.Stats().Sent >= uint64(c.n)+1 })
			if st := s.Stats(); st.Sent != uint64(c.n)+1 {
				t.Errorf("%d files were sent, want %d", st.Sent, c.n+1)
			}
		})
	}
}

// It matches paths as plain prefixes: of a path beside its own it would make a file of another name.
func TestCClientGetsItsPathOnly(t *testing.T) {
	dir := t.TempDir()
	g := visit(t, listen(t, anyPort, dir).Endpoint(), "/foo")
	put(t, dir, "foobar/x", "not below /foo")
	put(t, dir, "other", "neither")
	put(t, dir, "foo/x", "below /foo")
	g.updated("x", "below /foo")
	remove(t, dir, "foobar/x")
	remove(t, dir, "foo/x")
	g.deleted("x")
}

func TestTwoCClients(t *testing.T) {
	dir := t.TempDir()
	s := listen(t, anyPort, dir)
	a, b := visit(t, s.Endpoint(), "/"), visit(t, s.Endpoint(), "/below")
	put(t, dir, "below/f", pattern(2_000_000, 1))
	a.updated("below/f", pattern(2_000_000, 1))
	b.updated("f", pattern(2_000_000, 1))
	a.do("kthxbai")
	put(t, dir, "below/g", "one has left")
	b.updated("g", "one has left")
	until(t, func() bool { return s.Stats().Clients == 1 })
	put(t, dir, "above", "nobody is there for that")
	put(t, dir, "below/h", "but one for this")
	b.updated("h", "but one for this")
}

// It says OHAI again on the same connection while a big file is on its way: everything begins anew.
func TestCClientSaysOHAIAgain(t *testing.T) {
	dir := t.TempDir()
	s := listen(t, anyPort, dir)
	g := visit(t, s.Endpoint(), "/")
	put(t, dir, "f", "before")
	g.updated("f", "before")
	g.do("ohai")
	g.expect("SUBSCRIBED")
	put(t, dir, "g", "after")
	g.updated("g", "after")
	if st := s.Stats(); st.Clients != 1 || st.Subscriptions != 1 {
		t.Errorf("got %+v", st)
	}
}

// Our server ends and begins anew. The client hears of it by an RTFM, stops, and says OHAI to the new one.
func TestCClientSurvivesOurRestart(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	s := listen(t, at, dir)
	g := visit(t, at, "/", "timeout", "200")
	put(t, dir, "f", "before")
	g.updated("f", "before")
	s.Close()
	if e := g.heard("KTHXBAI"); e.Text != "KTHXBAI while subscribed" {
		t.Fatalf("got %+v", e)
	}
	s = listen(t, at, dir)
	g.expect("RTFM") // to its HUGZ
	g.expect("TERMINATED")
	g.do("ohai")
	g.expect("SUBSCRIBED")
	put(t, dir, "g", "after")
	g.updated("g", "after")
	if st := s.Stats(); st.Clients != 1 {
		t.Errorf("got %+v", st)
	}
}

// The client is killed in the middle of a file, and another one begins.
func TestCClientIsKilled(t *testing.T) {
	dir := t.TempDir()
	s := listen(t, anyPort, dir)
	first := visit(t, s.Endpoint(), "/")
	put(t, dir, "big", pattern(50_000_000, 0))
	until(t, func() bool { return s.Stats().Octets > 0 })
	first.kill()
	second := visit(t, s.Endpoint(), "/")
	put(t, dir, "f", "to the other one")
	second.updated("f", "to the other one")
}

// It closes a file on an empty chunk only: what came behind a file that was broken off would go into that one.
func TestCClientWhileAFileIsBrokenOff(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, dir string){
		"deleted":     func(t *testing.T, dir string) { remove(t, dir, "big") },
		"overwritten": func(t *testing.T, dir string) { put(t, dir, "big", "small now") },
		"changed": func(t *testing.T, dir string) {
			if err := os.Truncate(dir+"/big", 1000); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := listen(t, anyPort, dir)
			g := visit(t, s.Endpoint(), "/", "stall", "5000000")
			put(t, dir, "big", pattern(20_000_000, 0))
			g.expect("STALLED") // in the middle of it
			change(t, dir)
			put(t, dir, "z", "the next file")
			g.do("go")
			for {
				e := g.next()
				if e.Type == "UPDATED" && e.Name == "z" {
					g.right(e, "z", "the next file")
					break
				}
			}
			if _, err := os.Stat(dir + "/big"); err != nil { // the one that was deleted
				if _, err := os.Stat(g.inbox + "/big"); !os.IsNotExist(err) {
					t.Errorf("big is there still (%v)", err)
				}
			}
		})
	}
}
