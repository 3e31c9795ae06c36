package inbox

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func remove(t *testing.T, in *Inbox, origin, name string, mirror, want bool) {
	t.Helper()
	if removed, err := in.Remove(origin, name, mirror); err != nil || removed != want {
		t.Fatalf("%s: removed %v (%v), want %v", name, removed, err, want)
	}
}

func TestRemovesOnlyWhatCame(t *testing.T) {
	for _, restart := range []bool{false, true} {
		in := openInbox(t, t.TempDir())
		deliver(t, in, "came", "came")
		deliver(t, in, "changed", "came")
		deliver(t, in, "touched", "came")
		deliver(t, in, "replaced", "came")
		put(t, "mine", in.path, "mine")
		put(t, "changed", in.path, "changed")
		os.Chtimes(filepath.Join(in.path, "touched"), time.Time{}, time.Unix(1e9, 0))
		os.Remove(filepath.Join(in.path, "replaced"))
		put(t, "came", in.path, "replaced")
		if restart {
			in.Close()
			in = openInbox(t, in.path)
		}
		tree := map[string]string{"came": "came", "changed": "changed", "touched": "came", "replaced": "came", "mine": "mine"}
		for name := range tree {
			remove(t, in, "tcp://another", name, false, false)
			remove(t, in, server, name, false, name == "came")
		}
		remove(t, in, server, "nothing", false, false)
		remove(t, in, server, "no/thing", false, false)
		delete(tree, "came")
		wantTree(t, in.path, tree)
		for name := range tree {
			remove(t, in, server, name, true, true)
			remove(t, in, server, name, true, false)
		}
		wantTree(t, in.path, map[string]string{})
	}
}

func TestRemovesFoldersThatItMade(t *testing.T) {
	for _, restart := range []bool{false, true} {
		in := openInbox(t, t.TempDir())
		os.MkdirAll(filepath.Join(in.path, "mine", "too"), 0o755)
		for _, name := range []string{"a/b/c/1", "a/b/2", "mine/too/3", "mine/new/4"} {
			deliver(t, in, name, "x")
		}
		if restart {
			in.Close()
			in = openInbox(t, in.path)
		}
		remove(t, in, server, "a/b/c/1", false, true)
		wantTree(t, in.path, map[string]string{"a/": "", "a/b/": "", "a/b/2": "x", "mine/": "", "mine/too/": "", "mine/too/3": "x", "mine/new/": "", "mine/new/4": "x"})
		for _, name := range []string{"a/b/2", "mine/too/3", "mine/new/4"} {
			remove(t, in, server, name, false, true)
		}
		wantTree(t, in.path, map[string]string{"mine/": "", "mine/too/": ""})
		deliver(t, in, "a/b/c/1", "again")
		wantTree(t, in.path, map[string]string{"mine/": "", "mine/too/": "", "a/": "", "a/b/": "", "a/b/c/": "", "a/b/c/1": "again"})
	}
}

// A user's file that replaced a folder of ours is no folder of ours.
func TestRemovesNoFileForAFolder(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "d/e/file", "x")
	os.RemoveAll(filepath.Join(in.path, "d"))
	put(t, "mine", in.path, "d")
	in.Close()
	in = openInbox(t, in.path)
	if removed, err := in.Remove(server, "d/e/file", false); removed || err == nil {
		t.Fatal(removed, err)
	}
	wantTree(t, in.path, map[string]string{"d": "mine"})
}

func TestRemovesThePart(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "file", 0)
	write(t, f, big(100_000))
	f.Keep()
	remove(t, in, server, "file", false, false)
	wantNoTemporaries(t, in.path)
}
