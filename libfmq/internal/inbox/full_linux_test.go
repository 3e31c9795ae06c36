package inbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// smallDisk gives a directory on a disk of its own.
func smallDisk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, options); err != nil {
		missing(t, "the right to mount a small disk: "+err.Error())
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// The disk is full in the middle of a file. When there is room again, it goes on, and nothing is there twice.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t, "size=1m")
	put(t, big(600_000), disk, "ballast")
	in := openInbox(t, filepath.Join(disk, "inbox"))
	deliver(t, in, "file", "old")
	all := big(700_000)
	f := begin(t, in, "file", 0)
	var err error
	done := 0
	for err == nil {
		if err = f.Write([]byte(all[done : done+70_000])); err == nil {
			done += 70_000
		}
	}
	if !IsFull(err) || done == 0 {
		t.Fatalf("after %d octets: %v", done, err)
	}
	for range 3 {
		if err := f.Write([]byte(all[done : done+70_000])); !IsFull(err) {
			t.Fatal(err)
		}
	}
	if f.Size() != int64(done) || f.Digest() != whole("", all[:done]).Digest {
		t.Fatal("what failed counts")
	}
	if got := content(t, in.path, "file"); got != "old" {
		t.Fatalf("%d octets of the new file are to be seen", len(got))
	}
	if second, err := in.Begin(server, "file", Header{}, 0); err == nil {
		second.Discard()
	} else if !IsFull(err) {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(disk, "ballast"))
	for ; done < len(all); done += 70_000 {
		write(t, f, all[done:done+70_000])
	}
	finish(t, f, all)
	wantTree(t, in.path, map[string]string{"file": all})
	wantNoTemporaries(t, in.path)
}

// The write that failed left octets behind; the file ends before them all the same.
func TestDiskFullLeavesNoTail(t *testing.T) {
	disk := smallDisk(t, "size=1m")
	in := openInbox(t, filepath.Join(disk, "inbox"))
	f := begin(t, in, "kept", 0)
	write(t, f, big(100_000))
	if err := f.Write(make([]byte, 2<<20)); !IsFull(err) {
		t.Fatal(err)
	}
	f.Keep()
	wantList(t, list(t, in, server, true), part("kept", big(100_000)))
	f = begin(t, in, "kept", 100_000)
	if err := f.Write(make([]byte, 2<<20)); !IsFull(err) {
		t.Fatal(err)
	}
	finish(t, f, big(100_000))
	wantTree(t, in.path, map[string]string{"kept": big(100_000)})
}

// There is no room for the folder or the index: Finish may be tried again.
func TestDiskFullAtTheEnd(t *testing.T) {
	disk := smallDisk(t, "size=1m,nr_inodes=30")
	in := openInbox(t, filepath.Join(disk, "inbox"))
	f := begin(t, in, "a/b/file", 0)
	write(t, f, big(100_000))
	ballast := 0
	for ; ; ballast++ {
		if err := os.Mkdir(filepath.Join(disk, string(rune('a'+ballast))), 0o700); err != nil {
			break
		}
	}
	for range 3 {
		if _, err := f.Finish(nil); !IsFull(err) {
			t.Fatal(err)
		}
	}
	if _, err := in.Begin(server, "other", Header{}, 0); !IsFull(err) {
		t.Fatal(err)
	}
	wantTree(t, in.path, map[string]string{})
	ballast--
	os.Remove(filepath.Join(disk, string(rune('a'+ballast)))) // room for the first folder only
	if _, err := f.Finish(nil); !IsFull(err) {
		t.Fatal(err)
	}
	wantTree(t, in.path, map[string]string{})
	for i := range ballast {
		os.Remove(filepath.Join(disk, string(rune('a'+i))))
	}
	finish(t, f, big(100_000))
	wantTree(t, in.path, map[string]string{"a/": "", "a/b/": "", "a/b/file": big(100_000)})
	wantNoTemporaries(t, in.path)
}

// Too many files are open: Finish may be tried again.
func TestTooManyOpenFiles(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f := begin(t, in, "d/file", 0)
	write(t, f, "x")
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	few := limit
	few.Cur = 3
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	_, err := f.Finish(nil)
	_, beginErr := in.Begin(server, "other", Header{}, 0)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{err, beginErr} {
		if !IsTemporary(err) || IsFull(err) {
			t.Fatal(err)
		}
	}
	finish(t, f, "x")
	wantTree(t, in.path, map[string]string{"d/": "", "d/file": "x"})
	wantNoTemporaries(t, in.path)
}

