package dir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// fakeNotifier tells what a test wants it to.
type fakeNotifier struct {
	add   func(folder string) error
	event chan fsnotify.Event
	fault chan error
}

func (n *fakeNotifier) Add(folder string) error {
	if n.add == nil {
		return nil
	}
	return n.add(folder)
}
func (n *fakeNotifier) Remove(string) error           { return nil }
func (n *fakeNotifier) Close() error                  { return nil }
func (n *fakeNotifier) events() <-chan fsnotify.Event { return n.event }
func (n *fakeNotifier) errors() <-chan error          { return n.fault }

// noNotifications: they are all lost.
func noNotifications() (notifier, error) { return &fakeNotifier{}, nil }

func TestNotificationsLost(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/b/file", "x")
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond, notify: noNotifications})
	v.wantFirst("a/b/file")
	write(t, top, "a/b/new", "")
	write(t, top, "c/new", "")
	v.want("a/b/file", "a/b/new", "c/new")
	appendTo(t, filepath.Join(top, "a", "b", "file"), "more")
	must(t, os.Chtimes(filepath.Join(top, "a", "b", "file"), old, old))
	v.until("a/b/file", func(f *File) bool { return f.Size == 5 })
	must(t, os.RemoveAll(filepath.Join(top, "a")))
	v.want("c/new")
	v.scanned(2)
}

func TestNotificationsOverflow(t *testing.T) {
	top := t.TempDir()
	fake := &fakeNotifier{fault: make(chan error)}
	v := watchDir(t, Config{Dir: top, notify: func() (notifier, error) { return fake, nil }})
	write(t, top, "a/b/new", "")
	fake.fault <- fsnotify.ErrEventOverflow
	v.want("a/b/new")
}

// What can be told of without a scan does not wait for one; and a storm of notifications for a file that is written to costs nothing.
func TestNotificationsAreOfUse(t *testing.T) {
	top := t.TempDir()
	write(t, top, "file", "")
	fake := &fakeNotifier{event: make(chan fsnotify.Event)}
	var visits atomic.Int32
	v := watchDir(t, Config{Dir: top, notify: func() (notifier, error) { return fake, nil },
		fault: func(string) error { visits.Add(1); return nil }})
	before := visits.Load()
	write(t, top, "new", "")
	fake.event <- fsnotify.Event{Name: filepath.Join(top, "new"), Op: fsnotify.Create}
	v.want("file", "new")
	for range 1000 {
		fake.event <- fsnotify.Event{Name: filepath.Join(top, "file"), Op: fsnotify.Write}
	}
	fake.event <- fsnotify.Event{Name: "/somewhere/else", Op: fsnotify.Create}
	fake.event <- fsnotify.Event{Name: filepath.Join(top, "no", "such", "folder"), Op: fsnotify.Create}
	if n := visits.Load() - before; n != 0 {
		t.Errorf("%d folders were read for it", n)
	}
}

func TestWatchLimitReached(t *testing.T) {
	for _, limit := range []error{syscall.ENOSPC, syscall.EMFILE} {
		t.Run(limit.Error(), func(t *testing.T) {
			if !noMoreWatches(limit) {
				t.Log("this system has no such limit")
				return
			}
			top := t.TempDir()
			for i := range 10 {
				write(t, top, fmt.Sprintf("%d/file", i), "")
			}
			fake := &fakeNotifier{add: func(string) error { return limit }}
			v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond, notify: func() (notifier, error) { return fake, nil }})
			if len(v.files) != 10 {
				t.Errorf("%d files", len(v.files))
			}
			v.scanned(3)
			write(t, top, "5/new", "")
			for v.files["5/new"] == nil {
				v.next()
			}
			if v.log.count("not all folders can be watched") != 1 || v.log.count("max_user_watches") != 1 {
				t.Errorf("log:\n%s", v.log)
			}
		})
	}
	t.Run("no notifications at all", func(t *testing.T) {
		top := t.TempDir()
		v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond, notify: func() (notifier, error) { return nil, syscall.EMFILE }})
		write(t, top, "new", "")
		v.want("new")
		if v.log.count("no folder can be watched") != 1 {
			t.Errorf("log:\n%s", v.log)
		}
	})
}

