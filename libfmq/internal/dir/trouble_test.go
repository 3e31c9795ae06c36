package dir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
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

// A folder that is moved loses its watch, at a time that nobody can tell.
func TestFoldersAreWatchedAgain(t *testing.T) {
	if !watchAgain {
		t.Log("it would cost too much here")
		return
	}
	top := t.TempDir()
	write(t, top, "a/file", "")
	var watched sync.Map
	fake := &fakeNotifier{add: func(folder string) error {
		n, _ := watched.LoadOrStore(folder, new(atomic.Int32))
		n.(*atomic.Int32).Add(1)
		return nil
	}}
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond, notify: func() (notifier, error) { return fake, nil }})
	v.scanned(3)
	for _, folder := range []string{top, filepath.Join(top, "a")} {
		if n, ok := watched.Load(folder); !ok || n.(*atomic.Int32).Load() < 2 {
			t.Errorf("%s is not watched again", folder)
		}
	}
}

func TestNotificationsOverflow(t *testing.T) {
	top := t.TempDir()
	fake := &fakeNotifier{fault: make(chan error)}
	v := watchDir(t, Config{Dir: top, notify: func() (notifier, error) { return fake, nil }})
	write(t, top, "a/b/new", "")
	fake.fault <- fsnotify.ErrEventOverflow
	v.want("a/b/new")
}

// What can be told of without a scan does not wait for one.
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
	fake.event <- fsnotify.Event{Name: "/somewhere/else", Op: fsnotify.Create}
	fake.event <- fsnotify.Event{Name: filepath.Join(top, "no", "such", "folder"), Op: fsnotify.Create}
	if n := visits.Load() - before; n != 0 {
		t.Errorf("%d folders were read for it", n)
	}
	v.w.Close()
}

// A file that is written to without end is looked at when it may be stable, not for each notification.
func TestNotificationStorm(t *testing.T) {
	top := t.TempDir()
	must(t, os.WriteFile(filepath.Join(top, "growing"), nil, 0o600))
	fake := &fakeNotifier{event: make(chan fsnotify.Event)}
	v := watchDir(t, Config{Dir: top, notify: func() (notifier, error) { return fake, nil }})
	for range 1000 {
		fake.event <- fsnotify.Event{Name: filepath.Join(top, "growing"), Op: fsnotify.Write}
	}
	v.w.Close()
	if n := v.w.tree.visits; n > 10 {
		t.Errorf("looked %d times", n)
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
			var tried, scans atomic.Int32
			fake := &fakeNotifier{add: func(string) error { tried.Add(1); return limit }}
			v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond, notify: func() (notifier, error) { return fake, nil },
				fault: func(folder string) error {
					if folder == "." {
						scans.Add(1)
					}
					return nil
				}})
			if len(v.files) != 10 {
				t.Errorf("%d files", len(v.files))
			}
			v.scanned(3)
			write(t, top, "5/new", "")
			for v.files["5/new"] == nil {
				v.next()
			}
			v.w.Close()
			if tried.Load() != scans.Load() { // once in each scan, as there may be some again
				t.Errorf("%d times in %d scans it was tried to watch a folder", tried.Load(), scans.Load())
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

// files.md: C filemq asserts that it can read each folder.
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

	locked.Store(true)
	waitLog(t, v, "cannot be read", 2)
	must(t, os.RemoveAll(filepath.Join(top, "a")))
	v.want("c/file", "c/new")
	write(t, top, "a/file", "")
	waitLog(t, v, "cannot be read", 3) // another folder of that name
}

// A file whose state cannot be learned is as it was.
func TestFileCannotBeRead(t *testing.T) {
	tr := newTree(Config{}, "/", nil)
	known := &File{Name: "file"}
	tr.root.files = []*File{known}
	if got := tr.regular(tr.root, "file", nil, syscall.EIO); got != known {
		t.Errorf("%v, want it as it was", got)
	}
	if got := tr.regular(tr.root, "file", nil, syscall.ENOENT); got != nil {
		t.Errorf("%v, want none", got)
	}
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

// It goes while it is read for the first time: nobody is told of a part as if that were all.
func TestDirectoryGoneAtOnce(t *testing.T) {
	top := filepath.Join(t.TempDir(), "dir")
	write(t, top, "a/file", "")
	write(t, top, "b/file", "")
	write(t, top, "file", "")
	var once sync.Once
	v := startDir(t, Config{Dir: top, Monitor: time.Millisecond, fault: func(folder string) error {
		if folder != "." {
			once.Do(func() { os.Rename(top, top+" away") })
		}
		return nil
	}})
	waitLog(t, v, "cannot be read", 1)
	must(t, os.Rename(top+" away", top))
	v.next()
	v.wantFirst("a/file", "b/file", "file")
}

// waitLog waits until the log has n lines with a text in them. No patch may come meanwhile.
func waitLog(t *testing.T, v *view, part string, n int) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for limit := time.After(deadline); v.log.count(part) < n; {
		select {
		case batch := <-v.w.Patches():
			t.Fatalf("batch that should not come: %s", text(batch))
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
