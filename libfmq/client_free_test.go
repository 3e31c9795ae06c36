package fmq

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
)

// The disk has less free than is to be left: the file waits, which is told once, and comes when there is room.
func TestKeepFree(t *testing.T) {
	var free atomic.Int64
	f := serve(t, "")
	dir := t.TempDir()
	cfg := ClientConfig{Inbox: dir, Servers: []string{f.endpoint()}, KeepFree: 1000}
	if err := cfg.check(); err != nil {
		t.Fatal(err)
	}
	in, err := openInbox(&cfg)
	if err != nil {
		t.Fatal(err)
	}
	free.Store(1000 + 300_000)
	disk := func(string) (int64, int64, error) { return free.Load(), 1 << 40, nil }
	c, err := dial(t.Context(), cfg, &roomy{in, dir, cfg.KeepFree, disk})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.retryEvery = 1 // before anything is tried
	subscribe(t, c, "/", Subscription{Resync: true})
	f.open()
	next(t, c, Connected)
	blocked := func() {
		t.Helper()
		e := next(t, c, Blocked)
		if !errors.Is(e.Cause, ErrNearlyFull) || !errors.Is(e.Cause, syscall.ENOSPC) || !strings.Contains(e.Cause.Error(), dir) {
			t.Errorf("%v", e.Cause)
		}
	}
	f.file("/fits", pattern(300_000)) // it does not really take anything
	delivered(t, c, "/fits", pattern(300_000))
	f.file("/large", pattern(300_001))
	blocked()
	if octets := c.Stats().Octets; octets != 300_000 {
		t.Errorf("%d octets are stored: a part of what does not fit, too", octets)
	}
	free.Store(1000 + 300_001)
	delivered(t, c, "/large", pattern(300_001))
	f.chunk("/grows", 0, []byte("12"), 0) // of a size that nobody knows
	settle(t, f)
	free.Store(1000)
	f.chunk("/grows", 2, []byte("3"), 0)
	blocked()
	free.Store(1001)
	f.chunk("/grows", 3, nil, 1)
	delivered(t, c, "/grows", "123")
}

// How much is left by default, of a file system that holds the inbox, or will.
func TestFreeTwentieth(t *testing.T) {
	total := int64(2000)
	r := roomy{dir: "/not/there", keep: FreeTwentieth, free: func(dir string) (int64, int64, error) {
		if dir != "/" {
			return 0, 0, &fs.PathError{Err: fs.ErrNotExist}
		}
		return 1000 + 100, total, nil
	}}
	if err := r.check(1000); err != nil {
		t.Error(err)
	}
	if err := r.check(1001); !errors.Is(err, ErrNearlyFull) || !strings.Contains(err.Error(), "100 octets are to be left") {
		t.Error(err)
	}
	total = 1 << 50
	if err := r.check(0); err == nil || !strings.Contains(err.Error(), "1073 MB are to be left") {
		t.Error(err)
	}
	r.free = func(string) (int64, int64, error) { return 0, 0, os.ErrPermission }
	if err := r.check(1 << 50); err != nil {
		t.Error(err)
	}
	if _, err := Dial(t.Context(), ClientConfig{Inbox: t.TempDir(), KeepFree: -2}); !errors.Is(err, ErrInvalid) {
		t.Error(err)
	}
	if free, total, err := freeOf(t.TempDir()); err == nil && (free <= 0 || total < free) {
		t.Errorf("%d of %d", free, total)
	}
}
