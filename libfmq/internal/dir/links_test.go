package dir

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestPortableLink(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "content")
	write(t, aside, "other one", "another content")
	write(t, top, "absolute.ln", filepath.Join(aside, "real")+"\n")
	write(t, top, "folder/relative.ln", "../near")
	write(t, top, "near", "near by")
	write(t, top, "crlf.ln", filepath.Join(aside, "other one")+"\r\nmore lines\n")
	v := watchDir(t, Config{Dir: top, Monitor: 10 * time.Millisecond})
	v.wantFirst("absolute", "folder/relative", "near", "crlf")
	for name, want := range map[string]string{"absolute": "content", "folder/relative": "near by", "crlf": "another content"} {
		if got := v.content(name); got != want || v.files[name].Link == "" || v.files[name].Size != int64(len(want)) {
			t.Errorf("%s: %q, %+v", name, got, v.files[name])
		}
	}
	if got, want := v.files["folder/relative"].Link, filepath.Join(top, "near"); got != want {
		t.Errorf("Link %q, want %q", got, want)
	}

	// The real file changes, far from all notifications.
	before := v.files["absolute"]
	write(t, aside, "real", "longer content")
	v.until("absolute", func(f *File) bool { return f.Size == 14 })
	v.refused(before)
	// The link leads elsewhere.
	write(t, top, "absolute.ln", filepath.Join(aside, "other one"))
	v.until("absolute", func(f *File) bool { return f.Link == filepath.Join(aside, "other one") })
	// The real file is gone, and comes back.
	must(t, os.Remove(filepath.Join(aside, "other one")))
	v.want("folder/relative", "near")
	v.scanned(2)
	write(t, aside, "other one", "is back")
	v.want("absolute", "folder/relative", "near", "crlf")
	// The links are gone.
	must(t, os.Remove(filepath.Join(top, "absolute.ln")))
	must(t, os.Remove(filepath.Join(top, "crlf.ln")))
	v.want("folder/relative", "near")
}

func TestPortableLinkToNowhere(t *testing.T) {
	top := t.TempDir()
	write(t, top, "empty.ln", "")
	write(t, top, "blank line.ln", "\n/etc/hostname\n")
	write(t, top, "missing.ln", "/does/not/exist")
	write(t, top, "folder.ln", top)
	write(t, top, "long.ln", strings.Repeat("x", maxLink+1))
	write(t, top, "nul.ln", "/etc/hostname\x00\n")
	write(t, top, "itself.ln", "itself")
	must(t, os.Mkdir(filepath.Join(top, "a folder.ln"), 0o700))
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	v.wantFirst()
	v.scanned(3)
	for _, name := range []string{"empty", "blank line", "missing", "folder", "long", "nul", "itself"} {
		if n := v.log.count(name + ".ln reason"); n != 1 {
			t.Errorf("%q is logged %d times; log:\n%s", name, n, v.log)
		}
	}
}

// files.md (g): C filemq's client published `x.ln` with "/etc/hostname" in it, and so that file. Where that is not wanted, such files are files as any.
func TestPortableLinkIsNotFollowed(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "secret", "secret")
	write(t, top, "x.ln", filepath.Join(aside, "secret"))
	v := watchDir(t, Config{Dir: top, NoLinks: true})
	v.wantFirst("x.ln")
	write(t, top, "y.ln", filepath.Join(aside, "secret"))
	v.want("x.ln", "y.ln")
	if got := v.content("y.ln"); got == "secret" {
		t.Error("the link was followed")
	}
}

// What came through FILEMQ is not followed, in the inbox and anywhere below; it is a file as any.
func TestPortableLinkInAnInboxIsNotFollowed(t *testing.T) {
	for _, c := range []struct{ dir, inbox, below string }{
		{"", "", ""},      // the directory is an inbox
		{"", "in", "in/"}, // there is one in it
		{"in", "", ""},    // it is in one
	} {
		top, aside := t.TempDir(), t.TempDir()
		write(t, aside, "secret", "secret")
		dir := filepath.Join(top, c.dir)
		must(t, os.MkdirAll(filepath.Join(top, c.inbox, private), 0o700))
		must(t, os.MkdirAll(dir, 0o700))
		write(t, dir, c.below+"x.ln", filepath.Join(aside, "secret"))
		v := watchDir(t, Config{Dir: dir})
		v.wantFirst(c.below + "x.ln")
		write(t, dir, c.below+"y.ln", filepath.Join(aside, "secret"))
		v.want(c.below+"x.ln", c.below+"y.ln")
		if got := v.content(c.below + "y.ln"); got == "secret" {
			t.Errorf("%v: the link was followed", c)
		}
	}
}

