package dir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// With Links only the links that it knows are offered, and no symbolic link is followed: not to the file, not on the way, and not in the directory.
func TestOnlyLinks(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	aside, err := filepath.EvalSymlinks(aside)
	must(t, err)
	write(t, aside, "folder/file", "content")
	write(t, aside, "other/file", "secret")
	file := filepath.Join(aside, "folder", "file")
	symlink(t, file, aside, "symlink")
	symlink(t, filepath.Join(aside, "folder"), aside, "way")
	known := map[string]string{
		"good": file, "a/b": file, "last": filepath.Join(aside, "way", "file"), "on the way": filepath.Join(aside, "way", "file"), "at the end": filepath.Join(aside, "symlink"),
		"a folder": filepath.Join(aside, "folder"), "under a file": file + "/x",
	}
	for name, path := range known {
		write(t, top, name+".ln", path+"\n")
	}
	known["other target"] = file
	write(t, top, "other target.ln", filepath.Join(aside, "other", "file")+"\n")
	write(t, top, "nobody's.ln", file+"\n")
	write(t, top, "a file", "in our name")
	write(t, top, ".filemq/x", "as where files arrive")
	symlink(t, "a file", top, "a symlink")
	symlink(t, aside, top, "outside")
	v := watchDir(t, Config{Dir: top, Monitor: 10 * time.Millisecond, Links: func(name, path string) bool { return known[name] == path }})
	v.wantFirst("good", "a/b")
	if got := v.content("good"); got != "content" {
		t.Errorf("%q", got)
	}
	before := v.files["good"]
	must(t, os.Rename(filepath.Join(aside, "folder"), filepath.Join(aside, "gone")))
	symlink(t, filepath.Join(aside, "other"), aside, "folder")
	v.refused(before)
	v.want()
	must(t, os.Remove(filepath.Join(aside, "folder")))
	must(t, os.Rename(filepath.Join(aside, "gone"), filepath.Join(aside, "folder")))
	v.want("good", "a/b")
}

// A path is opened name by name.
func TestOpenStraight(t *testing.T) {
	top, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	write(t, top, "folder/file", "content")
	symlink(t, "folder", top, "way")
	symlink(t, filepath.Join(top, "folder", "file"), top, "end")
	for name, good := range map[string]bool{"folder/file": true, "way/file": false, "end": false, "folder/file/x": false, "none/file": false, "none": false} {
		f, err := openStraight(filepath.Join(top, filepath.FromSlash(name)), openFile)
		if err == nil {
			f.Close()
		}
		if (err == nil) != good || err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
		info, err := statStraight(filepath.Join(top, filepath.FromSlash(name)))
		if (err == nil && info.Mode().IsRegular()) != good {
			t.Errorf("%s: %v", name, err)
		}
	}
}
