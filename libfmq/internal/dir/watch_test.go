package dir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWatchNoDirectory(t *testing.T) {
	top := t.TempDir()
	write(t, top, "file", "")
	for _, dir := range []string{"", filepath.Join(top, "missing"), filepath.Join(top, "file")} {
		if w, err := Watch(Config{Dir: dir}); err == nil {
			w.Close()
			t.Errorf("no error for %q", dir)
		} else if !strings.Contains(err.Error(), dir) {
			t.Errorf("%q does not name %q", err, dir)
		}
	}
}

func TestEmptyDirectory(t *testing.T) {
	v := watchDir(t, Config{Dir: t.TempDir()})
	if v.first == nil || len(v.first) != 0 {
		t.Errorf("first batch %v, want an empty one", v.first)
	}
}

// files.md (d): a delete is told at once, not by the next scan.
func TestCreateChangeDelete(t *testing.T) {
	top := t.TempDir()
	write(t, top, "there", "1")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst("there")

	write(t, top, "new", "22")
	v.want("there", "new")
	if f := v.files["new"]; f.Size != 2 || !f.ModTime.Equal(old) || f.Link != "" || f.Mode.Perm() != 0o600 {
		t.Errorf("%+v", f)
	}
	if got := v.content("new"); got != "22" {
		t.Errorf("content %q", got)
	}

	before := v.files["there"]
	write(t, top, "there", "longer")
	v.until("there", func(f *File) bool { return f.Size == 6 })
	v.refused(before)

	gone := v.files["new"]
	must(t, os.Remove(filepath.Join(top, "new")))
	v.want("there")
	v.refused(gone)
}

func TestRename(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a", "content of a")
	write(t, top, "folder/b", "content of b")
	write(t, top, "folder/deep/c", "content of c")
	v := watchDir(t, Config{Dir: top})

	must(t, os.Rename(filepath.Join(top, "a"), filepath.Join(top, "folder", "a2")))
	v.want("folder/a2", "folder/b", "folder/deep/c")
	must(t, os.Rename(filepath.Join(top, "folder"), filepath.Join(top, "moved")))
	v.want("moved/a2", "moved/b", "moved/deep/c")
	if got := v.content("moved/deep/c"); got != "content of c" {
		t.Errorf("content %q", got)
	}
	// Over another file: that one's content is gone.
	must(t, os.Rename(filepath.Join(top, "moved", "a2"), filepath.Join(top, "moved", "b")))
	v.want("moved/b", "moved/deep/c")
	v.until("moved/b", func(f *File) bool { return f.Size == 12 })
	if got := v.content("moved/b"); got != "content of a" {
		t.Errorf("content %q", got)
	}
}

func TestMovedFolderIsWatchedAgain(t *testing.T) {
	top := t.TempDir()
	write(t, top, "a/b/c/file", "")
	v := watchDir(t, Config{Dir: top, Monitor: 10 * time.Millisecond})
	must(t, os.Rename(filepath.Join(top, "a", "b"), filepath.Join(top, "b")))
	v.want("b/c/file")
	write(t, top, "b/c/new", "")
	v.want("b/c/file", "b/c/new")
	must(t, os.RemoveAll(filepath.Join(top, "b")))
	v.want()
}

func TestFolders(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	v := watchDir(t, Config{Dir: top})
	write(t, top, "a/b/c/d", "") // made at once: the files may be there before the folder is watched
	v.want("a/b/c/d")
	write(t, top, "a/b/c/e", "")
	write(t, top, "a/f", "")
	v.want("a/b/c/d", "a/b/c/e", "a/f")
	must(t, os.RemoveAll(filepath.Join(top, "a", "b")))
	v.want("a/f")

	write(t, aside, "tree/1/2/3", "")
	must(t, os.Rename(filepath.Join(aside, "tree"), filepath.Join(top, "tree")))
	v.want("a/f", "tree/1/2/3")

	// A file in the place of a folder, and the other way round.
	must(t, os.RemoveAll(filepath.Join(top, "tree")))
	write(t, top, "tree", "now a file")
	v.want("a/f", "tree")
	must(t, os.Remove(filepath.Join(top, "tree")))
	write(t, top, "tree/file", "")
	v.want("a/f", "tree/file")
}