func TestPortableLinkGivesWay(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "by the link")
	write(t, top, "x.ln", filepath.Join(aside, "real"))
	write(t, top, "x", "itself")
	write(t, top, "folder.ln", filepath.Join(aside, "real"))
	write(t, top, "folder/x", "itself")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst("x", "folder/x")
	if got := v.content("x"); got != "itself" {
		t.Errorf("content %q", got)
	}
	must(t, os.Remove(filepath.Join(top, "x")))
	v.until("x", func(f *File) bool { return f.Link != "" })
	write(t, top, "x", "itself again")
	v.until("x", func(f *File) bool { return f.Link == "" })
}

// A link that is being written may not have its whole path yet.
func TestPortableLinkIsStableFirst(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "real", "content")
	must(t, os.WriteFile(filepath.Join(top, "x.ln"), []byte(filepath.Join(aside, "real")), 0o600))
	v := watchDir(t, Config{Dir: top, Stable: time.Hour})
	v.wantFirst()
	must(t, os.Chtimes(filepath.Join(top, "x.ln"), old, old))
	v.want("x")
}

func TestSymbolicLinkInTheTree(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/file", "content")
	symlink(t, filepath.Join("a", "file"), top, "relative")
	symlink(t, filepath.Join(top, "a", "file"), top, "absolute")
	symlink(t, filepath.Join("..", "a"), top, "b/folder")
	symlink(t, filepath.Join(top, "a"), top, "b/absolute folder")
	v := watchDir(t, Config{Dir: top, Monitor: 10 * time.Millisecond})
	v.wantFirst("a/file", "relative", "absolute", "b/folder/file", "b/absolute folder/file")
	for name := range v.files {
		if got := v.content(name); got != "content" {
			t.Errorf("%s: %q", name, got)
		}
	}
	before := v.files["absolute"]
	write(t, top, "a/file", "more content")
	for _, name := range v.names() {
		v.until(name, func(f *File) bool { return f.Size == 12 })
	}
	v.refused(before)
	write(t, top, "a/new", "")
	v.want("a/file", "a/new", "relative", "absolute", "b/folder/file", "b/folder/new", "b/absolute folder/file", "b/absolute folder/new")
	must(t, os.RemoveAll(filepath.Join(top, "a")))
	v.want()
}

// files.md (g): of C filemq's directory, a link to /etc/passwd published /etc/passwd.
func TestSymbolicLinkOutOfTheTree(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "secret", "secret")
	write(t, aside, "folder/secret", "secret")
	links := func(folder string) {
		symlink(t, filepath.Join(aside, "secret"), top, folder+"/absolute")
		relative, err := filepath.Rel(filepath.Join(top, folder), filepath.Join(aside, "secret"))
		must(t, err)
		symlink(t, relative, top, folder+"/relative")
		symlink(t, aside, top, folder+"/folder")
		symlink(t, filepath.Join("..", ".."), top, folder+"/above")
		symlink(t, "absolute", top, folder+"/over another")
		symlink(t, filepath.Join("..", filepath.Base(top)+"x"), top, folder+"/alike")
	}
	write(t, top+"x", "like the directory", "secret")
	t.Cleanup(func() { os.RemoveAll(top + "x") })
	links("before")
	v := watchDir(t, Config{Dir: top, Monitor: 10 * time.Millisecond})
	v.wantFirst()
	links("meanwhile")
	v.scanned(2)
	symlink(t, "inside", top, "turns")
	write(t, top, "inside", "")
	v.want("inside", "turns")
	must(t, os.Remove(filepath.Join(top, "turns")))
	symlink(t, filepath.Join(aside, "secret"), top, "turns")
	v.want("inside")
	write(t, top, "file", "")
	v.want("file", "inside")
}

// A link that is put in a file's place between scan and Open.
func TestSymbolicLinkPlantedBeforeOpen(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, aside, "secret", "secret")
	write(t, top, "file", "file")
	write(t, top, "folder/secret", "folder")
	symlink(t, "file", top, "link")
	v := watchDir(t, Config{Dir: top, Monitor: never, notify: noNotifications})
	for name, file := range map[string]*File{"file": v.files["file"], "folder": v.files["folder/secret"], "link": v.files["link"]} {
		target := filepath.Join(aside, "secret")
		if name == "folder" {
			target = aside
		}
		must(t, os.RemoveAll(filepath.Join(top, name)))
		symlink(t, target, top, name)
		outside, err := os.Stat(filepath.Join(aside, "secret"))
		must(t, err)
		inode, changed := system(outside) // even if the outer file looked the same
		forged := *file
		forged.Size, forged.ModTime, forged.Mode, forged.Inode, forged.Changed = outside.Size(), outside.ModTime(), outside.Mode(), inode, changed
		if f, err := v.w.Open(&forged); err == nil {
			f.Close()
			t.Errorf("%s: opened outside of the directory", name)
		}
	}
}

