package filemq

import (
	"crypto/sha1"
	"os"
	"path/filepath"
	"testing"

	fmq "github.com/zeromq/gozyre/libfmq"
)

// While the credit is too short for what comes next, the server says again what its message object holds: half of it is of the last message, half
// of the next file. C filemq does so for ever; this one then reads our credit and goes on.
func TestCServerRepeatsItself(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for many repetitions")
	}
	for name, c := range map[string]struct {
		livelock string
		before   func(t *testing.T, dir string)
		last     string // which file comes last
		size     int
	}{
		// Again and again comes the empty end of the file before, under the name of the next one.
		"small files": {"10000", func(t *testing.T, dir string) { putMany(t, dir, "many", 1300, 4096) }, "zlast", 4096},
		// Of files without content that is the beginning and end of an empty file.
		"empty file": {"10000", func(t *testing.T, dir string) {
			putMany(t, dir, "many", 976, 4096)
			put(t, dir, "nothing", "")
		}, "zlast", 4096},
		// The last chunk of the same file.
		"big file": {"100", func(t *testing.T, dir string) { put(t, dir, "a", "small") }, "big", 6_000_001},
		// The end of another file.
		"big files": {"10000", func(t *testing.T, dir string) { put(t, dir, "a", pattern(6_000_001, 1)) }, "big", 6_000_001},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			h := host(t, anyPort, dir, "livelock", c.livelock)
			ours := dial(t, h.addr, nil, fmq.Subscription{}, "/")
			ours.expect(fmq.Connected)
			h.open("/")
			all := t.TempDir()
			c.before(t, all)
			put(t, all, c.last, pattern(c.size, 2))
			if err := os.Rename(all, dir+"/x"); err != nil { // the server finds all at once
				t.Fatal(err)
			}
			h.expect("LIVELOCK")
			ours.until("/x/"+c.last, pattern(c.size, 2))
			same(t, dir, ours.inbox)
		})
	}
}

// A delete is repeated under the name of a file that is there.
func TestCServerRepeatsADelete(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "b", "")
	h := host(t, anyPort, dir, "livelock", "10000")
	c := dial(t, h.addr, &fmq.ClientConfig{Window: 1_000_000}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "z", "the first one")
	c.delivered("/z", "z", "the first one")
	all := t.TempDir()
	put(t, all, "a", "it takes a part of the credit")
	put(t, all, "c", pattern(1_000_000, 0))
	for _, err := range []error{os.Rename(dir, dir+"-old"), os.Rename(all, dir)} { // b and z are gone, a and c are there
		if err != nil {
			t.Fatal(err)
		}
	}
	h.expect("LIVELOCK")
	c.until("/c", pattern(1_000_000, 0))
	if _, err := os.Stat(filepath.Join(c.inbox, "b")); !os.IsNotExist(err) {
		t.Errorf("b is here (%v)", err)
	}
}

// A delete is repeated under the name of the next file, which is there: nothing may be deleted.
func TestCServerRepeatsADeleteOfWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir, "livelock", "10")
	c := dial(t, h.addr, &fmq.ClientConfig{Window: 1_000_000}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	put(t, dir, "b", "it will go")
	c.delivered("/b", "b", "it will go")
	put(t, dir, "c", "it will stay")
	c.delivered("/c", "c", "it will stay")
	all := t.TempDir()
	put(t, all, "a", "it takes a part of the credit")
	put(t, all, "c", pattern(1_000_000, 0))
	for _, err := range []error{os.Rename(dir, dir+"-old"), os.Rename(all, dir)} { // a is new, b is gone, c is another one
		if err != nil {
			t.Fatal(err)
		}
	}
	c.delivered("/a", "a", "it takes a part of the credit")
	c.deleted("/b", "b")
	c.delivered("/c", "c", pattern(1_000_000, 0)) // and was never deleted
}

// The end of an empty file is repeated under the name of the next file, which is not empty.
func TestCServerRepeatsAnEmptyFile(t *testing.T) {
	dir := t.TempDir()
	h := host(t, anyPort, dir, "livelock", "10")
	c := dial(t, h.addr, &fmq.ClientConfig{Window: 1_000_000}, fmq.Subscription{}, "/")
	c.expect(fmq.Connected)
	h.open("/")
	all := t.TempDir()
	put(t, all, "a", "it takes a part of the credit")
	put(t, all, "b", "")
	put(t, all, "c", pattern(1_000_000, 0))
	if err := os.Rename(all, dir+"/x"); err != nil {
		t.Fatal(err)
	}
	c.delivered("/x/a", "x/a", "it takes a part of the credit")
	c.delivered("/x/b", "x/b", "")
	c.delivered("/x/c", "x/c", pattern(1_000_000, 0)) // and was never empty
}

// A chunk of a million octets is repeated, which costs the server no credit. If we give credit back for it, the server has more than the window in
// the end; and if it then uses that, we part from it.
func TestCServerRepeatsABigChunk(t *testing.T) {
	for name, size := range map[string]int{"a few chunks more": 6_000_001, "many chunks more": 200_000_000} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			h := host(t, anyPort, dir, "livelock", "100")
			c := dial(t, h.addr, nil, fmq.Subscription{}, "/")
			c.expect(fmq.Connected)
			h.open("/")
			all := t.TempDir()
			put(t, all, "a", "small")
			put(t, all, "big", pattern(size, 2))
			if err := os.Rename(all, dir+"/x"); err != nil {
				t.Fatal(err)
			}
			h.expect("LIVELOCK")
			c.delivered("/x/a", "x/a", "small")
			c.delivered("/x/big", "x/big", pattern(size, 2))
			c.Close()
			credit := int64(0)
			for e := h.next(); e.Type != "KTHXBAI"; e = h.next() {
				credit = max(credit, e.Size)
			}
			if credit > 4_000_000 {
				t.Errorf("the server has a credit of %d octets", credit)
			}
		})
	}
}

// same compares two folders, ours without .filemq.
func same(t *testing.T, theirs, ours string) {
	t.Helper()
	read := func(dir string) map[string][20]byte {
		files := map[string][20]byte{}
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				if d != nil && d.Name() == ".filemq" {
					return filepath.SkipDir
				}
				return err
			}
			b, err := os.ReadFile(path)
			files[path[len(dir):]] = sha1.Sum(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	a, b := read(theirs), read(ours)
	for name, sum := range a {
		if b[name] != sum {
			t.Errorf("%s is missing or has other content", name)
		}
	}
	if len(a) != len(b) {
		t.Errorf("there are %d files, want %d", len(b), len(a))
	}
}