func TestHiddenFilesAndEmptyFiles(t *testing.T) {
	top := t.TempDir()
	write(t, top, ".hidden", "")
	write(t, top, ".folder/.file", "x")
	write(t, top, "empty", "")
	must(t, os.Mkdir(filepath.Join(top, "empty folder"), 0o700))
	v := watchDir(t, Config{Dir: top})
	v.wantFirst(".hidden", ".folder/.file", "empty")
	if got := v.content("empty"); got != "" || v.files["empty"].Size != 0 {
		t.Errorf("content %q", got)
	}
}

func TestPrivateFolderIsLeftOut(t *testing.T) {
	top := t.TempDir()
	names := []string{".filemq/digests", ".filemq/partial/x", "a/.filemq/y", "a/.FileMQ/z", "a/secret/1", "a/secret/b/2", "a/b.tmp",
		".filemq.ln"}
	for _, name := range names {
		write(t, top, name, "x")
	}
	write(t, top, "a/b", "")
	symlink(t, filepath.Join(".filemq", "digests"), top, "link to private")
	symlink(t, filepath.Join("a", "secret"), top, "link to ignored")
	v := watchDir(t, Config{Dir: top, Ignore: func(name string) bool { return name == "a/secret" || strings.HasSuffix(name, ".tmp") }})
	v.wantFirst("a/b")
	for _, name := range append(names, "a/secret/new", ".filemq/new") { // nor do notifications bring them
		write(t, top, name, "changed")
	}
	write(t, top, "a/c", "")
	v.want("a/b", "a/c")
}

func TestTwentyLevels(t *testing.T) {
	name := strings.Repeat("folder/", 20) + "file"
	top := t.TempDir()
	write(t, top, name, "deep")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst(name)
	if got := v.content(name); got != "deep" {
		t.Errorf("content %q", got)
	}
	write(t, top, name+"2", "")
	v.want(name, name+"2")
}

func TestDepthIsBounded(t *testing.T) {
	top := t.TempDir()
	write(t, top, strings.Repeat("d/", maxDepth)+"file", "")
	write(t, top, strings.Repeat("d/", maxDepth+1)+"file", "")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst(strings.Repeat("d/", maxDepth) + "file")
	if v.log.count("folders deep") != 1 {
		t.Errorf("log:\n%s", v.log)
	}
}

func TestManyFiles(t *testing.T) {
	const folders, each = 1000, 100 // 100,000 files
	top := manyFiles(t, folders, each)
	v := watchDir(t, Config{Dir: top})
	if len(v.first) != folders*each {
		t.Fatalf("%d files", len(v.first))
	}
	write(t, top, "folder0500/new", "x")
	must(t, os.Remove(filepath.Join(top, "folder0999", "file000000.dat")))
	for len(v.files) != folders*each || v.files["folder0500/new"] == nil {
		v.next()
	}
	v.w.Close()

	v.w.tree.enter()
	scanAll(t, v.w.tree)
	for name := range v.w.tree.out {
		if !strings.HasPrefix(name, "folder0999/") { // whose files have one link less
			t.Errorf("a second scan finds %q changed", name)
		}
	}
}