// files.md (g): skipped, as C filemq does.
func TestSymbolicLinkDangling(t *testing.T) {
	top := t.TempDir()
	symlink(t, "nowhere", top, "dangling")
	symlink(t, "itself", top, "itself")
	symlink(t, "pong", top, "ping")
	symlink(t, "ping", top, "pong")
	v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
	v.wantFirst()
	v.scanned(3)
	if n := v.log.count("symbolic link left out"); n != 4 {
		t.Errorf("%d lines; log:\n%s", n, v.log)
	}
	write(t, top, "nowhere", "somewhere")
	v.want("nowhere", "dangling")
}

// files.md (g): C filemq sent 41 copies of each file.
func TestSymbolicLinkLoop(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/b/file", "")
	symlink(t, "..", top, "a/b/loop")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst("a/b/file")
	symlink(t, filepath.Join("..", ".."), top, "a/b/second")
	write(t, top, "a/b/marker", "")
	v.want("a/b/file", "a/b/marker")
}

// files.md (g): C filemq's server hung.
func TestSymbolicLinkTwoLoops(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/file", "")
	write(t, top, "b/file", "")
	symlink(t, "..", top, "a/one")
	symlink(t, "..", top, "a/two")
	symlink(t, filepath.Join("..", "b"), top, "a/to b")
	symlink(t, filepath.Join("..", "a"), top, "b/to a")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst("a/file", "b/file", "a/to b/file", "b/to a/file")
}

// files.md (g): C filemq's server aborted.
func TestSymbolicLinkLoopBelowLongPath(t *testing.T) {
	top := t.TempDir()
	folder := strings.Repeat(strings.Repeat("x", 200)+"/", 7)
	write(t, top, folder+"file", "")
	symlink(t, top, top, folder+"loop")
	symlink(t, "..", top, folder+"second")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst(folder + "file")
}

// Links beside each other, each leading to the folder that the others are in, would make n! folders.
func TestSymbolicLinkMesh(t *testing.T) {
	const n, bound = 12, 500
	top := t.TempDir()
	for i := range n {
		write(t, top, fmt.Sprintf("%d/file", i), "")
		for j := range n {
			symlink(t, filepath.Join("..", fmt.Sprint(j)), top, fmt.Sprintf("%d/to %d", i, j))
		}
	}
	v := watchDir(t, Config{Dir: top, notify: noNotifications, linked: bound})
	if len(v.files) != bound+n {
		t.Errorf("%d files", len(v.files))
	}
	if n := v.log.count("make more than"); n != 1 {
		t.Errorf("%d warnings", n)
	}
}

func TestSymbolicLinkToTheDirectory(t *testing.T) {
	top := t.TempDir()
	write(t, top, "real/file", "content")
	symlink(t, "real", top, "dir")
	v := watchDir(t, Config{Dir: filepath.Join(top, "dir")})
	v.wantFirst("file")
	symlink(t, filepath.Join(top, "real", "file"), top, "real/inside")
	v.want("file", "inside")
	if got := v.content("inside"); got != "content" {
		t.Errorf("content %q", got)
	}
}

func FuzzLink(f *testing.F) {
	f.Add([]byte("/etc/hostname\n"))
	f.Add([]byte("../x\r\nmore"))
	f.Add([]byte("\n"))
	f.Add(bytes.Repeat([]byte("x"), maxLink+1))
	f.Fuzz(func(t *testing.T, content []byte) {
		path, err := parseLink(content)
		if err != nil {
			if path != "" {
				t.Errorf("%q, %v", path, err)
			}
			return
		}
		if path == "" || len(path) > maxLink || strings.ContainsAny(path, "\n\x00") || !bytes.HasPrefix(content, []byte(path)) {
			t.Errorf("%.100q", path)
		}
		if rest := content[len(path):]; len(rest) > 0 && rest[0] != '\n' && !slices.Equal(rest[:min(2, len(rest))], []byte("\r\n")) &&
			string(rest) != "\r" {
			t.Errorf("%.100q is not the first line", path)
		}
	})
}
