package filemq

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	fmq "github.com/zeromq/gozyre/libfmq"
)

func TestCServerSends(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, nil, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	for _, f := range []struct{ name, content string }{
		{"new", "hello"}, {"a/b/c/deep", "below folders"}, {"empty", ""}, {"new", "hello, and this is longer"}, {"empty", "not any more"}, {"new", "short"},
		{"with blanks, %s and \n", "odd"}, {"exactly a chunk", pattern(1_000_000, 1)},
	} {
		put(t, dir, f.name, f.content)
		c.delivered("/"+f.name, f.name, f.content)
	}
	remove(t, dir, "new")
	c.deleted("/new", "new")
	remove(t, dir, "a/b/c/deep")
	c.deleted("/a/b/c/deep", "a/b/c/deep")
	put(t, dir, "new", "here again")
	c.delivered("/new", "new", "here again")
	c.Close()
	h.expect("KTHXBAI")
}

// Files larger than the window come in chunks of a million octets, for which the server waits until there is no credit at all. With any other
// rest than none it would repeat itself for ever, so it must never have one.
func TestCServerSendsBigFiles(t *testing.T) {
	for name, c := range map[string]struct{ window, credit int64 }{
		"least window": {1_000_000, 1_000_000}, "window": {4_000_000, 4_000_000}, "odd window": {1_500_000, 1_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			h := host(t, anyPort, dir, "livelock", "1")
			ours := dial(t, h.addr, &fmq.ClientConfig{Window: c.window}, fmq.Subscription{}, "/")
			ours.expect(fmq.Connected)
			h.open("/")
			for i, size := range []int{23_456_789, 10, 5_000_000, 4_000_001, 0, 6_000_000} {
				put(t, dir, "f", pattern(size, i))
				ours.delivered("/f", "f", pattern(size, i))
				for e := h.next(); e.Type != "FINISHED" || e.Size != c.credit; e = h.next() { // until all credit is back
					if e.Type == "LIVELOCK" {
						t.Fatalf("file of %d: the server repeats itself", size)
					}
				}
			}
		})
	}
}

// It does not know RESYNC, SYNC and MIRROR, nor what we list: what is there stays unsent, and what we hold stays.
func TestCServerIgnoresOptions(t *testing.T) {
	for name, opt := range map[string]fmq.Subscription{"resync": {Resync: true}, "mirror": {Mirror: true}} {
		t.Run(name, func(t *testing.T) {
			dir, inbox := t.TempDir(), t.TempDir()
			put(t, dir, "old", "was there before")
			put(t, inbox, "mine", "the server does not have it")
			put(t, inbox, "both", "of the client")
			put(t, dir, "both", "of the server")
			h := host(t, anyPort, dir)
			c := dial(t, h.addr, &fmq.ClientConfig{Inbox: inbox}, opt, "/")
			c.expect(fmq.Connected)
			h.open("/")
			put(t, dir, "new", "came later")
			c.delivered("/new", "new", "came later")
			c.holds("mine", "the server does not have it")
			c.holds("both", "of the client")
			remove(t, dir, "new")
			c.deleted("/new", "new")
		})
	}
}

// Every subscription stands before the first credit, and later ones come when the server is idle.
func TestCServerGetsSubscriptionsFirst(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, nil, fmq.Subscription{}, "/a", "/b", "/c")
	c.expect(fmq.Connected)
	h.open("/a", "/b", "/c")
	put(t, dir, "a/f", "one")
	c.delivered("/a/f", "f", "one")
	put(t, dir, "c/g", "two")
	c.delivered("/c/g", "g", "two")
	if err := c.Subscribe(t.Context(), "/d", fmq.Subscription{}); err != nil {
		t.Fatal(err)
	}
	if e := h.expect("ICANHAZ"); e.Name != "/d" || e.Text != "ready" {
		t.Fatalf("got %+v", e)
	}
	put(t, dir, "d/h", "three")
	c.delivered("/d/h", "h", "three")
}

// It sends everything that changes in its folder, whatever the subscription's path is. What is not ours costs no credit for ever.
func TestCServerSendsWhatWasNotAskedFor(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, nil, fmq.Subscription{}, "/photos")
	c.expect(fmq.Connected)
	h.open("/photos")
	for i := range 3 { // each as large as the window
		put(t, dir, "other", pattern(4_000_000, i))
		if e := c.expect(fmq.Refused); e.Path != "/other" {
			t.Fatalf("got %+v", e)
		}
		h.expect("FINISHED")
	}
	put(t, dir, "photos/a", "ours")
	for {
		e := c.next()
		if e.Type == fmq.Deliver && e.Name == "a" {
			break
		}
		if e.Type != fmq.Refused {
			t.Fatalf("got %s of %q", e.Type, e.Path)
		}
	}
	c.holds("a", "ours")
	if _, err := os.Stat(filepath.Join(c.inbox, "other")); !os.IsNotExist(err) {
		t.Errorf("what was not asked for is here (%v)", err)
	}
}

// It knows no SASL and lets everybody in.
func TestCServerWantsNoLogin(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir)
	c := dial(t, h.addr, &fmq.ClientConfig{Login: "alice", Password: "secret"}, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "f", "hello")
	c.delivered("/f", "f", "hello")
}

// It says nothing by itself and forgets who is silent: we ask whether it is there, and it answers.
func TestCServerHearsThatWeAreThere(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir, "timeout", "2000")
	c := dial(t, h.addr, &fmq.ClientConfig{Heartbeat: 100 * time.Millisecond}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	for range 25 { // 2.5 seconds
		if e := h.next(); e.Type != "HUGZ" && e.Type != "FINISHED" {
			t.Fatalf("got %+v", e)
		}
	}
	put(t, dir, "f", "both are there")
	c.delivered("/f", "f", "both are there")
}

func TestCServerDiesAndComesBack(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	h := host(t, at, dir)
	c := dial(t, at, nil, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "f", "before")
	c.delivered("/f", "f", "before")
	for i := range 2 {
		h.kill()
		c.expect(fmq.Lost)
		h = host(t, at, dir)
		c.expect(fmq.Connected)
		h.open("/")
		after := pattern(2_500_000, i)
		put(t, dir, "g", after)
		c.delivered("/g", "g", after)
	}
}

// A new server is there before our client has missed the old one: it takes us for a stranger and says RTFM to whatever comes first.
func TestCServerIsReplacedAtOnce(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	h := host(t, at, dir)
	c := dial(t, at, nil, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	h.kill()
	h = host(t, at, dir)
	c.expect(fmq.Lost)
	c.expect(fmq.Connected)
	put(t, dir, "f", "after")
	c.delivered("/f", "f", "after")
}

// It dies in the middle of a big file. The half is not delivered; the new server sends the file when it changes.
func TestCServerDiesWhileItSends(t *testing.T) {
	dir, at := t.TempDir(), endpoint(t)
	h := host(t, at, dir)
	c := dial(t, at, nil, fmq.Subscription{Resync: true}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "big", pattern(200_000_000, 0))
	for e := range c.Events() { // the first part of it
		if e.Type == fmq.Progress {
			break
		}
	}
	h.kill()
	c.expect(fmq.Lost)
	if _, err := os.Stat(filepath.Join(c.inbox, "big")); !os.IsNotExist(err) {
		t.Errorf("a half is here (%v)", err)
	}
	h = host(t, at, dir)
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "big", pattern(3_000_000, 1))
	c.delivered("/big", "big", pattern(3_000_000, 1))
}
