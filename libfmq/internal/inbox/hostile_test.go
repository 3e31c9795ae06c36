package inbox

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// wantRefused checks that neither a file nor a deletion gets through under the name, and that others do afterwards.
func wantRefused(t *testing.T, in *Inbox, name string, want error) {
	t.Helper()
	f, err := in.Begin(server, name, Header{Size: -1}, 0)
	if err == nil {
		write(t, f, "came")
		_, err = f.Finish(nil)
	}
	if !errors.Is(err, want) {
		t.Fatalf("%q: %v, want %v", name, err, want)
	}
	if removed, err := in.Remove(server, name, true); removed || !errors.Is(err, want) {
		t.Fatalf("%q: removed %v, %v", name, removed, err)
	}
	wantNoTemporaries(t, in.path)
	deliver(t, in, "other", "other")
	if _, err := in.Remove(server, "other", false); err != nil {
		t.Fatal(err)
	}
}

// files.md (h): C filemq wrote /../../x and /../sib beside the inbox, and deleted /../../victim there.
func TestNamesOutside(t *testing.T) {
	base := t.TempDir()
	put(t, "victim", base, "victim")
	in := openInbox(t, filepath.Join(base, "a", "inbox"))
	for _, name := range []string{"../../x", "../sib", "../../victim", "..", ".", "", "/x", "x/../../../victim", "x\x00", ".filemq/index", ".FILEMQ/lock"} {
		wantRefused(t, in, name, ErrName)
	}
	wantTree(t, in.path, map[string]string{})
	wantTree(t, base, map[string]string{"victim": "victim", "a/": "", "a/inbox/": "", "a/inbox/.filemq/": "", "a/inbox/.filemq/partial/": "",
		"a/inbox/.filemq/index": content(t, in.path, private, "index"), "a/inbox/.filemq/lock": "", "a/inbox/.filemq/digests": content(t, in.path, private, "digests"),
		"a/inbox/.filemq/digests.lock": ""})
}

func content(t *testing.T, path ...string) string {
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

func TestNameIsAFolderHere(t *testing.T) {
	in := openInbox(t, t.TempDir())
	put(t, "mine", in.path, "name", "mine")
	os.Mkdir(filepath.Join(in.path, "empty"), 0o755)
	wantRefused(t, in, "name", ErrInTheWay)
	wantRefused(t, in, "empty", ErrInTheWay)
	wantTree(t, in.path, map[string]string{"name/": "", "name/mine": "mine", "empty/": ""})
}

func TestParentIsAFile(t *testing.T) {
	in := openInbox(t, t.TempDir())
	put(t, "mine", in.path, "file")
	wantRefused(t, in, "file/x", ErrInTheWay)
	wantRefused(t, in, "file/deeper/x", ErrInTheWay)
	wantTree(t, in.path, map[string]string{"file": "mine"})
}

// Neither links out of the inbox nor links that stay in it are followed, whether they stand under the name or on the way to it.
func TestPlantedLinks(t *testing.T) {
	base := t.TempDir()
	put(t, "victim", base, "out", "victim")
	in := openInbox(t, filepath.Join(base, "inbox"))
	put(t, "mine", in.path, "dir", "file")
	tree := map[string]string{"dir/": "", "dir/file": "mine"}
	for link, to := range map[string]string{
		"out": filepath.Join(base, "out"), "outrel": "../out", "victim": "../out/victim", "dangling": "../out/new", "own": ".filemq", "dot": ".",
		"inside": "dir", "insidefile": "dir/file", "self": "self", "dir/out": "../../out",
	} {
		if err := os.Symlink(to, filepath.Join(in.path, filepath.FromSlash(link))); err != nil {
			missing(t, "symbolic links")
		}
		tree[link] = "-> " + to
	}
	for _, name := range []string{
		"out/new", "out/victim", "outrel/victim", "victim", "dangling", "own/index", "own", "dot/.filemq/lock", "dot/x", "inside/file", "inside/x", "insidefile",
		"self", "self/x", "dir/out", "dir/out/victim", "out",
	} {
		wantRefused(t, in, name, ErrInTheWay)
	}
	wantTree(t, in.path, tree)
	wantTree(t, filepath.Join(base, "out"), map[string]string{"victim": "victim"})
	wantList(t, list(t, in, server, true), whole("dir/file", "mine"))
}

// A folder that received files is swapped for a link: the one that is held open must not be used on.
func TestPlantedLinkForAFolderInUse(t *testing.T) {
	base := t.TempDir()
	out := filepath.Join(base, "out")
	in := openInbox(t, filepath.Join(base, "inbox"))
	deliver(t, in, "d/one", "1")
	if err := os.Rename(filepath.Join(in.path, "d"), out); err != nil {
		t.Fatal(err)
	}
	deliver(t, in, "d/two", "2") // the folder is gone: it is made again
	wantTree(t, in.path, map[string]string{"d/": "", "d/two": "2"})
	if err := os.RemoveAll(filepath.Join(in.path, "d")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(out, filepath.Join(in.path, "d")); err != nil {
		missing(t, "symbolic links")
	}
	wantRefused(t, in, "d/three", ErrInTheWay)
	wantTree(t, out, map[string]string{"one": "1"})
}

// Links planted in the inbox's own folder lead nowhere either, before the inbox is opened and while it is.
func TestPlantedLinksInOwnFolder(t *testing.T) {
	for _, link := range []string{".filemq", ".filemq/partial", ".filemq/lock", ".filemq/index"} {
		base := t.TempDir()
		put(t, "victim", base, "out", "victim")
		path := filepath.Join(base, "inbox")
		os.MkdirAll(filepath.Dir(filepath.Join(path, link)), 0o700)
		if err := os.Symlink(filepath.Join(base, "out"), filepath.Join(path, link)); err != nil {
			missing(t, "symbolic links")
		}
		if in, err := Open(path, nil); err == nil {
			in.Close()
			t.Errorf("%s may be a link", link)
		}
		wantTree(t, filepath.Join(base, "out"), map[string]string{"victim": "victim"})
	}
	base := t.TempDir()
	put(t, "victim", base, "out", "victim")
	in := openInbox(t, filepath.Join(base, "inbox"))
	f := begin(t, in, "file", 0)
	write(t, f, big(100_000))
	temp := filepath.Join(in.path, private, "partial", f.temp)
	f.Keep()
	os.Remove(temp)
	if err := os.Symlink(filepath.Join(base, "out", "victim"), temp); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Begin(server, "file", Header{Size: -1}, 100_000); err == nil {
		t.Fatal("a link was taken for a part")
	}
	wantList(t, list(t, in, server, true))
	wantTree(t, filepath.Join(base, "out"), map[string]string{"victim": "victim"})
}

// The inbox's own folder is known by what it is, under whatever name it is reached: some systems take more than one for the same.
func TestOwnFolderUnderAnotherName(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for _, make := range []bool{false, true} {
		if _, _, err := in.at.folder(private+"/index", make); !errors.Is(err, ErrName) {
			t.Errorf("got %v", err)
		}
	}
}
