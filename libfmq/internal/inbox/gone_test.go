package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// The inbox is deleted, or moved into a bin, while it is in use: it is made again, and what was being received has to come again.
func TestInboxDeleted(t *testing.T) {
	for how, vanish := range map[string]func(path string) error{
		"deleted": os.RemoveAll,
		"moved":   func(path string) error { return os.Rename(path, path+" bin") },
		"replaced": func(path string) error {
			return errors.Join(os.Rename(path, path+" bin"), os.Mkdir(path, 0o755))
		},
		"own folder deleted": func(path string) error { return os.RemoveAll(filepath.Join(path, private)) },
	} {
		t.Run(how, func(t *testing.T) {
			in := openInbox(t, filepath.Join(t.TempDir(), "inbox"))
			deliver(t, in, "d/old", "old")
			kept, open := begin(t, in, "kept", 0), begin(t, in, "d/open", 0)
			write(t, kept, big(100_000))
			write(t, open, big(100_000))
			kept.Keep()
			if err := vanish(in.path); err != nil {
				missing(t, err.Error()) // Windows deletes nothing that is open
			}
			f := begin(t, in, "d/new", 0)
			write(t, f, "new")
			if err := open.Write([]byte("x")); err != nil && !errors.Is(err, ErrGone) {
				t.Log(err)
			}
			if _, err := open.Finish(nil); !errors.Is(err, ErrGone) {
				t.Fatal(err)
			}
			finish(t, f, "new")
			want := map[string]string{"d/": "", "d/new": "new"}
			if how == "own folder deleted" {
				want["d/old"] = "old"
			}
			wantTree(t, in.path, want)
			if _, err := in.Begin(server, "kept", Header{Size: -1}, 100_000); !errors.Is(err, ErrNotHeld) {
				t.Fatal(err)
			}
			wantList(t, list(t, in, server, false), whole("d/new", "new"))
			wantNoTemporaries(t, in.path)
			if second, err := Open(in.path, nil); !errors.Is(err, ErrLocked) {
				second.Close()
				t.Fatal(err)
			}
		})
	}
}

func TestDeletedBeforeListAndRemove(t *testing.T) {
	in := openInbox(t, filepath.Join(t.TempDir(), "inbox"))
	deliver(t, in, "file", "x")
	os.RemoveAll(in.path)
	remove(t, in, server, "file", false, false)
	os.RemoveAll(in.path)
	wantList(t, list(t, in, server, false))
}

// It is deleted between the last octet and the end.
func TestInboxDeletedBeforeFinish(t *testing.T) {
	for _, how := range []func(string) error{os.RemoveAll, func(path string) error { return os.Rename(path, path+" bin") }} {
		in := openInbox(t, filepath.Join(t.TempDir(), "inbox"))
		f := begin(t, in, "file", 0)
		if err := how(in.path); err != nil {
			missing(t, err.Error())
		}
		if _, err := f.Finish(nil); !errors.Is(err, ErrGone) {
			t.Fatal(err)
		}
		deliver(t, in, "file", "again")
		wantTree(t, in.path, map[string]string{"file": "again"})
	}
}

// Folders are deleted at the very moment at which files go there.
func TestFolderDeletedMeanwhile(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for range 500 {
		f := begin(t, in, "d/e/file", 0)
		removed := make(chan struct{})
		go func() {
			os.RemoveAll(filepath.Join(in.path, "d"))
			close(removed)
		}()
		_, err := f.Finish(nil)
		<-removed
		if err != nil {
			t.Fatal(err)
		}
	}
}

// A folder that is being received into is deleted meanwhile.
func TestFolderDeleted(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "a/b/1", "1")
	f := begin(t, in, "a/b/2", 0)
	os.RemoveAll(filepath.Join(in.path, "a"))
	finish(t, f, "")
	wantTree(t, in.path, map[string]string{"a/": "", "a/b/": "", "a/b/2": ""})
}

func TestClosed(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "file", 0)
	if err := errors.Join(in.Close(), in.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Finish(nil); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if _, err := in.Begin(server, "file", Header{}, 0); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if _, err := in.Remove(server, "file", true); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	if _, err := in.List(t.Context(), server, true); !errors.Is(err, ErrClosed) {
		t.Fatal(err)
	}
	in.Forget(server)
	wantTree(t, in.path, map[string]string{})
	openInbox(t, in.path)
	wantNoTemporaries(t, in.path)
}