// A reader that does not read finds all in one batch, in which each file is once: nothing grows with the number of changes.
func TestSlowReader(t *testing.T) {
	tr := newTree(Config{Stable: time.Second, linked: maxLinked}, "/", nil)
	w := &Watcher{tree: tr, complete: true, told: true}
	file := func(name string, size int) *File { return &File{Name: name, Size: int64(size), ModTime: old} }
	kept, brief := file("kept", 0), file("brief", 0)
	tr.update(tr.root, nil, kept)
	if batch := w.take(); len(batch) != 1 {
		t.Fatal(batch)
	}
	for i := range 1000 {
		next := file("kept", i+1)
		tr.update(tr.root, kept, next)
		tr.update(tr.root, next, nil)
		kept = file("kept", i+2)
		tr.update(tr.root, nil, kept)
		tr.update(tr.root, nil, brief)
		tr.update(tr.root, brief, nil)
	}
	batch := w.take()
	if len(batch) != 1 || batch[0].File != kept || batch[0].Deleted {
		t.Errorf("%v", batch)
	}
	tr.update(tr.root, kept, nil)
	tr.update(tr.root, nil, brief)
	if batch = w.take(); len(batch) != 2 || !batch[0].Deleted || batch[0].File != kept || batch[1].File != brief {
		t.Errorf("%v", batch)
	}
	if batch = w.take(); batch != nil {
		t.Errorf("%v, want nothing", batch)
	}
}

func TestClose(t *testing.T) {
	top := t.TempDir()
	write(t, top, "file", "x")
	for _, read := range []bool{false, true} {
		w, err := Watch(Config{Dir: top})
		must(t, err)
		if read {
			<-w.Patches()
		}
		for range 2 {
			must(t, w.Close())
		}
		for range w.Patches() { // ends
		}
	}
}