// There is no room for the folder, and the process ends: all is kept for the next one.
func TestDiskFullAtTheEndIsKept(t *testing.T) {
	disk := smallDisk(t, "size=1m,nr_inodes=20")
	in := openInbox(t, filepath.Join(disk, "inbox"))
	all := big(100_000)
	f, err := in.Begin(server, "d/file", Header{Size: -1, ModTime: time.Unix(1e9, 0), HasMode: true}, 0)
	if err != nil {
		t.Fatal(err)
	}
	write(t, f, all)
	for i := 0; os.Mkdir(filepath.Join(disk, string(rune('a'+i))), 0o700) == nil; i++ {
	}
	if _, err := f.Finish(nil); !IsFull(err) {
		t.Fatal(err)
	}
	f.Keep()
	in.Close()
	for i := range 20 {
		os.Remove(filepath.Join(disk, string(rune('a'+i))))
	}
	in = openInbox(t, in.path)
	wantList(t, list(t, in, server, false), part("d/file", all))
	info, err := in.at.partial.Lstat(f.temp)
	if err != nil || info.Mode() != 0o600 {
		t.Fatal(info, err)
	}
	finish(t, begin(t, in, "d/file", int64(len(all))), all)
	wantTree(t, in.path, map[string]string{"d/": "", "d/file": all})
	wantNoTemporaries(t, in.path)
}

// asNobody runs f without the rights of root, in a thread that ends with it.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, 65534, 0, 0); errno != 0 {
			t.Error(errno)
			return
		}
		f()
	}()
	<-done
}

func TestPermissionDenied(t *testing.T) {
	base := t.TempDir()
	for d := base; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		os.Chmod(d, 0o755)
	}
	path := filepath.Join(base, "inbox")
	put(t, "mine", path, "locked", "file")
	put(t, "mine", path, "secret")
	put(t, "mine", path, "closed", "file")
	if os.Getuid() == 0 {
		for _, name := range []string{"", "locked", "closed", "secret", "locked/file", "closed/file"} {
			os.Chown(filepath.Join(path, name), 65534, -1)
		}
	}
	os.Chmod(filepath.Join(path, "locked"), 0o555)
	os.Chmod(filepath.Join(path, "closed"), 0)
	os.Chmod(filepath.Join(path, "secret"), 0)
	defer os.Chmod(filepath.Join(path, "closed"), 0o755)
	asNobody(t, func() {
		in, err := Open(path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer in.Close()
		for _, name := range []string{"locked/new", "locked/file", "locked/d/new", "closed/file", "closed/new"} {
			f, err := in.Begin(server, name, Header{Size: -1}, 0)
			if err != nil {
				t.Error(err)
				return
			}
			if _, err = f.Finish(nil); !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: %v", name, err)
			}
			if removed, err := in.Remove(server, name, true); removed || name != "locked/new" && name != "locked/d/new" && !errors.Is(err, fs.ErrPermission) {
				t.Errorf("%s: removed %v, %v", name, removed, err)
			}
		}
		f, err := in.Begin(server, "other", Header{Size: -1}, 0)
		if err == nil {
			_, err = f.Finish(nil)
		}
		if err != nil {
			t.Error("the rest does not go on:", err)
		}
		held, err := in.List(t.Context(), server, true)
		if err != nil || len(held) != 2 || held[0] != whole("locked/file", "mine") || held[1] != whole("other", "") {
			t.Error(held, err)
		}
		if names := temporaries(t, path); len(names) != 0 {
			t.Errorf("left: %q", names)
		}
		if _, err := Open(filepath.Join(path, "locked"), nil); !errors.Is(err, fs.ErrPermission) {
			t.Error(err)
		}
		if _, err := Open(filepath.Join(path, "locked", "new"), nil); !errors.Is(err, fs.ErrPermission) {
			t.Error(err)
		}
	})
}

// A file that cannot take the place of another one leaves the index as it was.
func TestPermissionDeniedLeavesTheOldFile(t *testing.T) {
	base := t.TempDir()
	for d := base; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		os.Chmod(d, 0o755)
	}
	path := filepath.Join(base, "inbox")
	os.Mkdir(path, 0o777)
	os.Chmod(path, 0o777)
	asNobody(t, func() {
		in, err := Open(path, nil)
		for _, name := range []string{"d/file", "d/file", "d/new", "other"} {
			if err != nil {
				t.Error(err)
				return
			}
			var f *File
			if f, err = in.Begin(server, name, Header{Size: -1}, 0); err == nil {
				if _, err = f.Finish(nil); err != nil && errors.Is(err, fs.ErrPermission) == (name[0] == 'd') {
					err = nil
				}
			}
			os.Chmod(filepath.Join(path, "d"), 0o555)
		}
		if err != nil {
			t.Error(err)
			return
		}
		for range 2 {
			held, err := in.List(t.Context(), server, false)
			if err != nil || len(held) != 2 || held[0] != whole("d/file", "") || held[1] != whole("other", "") {
				t.Error(held, err)
			}
			if len(in.at.index.files) != 2 || !in.at.index.files["d/file"].matches(keyOf("", mustStat(t, in, "d/file"))) {
				t.Error("the index is wrong")
			}
			in.Close()
			if in, err = Open(path, nil); err != nil {
				t.Error(err)
				return
			}
		}
		in.Close()
	})
	os.Chmod(filepath.Join(path, "d"), 0o755)
}

func mustStat(t *testing.T, in *Inbox, name string) fs.FileInfo {
	info, err := in.at.root.Lstat(name)
	if err != nil {
		t.Error(err)
		runtime.Goexit()
	}
	return info
}
