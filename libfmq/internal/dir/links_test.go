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
		path, whole, err := parseLink(content)
		if err != nil {
			if path != "" || whole {
				t.Errorf("%q, %v, %v", path, whole, err)
			}
			return
		}
		if whole != bytes.ContainsRune(content, '\n') || path == "" || len(path) > maxLink || strings.ContainsAny(path, "\n\x00") || !bytes.HasPrefix(content, []byte(path)) {
			t.Errorf("%.100q", path)
		}
		if rest := content[len(path):]; len(rest) > 0 && rest[0] != '\n' && !slices.Equal(rest[:min(2, len(rest))], []byte("\r\n")) &&
			string(rest) != "\r" {
			t.Errorf("%.100q is not the first line", path)
		}
	})
}