func TestFolderCannotBeRead(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/file", "")
	write(t, top, "a/b/file", "")
	write(t, top, "c/file", "")
	var locked atomic.Bool
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond, notify: noNotifications, fault: func(folder string) error {
		if locked.Load() && folder == "a" {
			return syscall.EACCES
		}
		return nil
	}})
	v.wantFirst("a/file", "a/b/file", "c/file")
	locked.Store(true)
	v.scanned(2)
	must(t, os.RemoveAll(filepath.Join(top, "a", "b"))) // nobody can see that
	write(t, top, "a/new", "")
	v.scanned(3)
	if n := v.log.count("cannot be read"); n != 1 || v.log.count(filepath.Join(top, "a")) != 1 {
		t.Errorf("%d lines; log:\n%s", n, v.log)
	}
	write(t, top, "c/new", "") // the others are read as ever
	v.want("a/file", "a/b/file", "c/file", "c/new")
	locked.Store(false)
	v.want("a/file", "a/new", "c/file", "c/new")
}

func TestDirectoryGone(t *testing.T) {
	top := filepath.Join(t.TempDir(), "dir")
	write(t, top, "a/file", "content")
	write(t, top, "b", "")
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	v.wantFirst("a/file", "b")

	must(t, os.Rename(top, top+" away"))
	for range 3 { // it is noticed, and nothing is deleted
		waitLog(t, v, "cannot be read", 1)
	}
	if f, err := v.w.Open(v.files["b"]); err == nil {
		f.Close()
		t.Error("a file of a directory that is gone was opened")
	}
	write(t, top+" away", "new", "")
	must(t, os.Rename(top+" away", top))
	v.want("a/file", "b", "new")
	if got := v.content("a/file"); got != "content" {
		t.Errorf("content %q", got)
	}

	// Another directory of that name: it counts, and is watched.
	must(t, os.Rename(top, top+" away"))
	waitLog(t, v, "cannot be read", 2)
	write(t, top, "a/other", "")
	v.want("a/other")
	write(t, top, "a/new", "")
	v.want("a/other", "a/new")
	if n := v.log.count("cannot be read"); n != 2 {
		t.Errorf("%d lines; log:\n%s", n, v.log)
	}
}

// waitLog waits until the log has n lines with a text in them. No patch may come meanwhile.
func waitLog(t *testing.T, v *view, text string, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for limit := time.After(deadline); v.log.count(text) < n; {
		select {
		case batch := <-v.w.Patches():
			for _, p := range batch {
				t.Fatalf("patch that should not come: %q, deleted %v", p.File.Name, p.Deleted)
			}
		case <-tick.C:
		case <-limit:
			t.Fatalf("log:\n%s", v.log)
		}
	}
}

// The directory is a file for a while.
func TestDirectoryIsNone(t *testing.T) {
	top := filepath.Join(t.TempDir(), "dir")
	write(t, top, "file", "")
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	must(t, os.Rename(top, top+" away"))
	waitLog(t, v, "cannot be read", 1)
	must(t, os.WriteFile(top, nil, 0o600))
	waitLog(t, v, "cannot be read", 2) // another reason
	must(t, os.Remove(top))
	must(t, os.Rename(top+" away", top))
	write(t, top, "new", "")
	v.want("file", "new")
}

func TestErrorsAreTold(t *testing.T) {
	top := t.TempDir()
	write(t, top, "file", "")
	v := watchDir(t, Config{Dir: top})
	must(t, os.RemoveAll(top))
	if _, err := v.w.Open(v.files["file"]); !errors.Is(err, ErrChanged) {
		t.Errorf("Open: %v", err)
	}
}
