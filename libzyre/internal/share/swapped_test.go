package share_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// swap puts a symbolic link to target where path is.
func swap(t *testing.T, path, target string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("who may make symbolic links there may do anything")
	}
	if err := os.Rename(path, path+".gone"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// onlyGets starts a node that gets those files, and no others.
func onlyGets(t *testing.T, cfg zyre.Config, alice *zyre.Node, want map[string]string) {
	t.Helper()
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	defer bob.Close()
	got := 0
	take := func(e zyre.Event) {
		content, ok := want[e.Path]
		if !ok {
			t.Errorf("%v was served", e)
			return
		}
		got++
		sharetest.Whole(t, e, []byte(content))
	}
	for got < len(want) {
		take(zyretest.Next(t, bob, zyre.Deliver))
	}
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(t.TempDir(), "last"), []byte("last")), "last") // behind all that there is
	follow(t, bob, "delivery of the last", func(e zyre.Event) bool {
		if e.Type == zyre.Deliver && e.Path != "last" {
			take(e)
		}
		return e.Type == zyre.Deliver && e.Path == "last"
	})
	if err := alice.Retract("last"); err != nil {
		t.Fatal(err)
	}
}

// The folder of a published file belongs to somebody else, who puts a symbolic link in the place of the file, or of the folder: what that leads to is not
// served, and the file is gone. One that is replaced by another file, as editors do it, is served.
func TestPublishSwapped(t *testing.T) {
	cfg := zyretest.Config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	dir := t.TempDir()
	secret := sharetest.Write(t, filepath.Join(dir, "secrets", "file"), []byte("secret"))
	file := sharetest.Write(t, filepath.Join(dir, "theirs", "file"), []byte("file"))
	deep := sharetest.Write(t, filepath.Join(dir, "theirs", "deep", "file"), []byte("deep"))
	edited := sharetest.Write(t, filepath.Join(dir, "edited"), []byte("before"))
	sharetest.Publish(t, alice, file, "file")
	sharetest.Publish(t, alice, deep, "deep")
	sharetest.Publish(t, alice, edited, "edited")
	onlyGets(t, cfg, alice, map[string]string{"file": "file", "deep": "deep", "edited": "before"})
	swap(t, file, secret)
	swap(t, filepath.Dir(deep), filepath.Dir(secret))
	if err := os.Rename(sharetest.Write(t, edited+".new", []byte("and after")), edited); err != nil {
		t.Fatal(err)
	}
	onlyGets(t, cfg, alice, map[string]string{"edited": "and after"})
	if err := os.Rename(filepath.Dir(deep)+".gone", filepath.Dir(deep)+".back"); err != nil {
		t.Fatal(err)
	}
	for path, back := range map[string]string{file: file + ".gone", filepath.Dir(deep): filepath.Dir(deep) + ".back"} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(back, path); err != nil {
			t.Fatal(err)
		}
	}
	onlyGets(t, cfg, alice, map[string]string{"file": "file", "deep": "deep", "edited": "and after"})
}

// A symbolic link that is published is what it leads to then, and not what it leads to later.
func TestPublishSwappedLink(t *testing.T) {
	cfg := zyretest.Config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	dir := t.TempDir()
	file := sharetest.Write(t, filepath.Join(dir, "folder", "file"), []byte("file"))
	link := filepath.Join(dir, "name")
	if err := os.Symlink(filepath.Dir(file), link); err != nil {
		t.Skip(err)
	}
	sharetest.Publish(t, alice, filepath.Join(link, "file"), "")
	swap(t, link, filepath.Dir(sharetest.Write(t, filepath.Join(dir, "secrets", "file"), []byte("secret"))))
	onlyGets(t, cfg, alice, map[string]string{"file": "file"})
}

// Somebody who may rename in the parent of the outbox puts another folder there: nothing in it is served.
func TestPublishSwappedOutbox(t *testing.T) {
	cfg := zyretest.Config(t)
	alices := sharetest.Sharing(t, cfg, "alice")
	alice := zyretest.Start(t, alices)
	dir := t.TempDir()
	secret := sharetest.Write(t, filepath.Join(dir, "secret"), []byte("secret"))
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(dir, "file"), []byte("file")), "file")
	last := sharetest.Write(t, filepath.Join(dir, "last"), []byte("last"))
	sharetest.Publish(t, alice, last, "zzz")
	if err := os.Remove(last); err != nil { // so that it is seen again in the other folder only, with all that is there
		t.Fatal(err)
	}
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	delivery(t, bob, "file", []byte("file"))
	if err := os.Rename(alices.Outbox, alices.Outbox+".gone"); err != nil {
		t.Fatal(err)
	}
	all := filepath.Join(alices.Outbox, "all")
	sharetest.Write(t, filepath.Join(all, "secret.ln"), []byte(secret+"\n"))
	sharetest.Write(t, filepath.Join(all, "file.ln"), []byte(secret+"\n"))
	sharetest.Write(t, filepath.Join(all, "zzz.ln"), []byte(last+"\n")) // which is published
	sharetest.Write(t, filepath.Join(all, "theirs"), []byte("in alice's name"))
	for name, target := range map[string]string{"link": secret, "folder": dir, "inside": "theirs"} {
		if err := os.Symlink(target, filepath.Join(all, name)); err != nil {
			t.Skip(err)
		}
	}
	sharetest.Write(t, last, []byte("last"))
	follow(t, bob, "delivery", func(e zyre.Event) bool {
		if e.Type == zyre.Deliver && e.Path != "zzz" {
			t.Errorf("%v was served", e)
		}
		return e.Type == zyre.Deliver && e.Path == "zzz"
	})
}