func TestKey(t *testing.T) {
	top, aside := t.TempDir(), t.TempDir()
	write(t, top, "a/b", "xyz")
	write(t, aside, "real", "x")
	write(t, top, "c.ln", filepath.Join(aside, "real")+"\n")
	v := watchDir(t, Config{Dir: top})
	info, err := os.Stat(filepath.Join(top, "a", "b"))
	must(t, err)
	inode, _ := system(info)
	if got, want := v.files["a/b"].Key(), (Key{filepath.Join(top, "a", "b"), 3, old.UnixNano(), inode, v.files["a/b"].Changed}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := v.files["c"].Key().Path, filepath.Join(aside, "real"); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestOpenFindsChanges(t *testing.T) {
	top := t.TempDir()
	path := filepath.Join(top, "file")
	for name, change := range map[string]func(){
		"appended to":  func() { appendTo(t, path, "more") },
		"truncated":    func() { must(t, os.Truncate(path, 3)) },
		"overwritten":  func() { must(t, os.WriteFile(path, []byte("CONTENT"), 0o600)) },
		"replaced":     func() { write(t, top, "other", "content"); must(t, os.Rename(filepath.Join(top, "other"), path)) },
		"deleted":      func() { must(t, os.Remove(path)) },
		"now a folder": func() { must(t, os.Remove(path)); must(t, os.Mkdir(path, 0o700)) },
	} {
		t.Run(name, func(t *testing.T) {
			must(t, os.RemoveAll(path))
			write(t, top, "file", "content")
			v := watchDir(t, Config{Dir: top, Stable: never})
			f := v.files["file"]
			file, err := v.w.Open(f)
			must(t, err)
			defer file.Close()
			change()
			if same, err := v.w.Same(f, file); same || err != nil {
				t.Errorf("Same: %v, %v", same, err)
			}
			v.refused(f)
			if name == "deleted" {
				if _, err := v.w.Open(f); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("Open: %v", err)
				}
			}
		})
	}
}

// Nothing of the file itself changes when its folder is moved.
func TestSameNeedsTheName(t *testing.T) {
	top := t.TempDir()
	write(t, top, "folder/file", "content")
	v := watchDir(t, Config{Dir: top, notify: noNotifications})
	f := v.files["folder/file"]
	file, err := v.w.Open(f)
	must(t, err)
	defer file.Close()
	must(t, os.Rename(filepath.Join(top, "folder"), filepath.Join(top, "moved")))
	if same, err := v.w.Same(f, file); same || err != nil {
		t.Errorf("gone: %v, %v", same, err)
	}
	write(t, top, "folder/file", "content")
	if same, err := v.w.Same(f, file); same || err != nil {
		t.Errorf("another: %v, %v", same, err)
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err)
	must(t, f.Close())
}

// files.md (c): C filemq takes 5 seconds for a file to be stable. Here Stable says how long; by default it is one.
func TestUnstableFileIsNotOffered(t *testing.T) {
	const stable = 100 * time.Millisecond
	top := t.TempDir()
	path := filepath.Join(top, "growing")
	must(t, os.WriteFile(path, nil, 0o600))
	v := watchDir(t, Config{Dir: top, Stable: stable})
	written := int64(0)
	for begin := time.Now(); time.Since(begin) < 5*stable; { // it is written to all the time
		select {
		case batch := <-v.w.Patches():
			for _, p := range batch {
				if age := time.Since(p.File.ModTime); age < stable {
					t.Fatalf("offered %v after it was written to", age)
				}
			}
			v.apply(batch)
		default:
			appendTo(t, path, "x")
			written++
		}
	}
	f := v.until("growing", func(f *File) bool { return f.Size == written })
	if age := time.Since(f.ModTime); age < stable {
		t.Errorf("offered %v after it was written to", age)
	}
}

// While a known file is written to, what was told of it stays, but nobody can open it.
func TestChangingFileStaysOffered(t *testing.T) {
	top := t.TempDir()
	write(t, top, "file", "one")
	v := watchDir(t, Config{Dir: top, Stable: time.Hour, Monitor: time.Millisecond})
	before := v.files["file"]
	appendTo(t, filepath.Join(top, "file"), "two")
	v.scanned(3)
	v.refused(before)
	must(t, os.Chtimes(filepath.Join(top, "file"), old, old)) // stable again
	v.until("file", func(f *File) bool { return f.Size == 6 })
	if got := v.content("file"); got != "onetwo" {
		t.Errorf("content %q", got)
	}
	// Unstable and then deleted: the deletion is told at once.
	appendTo(t, filepath.Join(top, "file"), "three")
	v.scanned(3)
	must(t, os.Remove(filepath.Join(top, "file")))
	v.want()
	// Never offered and deleted: nobody hears of it.
	must(t, os.WriteFile(filepath.Join(top, "brief"), nil, 0o600))
	v.scanned(3)
	must(t, os.Remove(filepath.Join(top, "brief")))
	v.scanned(3)
}

// The clock was set back: the file seems to have been written in the future.
func TestClockSetBack(t *testing.T) {
	const stable = 50 * time.Millisecond
	top := t.TempDir()
	future := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	for _, name := range []string{"before", "meanwhile"} {
		begin := time.Now()
		var v *view
		if name == "meanwhile" {
			v = watchDir(t, Config{Dir: top, Stable: stable})
		}
		write(t, top, name, "x")
		must(t, os.Chtimes(filepath.Join(top, name), future, future))
		if v == nil {
			begin = time.Now()
			v = watchDir(t, Config{Dir: top, Stable: stable})
		}
		v.until(name, func(f *File) bool { return f.ModTime.Equal(future) })
		if took := time.Since(begin); took < stable {
			t.Errorf("%s: offered after %v", name, took)
		}
		v.w.Close()
	}
}

func TestNames(t *testing.T) {
	names := []string{"with blank", "ünï", "%s%n", "-rf", "...", "....ln", "x~", ".ln", strings.Repeat("x", 255)}
	if hasOddNames {
		names = append(names, "line\nend", "\xff\xfe invalid", `back\slash`, "colon:", "*?\"<>|", "tab\t", "\x7f\x01", "CON", "end.", "end ")
	}
	top := t.TempDir()
	var all []string
	for _, name := range names {
		write(t, top, name, name)
		write(t, top, "folder "+name[:min(len(name), 240)]+"/"+name, name)
		all = append(all, name, "folder "+name[:min(len(name), 240)]+"/"+name)
	}
	v := watchDir(t, Config{Dir: top, NoLinks: true})
	v.wantFirst(all...)
	for _, name := range all {
		if got := v.content(name); got != filepath.Base(name) {
			t.Errorf("%q has content %q", name, got)
		}
		must(t, os.Remove(filepath.Join(top, name)))
	}
	v.want()
	for _, name := range all {
		write(t, top, name, "")
	}
	v.want(all...)
}

// files.md (g): longer than what C filemq has room for, and than what the system takes in one path.
func TestLongPaths(t *testing.T) {
	for _, length := range []int{1600, 5000} {
		t.Run(fmt.Sprint(length), func(t *testing.T) {
			if length > 4000 && !hasOddNames {
				t.Log("this system has no such paths")
				return
			}
			dir := t.TempDir()
			top, err := os.OpenRoot(dir)
			must(t, err)
			defer top.Close()
			component := strings.Repeat("x", 199)
			name := strings.Repeat(component+"/", length/200-1) + component
			must(t, top.MkdirAll(filepath.Dir(name), 0o700))
			must(t, top.WriteFile(name, []byte("far"), 0o600))
			must(t, top.Chtimes(name, old, old))
			v := watchDir(t, Config{Dir: dir, Monitor: time.Millisecond})
			v.wantFirst(name)
			if got := v.content(name); got != "far" {
				t.Errorf("content %q", got)
			}
			must(t, top.Remove(name))
			v.want()
			must(t, top.RemoveAll(component))
		})
	}
}

func TestPatchesAreSorted(t *testing.T) {
	top := t.TempDir()
	for i := range 50 {
		write(t, top, fmt.Sprintf("%d/%d", i%7, i), "")
	}
	v := watchDir(t, Config{Dir: top})
	if !slices.IsSortedFunc(v.first, func(a, b Patch) int { return strings.Compare(a.File.Name, b.File.Name) }) {
		t.Error("the first batch is not sorted")
	}
}

// Who wants everything that is there waits a moment for what was just written, but not for what is written to all the time.
func TestFirstBatchWaitsForFilesToSettle(t *testing.T) {
	top := t.TempDir()
	must(t, os.WriteFile(filepath.Join(top, "new"), []byte("content"), 0o600))
	v := watchDir(t, Config{Dir: top, Stable: 50 * time.Millisecond, Settle: time.Hour})
	v.wantFirst("new")
	v = watchDir(t, Config{Dir: top, Stable: time.Hour, Settle: 50 * time.Millisecond})
	v.wantFirst()
}

// Within a tick of the system's clock a file may change and look the same: it is not offered before that is over.
func TestChangesWithinATickAreNotMissed(t *testing.T) {
	top := t.TempDir()
	write(t, top, "file", "one")
	v := watchDir(t, Config{Dir: top, tick: never, Monitor: time.Millisecond})
	v.wantFirst()
	v.scanned(3)
	v = watchDir(t, Config{Dir: top, tick: 50 * time.Millisecond, Settle: time.Hour})
	v.wantFirst("file")
}

// While a file is truncated, some file systems tell the new size with the old times.
func TestTruncationIsNotStable(t *testing.T) {
	now := time.Now()
	whole := &File{Name: "file", Size: 5, ModTime: old, Inode: 1, Changed: old.UnixNano()}
	cut := *whole
	cut.Size = 0
	cfg := Config{Dir: t.TempDir(), Stable: never}
	setDefaults(&cfg)
	cfg.Stable = time.Hour
	tr := newTree(cfg, cfg.Dir, nil)
	tr.update(tr.root, nil, whole)
	if tr.out["file"].File != whole {
		t.Fatal("an old file is not offered")
	}
	tr.update(tr.root, whole, &cut)
	if tr.out["file"].File != whole {
		t.Error("a file that is being truncated is offered")
	}
	written := cut
	written.ModTime, written.Changed = now.Add(-2*time.Hour), now.Add(-2*time.Hour).UnixNano()
	tr.update(tr.root, &cut, &written)
	if tr.out["file"].File != &written {
		t.Error("what was truncated is not offered")
	}
}
