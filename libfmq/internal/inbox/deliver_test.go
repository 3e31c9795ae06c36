package inbox

import (
	"crypto/sha1"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestDelivers(t *testing.T) {
	in := openInbox(t, filepath.Join(t.TempDir(), "made", "here"))
	f := begin(t, in, "a/b/file", 0)
	write(t, f, "hello ")
	write(t, f, "world")
	if f.Size() != 11 || f.Digest() != sha1.Sum([]byte("hello world")) {
		t.Fatal("size or digest is wrong before the end")
	}
	wantTree(t, in.path, map[string]string{}) // nobody sees it before its end
	d := finish(t, f, "hello world")
	want := Delivered{filepath.Join(in.path, "a", "b", "file"), 11, sha1.Sum([]byte("hello world"))}
	if d != want {
		t.Fatalf("delivered %+v, want %+v", d, want)
	}
	wantTree(t, in.path, map[string]string{"a/": "", "a/b/": "", "a/b/file": "hello world"})
	wantNoTemporaries(t, in.path)
	if f.Write(nil) != ErrFinished || f.Digest() != d.Digest {
		t.Fatal("a finished file goes on")
	}
	if _, err := f.Finish(nil); err != ErrFinished {
		t.Fatal(err)
	}
	f.Keep()
	f.Discard()
	wantTree(t, in.path, map[string]string{"a/": "", "a/b/": "", "a/b/file": "hello world"})
}

// files.md: C filemq left 990 octets of the old file behind 10 new ones.
func TestShorterFileLeavesNoTail(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "file", strings.Repeat("x", 1000))
	deliver(t, in, "file", "0123456789")
	wantTree(t, in.path, map[string]string{"file": "0123456789"})
	deliver(t, in, "file", "")
	wantTree(t, in.path, map[string]string{"file": ""})
}

func TestEmptyFile(t *testing.T) {
	in := openInbox(t, t.TempDir())
	f, err := in.Begin(server, "empty", Header{}, 0)
	if err != nil {
		t.Fatal(err)
	}
	finish(t, f, "")
	wantTree(t, in.path, map[string]string{"empty": ""})
	wantList(t, list(t, in, server, false), whole("empty", ""))
}

func TestTwentyLevels(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deep := strings.Repeat("level/", 20)
	deliver(t, in, deep+"one", "1")
	deliver(t, in, deep+"two", "2")
	wantList(t, list(t, in, server, false), whole(deep+"one", "1"), whole(deep+"two", "2"))
	deepest := strings.Repeat("d/", 254) + "file"
	deliver(t, in, deepest, "3")
	wantList(t, list(t, in, server, false), whole(deepest, "3"), whole(deep+"one", "1"), whole(deep+"two", "2"))
	for _, name := range []string{deep + "one", deep + "two", deepest} {
		if removed, err := in.Remove(server, name, false); !removed || err != nil {
			t.Fatal(removed, err)
		}
	}
	wantTree(t, in.path, map[string]string{})
}

// Spaces, UTF-8, a newline, %s, invalid UTF-8, 255 octets.
func TestOddNames(t *testing.T) {
	in := openInbox(t, t.TempDir())
	want := map[string]string{}
	for _, name := range []string{"a b", "äöü €", "new\nline", "%s%n", "\xff\xfe", strings.Repeat("n", 255), ".hidden", `"quoted"`, `back\slash`, "-"} {
		f, err := in.Begin(server, name, Header{Size: -1}, 0)
		if err != nil {
			if os.PathSeparator == '/' {
				t.Errorf("%q: %v", name, err)
			}
			continue
		}
		write(t, f, name)
		if _, err := f.Finish(nil); err != nil {
			t.Logf("%q is not for this file system: %v", name, err)
			continue
		}
		want[name] = name
	}
	wantTree(t, in.path, want)
	in.Close()
	if got := list(t, openInbox(t, in.path), server, false); len(got) != len(want) {
		t.Fatalf("after a restart %d of %d came from the server", len(got), len(want))
	}
}

func TestModeAndTimeAreKept(t *testing.T) {
	in := openInbox(t, t.TempDir())
	when := time.Date(2001, 2, 3, 4, 5, 6, 789_000_000, time.UTC)
	for _, c := range []struct {
		size int
		mode fs.FileMode
		want fs.FileMode
	}{
		{10, 0o640, 0o640}, {10, 0o777, 0o777}, {10, 0o444, 0o444}, {10, fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky | 0o755, 0o755}, {10, 0, 0},
		{100_000, 0o666, 0o666}, {100_000, 0o400, 0o400}, {0, 0o751, 0o751},
	} {
		f, err := in.Begin(server, "file", Header{Size: int64(c.size), ModTime: when, Mode: c.mode, HasMode: true}, 0)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f, big(c.size))
		d := finish(t, f, big(c.size))
		info, err := os.Stat(d.Path)
		if err != nil {
			t.Fatal(err)
		}
		if hasModes && info.Mode() != c.want {
			t.Errorf("%d octets with mode %v: %v, want %v", c.size, c.mode, info.Mode(), c.want)
		}
		if !info.ModTime().Equal(when) {
			t.Errorf("modification time %v, want %v", info.ModTime(), when)
		}
	}
	d := deliver(t, in, "plain", "x")
	info, err := os.Stat(d.Path)
	if err != nil {
		t.Fatal(err)
	}
	if want := 0o644 &^ in.at.umask; hasModes && info.Mode() != want {
		t.Errorf("mode without a header: %v, want %v", info.Mode(), want)
	}
	if time.Since(info.ModTime()).Abs() > time.Hour {
		t.Errorf("modification time without a header: %v", info.ModTime())
	}
}

// Times that no file system knows are left out.
func TestTimeOutOfRange(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for _, year := range []int{-5, 0, 1, 1492, 2263, 9999} {
		f, err := in.Begin(server, "file", Header{Size: -1, ModTime: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)}, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := finish(t, f, "")
		if info, err := os.Stat(d.Path); err != nil || time.Since(info.ModTime()).Abs() > time.Hour {
			t.Errorf("year %d became %v (%v)", year, info.ModTime(), err)
		}
	}
}

func TestWrongDigest(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "file", "old")
	f := begin(t, in, "file", 0)
	write(t, f, big(100_000))
	want := sha1.Sum([]byte("other"))
	if _, err := f.Finish(&want); !errors.Is(err, ErrDigest) {
		t.Fatal(err)
	}
	wantTree(t, in.path, map[string]string{"file": "old"})
	wantNoTemporaries(t, in.path)
}

// A server that lies about the end.
func TestWrongSize(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for _, size := range []int64{0, 4, 6, 1 << 62} {
		f, err := in.Begin(server, "d/file", Header{Size: size}, 0)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f, "12345")
		if _, err := f.Finish(nil); !errors.Is(err, ErrSize) {
			t.Fatal(size, err)
		}
	}
	wantTree(t, in.path, map[string]string{})
	wantNoTemporaries(t, in.path)
}

// Two servers send a file of the same name: each time one of the two stands there whole.
func TestTwoServersOneName(t *testing.T) {
	in := openInbox(t, t.TempDir())
	a := begin(t, in, "file", 0)
	b, err := in.Begin("tcp://127.0.0.1:5671", "file", Header{Size: -1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a, "from a")
	write(t, b, "b")
	finish(t, a, "from a")
	wantTree(t, in.path, map[string]string{"file": "from a"})
	finish(t, b, "b")
	wantTree(t, in.path, map[string]string{"file": "b"})
	wantList(t, list(t, in, server, false))
	wantList(t, list(t, in, "tcp://127.0.0.1:5671", false), whole("file", "b"))
}
