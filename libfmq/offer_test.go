package fmq

import (
	"context"
	"crypto/sha1"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

// heard waits for the next receipt.
func heard(t *testing.T, receipts <-chan Receipt) Receipt {
	t.Helper()
	select {
	case r := <-receipts:
		return r
	case <-time.After(patience):
		t.Fatal("no receipt")
		return Receipt{}
	}
}

// A server hears which client has which file: when it has stored it, or had it. By then the client has told its user.
func TestReceipts(t *testing.T) {
	dir, inbox := t.TempDir(), t.TempDir()
	contents := map[string]string{"/large": random(9_000_000), "/sub/small": "small", "/zero": ""}
	for path, text := range contents {
		put(t, dir, path[1:], text)
	}
	receipts := make(chan Receipt, 100)
	s := listen(t, ServerConfig{Receipt: func(r Receipt) { receipts <- r }}, dir)
	want := func(held bool, paths ...string) {
		t.Helper()
		var got []string
		for range paths {
			r := heard(t, receipts)
			got = append(got, r.Path)
			if text := contents[r.Path]; r.Client != "carol" || r.Held != held || r.Size != int64(len(text)) || r.Digest != sha1.Sum([]byte(text)) {
				t.Errorf("got %+v", r)
			}
		}
		if slices.Sort(got); !slices.Equal(got, paths) {
			t.Errorf("receipts for %q, want %q", got, paths)
		}
	}
	dial := func(window int64) *Client {
		t.Helper()
		c, err := Dial(t.Context(), ClientConfig{Servers: []string{s.Endpoint()}, Inbox: inbox, Name: "carol", Window: window})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		subscribe(t, c, "/", Subscription{Resync: true})
		return c
	}
	c := dial(0)
	want(false, "/large", "/sub/small", "/zero")
	for len(c.Events()) > 0 {
		if e := <-c.Events(); e.Type == Deliver {
			delete(contents, e.Path)
		}
	}
	if len(contents) > 0 {
		t.Errorf("there are receipts before it is told: %d files", len(contents))
	}
	contents = map[string]string{"/large": random(9_000_000), "/sub/small": "small", "/zero": ""}
	c.Close()
	dial(0)
	want(true, "/large", "/sub/small", "/zero")
	contents["/zero"] = "something"
	put(t, dir, "zero", "something")
	want(false, "/zero")
	s.Close()
	if len(receipts) > 0 {
		t.Errorf("one too many: %+v", <-receipts)
	}
}

// A hidden directory is for those who have subscribed to its path.
func TestHidden(t *testing.T) {
	public, hidden := t.TempDir(), t.TempDir()
	real := put(t, public, "a", "a")
	put(t, hidden, "h", "h")
	s := listen(t, ServerConfig{}, public)
	if err := s.Publish(Publish{Dir: hidden, As: "/.groups/g", Hidden: true}); err != nil {
		t.Fatal(err)
	}
	in := t.TempDir()
	c := fetch(t, in, Subscription{Resync: true}, s.Endpoint())
	if _, got := until(t, c, Synced); len(got) != 1 {
		t.Errorf("got %v", got)
	}
	for _, p := range []struct{ dir, as, name string }{{hidden, "/.groups/g", "change"}, {public, "/", "b"}} {
		if err := os.WriteFile(filepath.Join(p.dir, p.name+".ln"), []byte(real+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if offered, err := s.Look(p.as, p.name); !offered || err != nil {
			t.Fatalf("%+v: %v, %v", p, offered, err)
		}
	}
	if e := next(t, c, Deliver); e.Name != "b" {
		t.Errorf("got %+v", e)
	}
	subscribe(t, c, "/.groups/g", Subscription{Resync: true, Into: "g"})
	until(t, c, Synced)
	put(t, hidden, "i", "i")
	until(t, c, Deliver)
	if got := content(t, in); len(got) != 5 || got["a"] != "a" || got["g/h"] != "h" || got["g/i"] != "i" || got["g/change"] != "a" {
		t.Errorf("got %q", got)
	}
}

// Who leaves in the middle of a file gets no more of it; who returns, the rest.
func TestLeavingAndReturning(t *testing.T) {
	dir := t.TempDir()
	const size = 64 << 20
	sparse(t, dir, "large", size)
	s := listen(t, ServerConfig{})
	if err := s.Publish(Publish{Dir: dir, As: "/g", Hidden: true}); err != nil {
		t.Fatal(err)
	}
	c := start(t, func(cfg *ClientConfig) { cfg.Servers = []string{s.Endpoint()}; cfg.Window = 1_000_000 })
	subscribe(t, c, "/g", Subscription{Resync: true})
	poll := func(what string, is func() bool) {
		t.Helper()
		for deadline := time.Now().Add(patience); !is(); runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatal("not " + what)
			}
		}
	}
	poll("begun", func() bool { return c.Stats().Octets > 0 })
	if err := c.Unsubscribe("/g"); err != nil {
		t.Fatal(err)
	}
	poll("left", func() bool { return s.Stats().Subscriptions == 0 && c.Stats().Messages == 0 })
	if st := s.Stats(); st.Octets >= size || st.Sent > 0 || st.Broken > 0 {
		t.Errorf("got %+v", st)
	}
	subscribe(t, c, "/g", Subscription{Resync: true})
	e, _ := until(t, c, Deliver)
	if st := s.Stats(); e.Size != size || e.Sent >= size || st.Broken > 0 {
		t.Errorf("got %+v, %+v", e, st)
	}
}

// Look: what it finds can be had when it returns.
func TestLook(t *testing.T) {
	dir, aside := t.TempDir(), t.TempDir()
	real := put(t, aside, "real", "content")
	s, err := Listen(context.Background(), ServerConfig{
		Endpoint: "tcp://127.0.0.1:*", Monitor: time.Hour, Publish: []Publish{{Dir: dir}, {Dir: aside, As: "/aside"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	link := filepath.Join(dir, "x.ln")
	for range 20 {
		if err := os.WriteFile(link, []byte(real+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if offered, err := s.Look("/", "x"); !offered || err != nil || s.Stats().Files != 2 {
			t.Fatalf("got %v, %v; %d files", offered, err, s.Stats().Files)
		}
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		if offered, err := s.Look("/", "x"); offered || err != nil || s.Stats().Files != 1 {
			t.Fatalf("without: got %v, %v; %d files", offered, err, s.Stats().Files)
		}
	}
	for _, bad := range [][2]string{{"", "x"}, {"/", ""}, {"/", "../x"}, {"/", "a//b"}, {"/", "/x"}, {"/none", "x"}, {"/", "x\x00"}} {
		if _, err := s.Look(bad[0], bad[1]); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	s.Close()
	if _, err := s.Look("/", "x"); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
}

// Whoever looks at a directory that is retracted just then gets an answer.
func TestLookWhileRetracted(t *testing.T) {
	s := listen(t, ServerConfig{})
	gone := &offer{Publish: Publish{As: "/x"}, looks: make(chan lookAt), ended: make(chan struct{})}
	close(gone.ended)
	offers := func(list ...*offer) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.offers = list
	}
	offers(gone)
	defer offers()
	if offered, err := s.Look("/x", "y"); offered || err != nil {
		t.Errorf("got %v, %v", offered, err)
	}
}
