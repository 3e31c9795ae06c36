package fmq

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// A lazy client makes no inbox before a file comes, and finds what is in one that is there.
func TestLazy(t *testing.T) {
	f := serve(t, "")
	c := start(t, func(cfg *ClientConfig) { cfg.Lazy, cfg.NoLink = true, true }, f)
	subscribe(t, c, "/", Subscription{Resync: true})
	f.open()
	next(t, c, Connected)
	f.remove("/x")
	f.chunk("/", 0, nil, 1, "SYNCED", "1")
	next(t, c, Synced)
	if _, err := os.Lstat(c.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is an inbox: %v", err)
	}
	f.file("/x", "x")
	delivered(t, c, "/x", "x")
	f.remove("/x")
	next(t, c, Delete)
	f.file("/y", "y")
	delivered(t, c, "/y", "y")
	c.Close()

	again := serve(t, "")
	other := start(t, func(cfg *ClientConfig) { cfg.Lazy, cfg.Inbox, cfg.Origin = true, c.dir, f.endpoint() }, again)
	subscribe(t, other, "/", Subscription{Resync: true})
	if s := again.open(); !strings.HasSuffix(option(s, "RESUME"), " y\x00") {
		t.Error("what is here is not told")
	}
}

// What is wrong with the inbox of a lazy client is told when a file comes, and when it is well again so is the client. A link in its place is wrong.
func TestLazyBlocked(t *testing.T) {
	outside := t.TempDir()
	place := filepath.Join(t.TempDir(), "inbox")
	if err := os.Symlink(outside, place); err != nil {
		t.Skip(err) // Windows, without the right to
	}
	f := serve(t, "")
	c := start(t, func(cfg *ClientConfig) { cfg.Lazy, cfg.NoLink, cfg.Inbox = true, true, place }, f)
	c.retryEvery = 10 * time.Millisecond
	subscribe(t, c, "/", Subscription{Resync: true})
	f.open()
	next(t, c, Connected)
	f.file("/x", "x")
	if e := next(t, c, Blocked); !errors.Is(e.Cause, inbox.ErrInTheWay) {
		t.Errorf("got %v", e.Cause)
	}
	if err := os.Remove(place); err != nil {
		t.Fatal(err)
	}
	delivered(t, c, "/x", "x")
	if got := files(t, outside); len(got) != 0 {
		t.Errorf("%q is where the link leads", got)
	}
}

func TestNoLink(t *testing.T) {
	place := filepath.Join(t.TempDir(), "inbox")
	if err := os.Symlink(t.TempDir(), place); err != nil {
		t.Skip(err)
	}
	if c, err := Dial(t.Context(), ClientConfig{Inbox: place, NoLink: true}); !errors.Is(err, inbox.ErrInTheWay) {
		t.Error(err)
		if err == nil {
			c.Close()
		}
	}
}
