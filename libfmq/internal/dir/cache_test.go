package dir

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// childEnv names the cache file that the test binary, run again as a child, writes to until it is killed.
const childEnv = "DIR_TEST_CACHE"

// child puts digests, tells how many it has put, and goes on until it is killed.
func child() {
	c, err := OpenCache(os.Getenv(childEnv))
	if err != nil || c.Err() != nil {
		fmt.Println("cannot open:", err, c.Err())
		os.Exit(1)
	}
	for i := 0; ; i++ {
		c.Put(testEntry(i % 100_000))
		if i%100 == 0 {
			c.save()
			fmt.Println(i)
		}
	}
}

// testEntry makes a key and a digest.
func testEntry(i int) (Key, Digest) {
	path := fmt.Sprintf("/srv/files/folder%03d/file%06d.dat", i/100, i)
	return Key{path, int64(i), int64(i) * 1e9, uint64(i), int64(i) * 7}, sha1.Sum([]byte(path))
}

func openCache(t testing.TB, file string) *Cache {
	t.Helper()
	c, err := OpenCache(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func closeCache(t testing.TB, c *Cache) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal("Close:", err)
	}
}

func wantEntries(t *testing.T, c *Cache, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		key, want := testEntry(i)
		if got, ok := c.Get(key); !ok || got != want {
			t.Fatalf("entry %d: %x, %v; want %x", i, got, ok, want)
		}
	}
}

func TestCacheOutlivesTheProcess(t *testing.T) {
	file := filepath.Join(t.TempDir(), "made", "digests")
	c := openCache(t, file)
	for i := range 1000 {
		c.Put(testEntry(i))
	}
	wantEntries(t, c, 0, 1000)
	closeCache(t, c)
	closeCache(t, c)

	c = openCache(t, file)
	wantEntries(t, c, 0, 1000)
	if _, ok := c.Get(Key{Path: "/never"}); ok {
		t.Error("a digest of a file that nobody has put")
	}
}

func TestCacheTellsStatesApart(t *testing.T) {
	c := openCache(t, "")
	key := Key{"/a", 1, 2, 3, 4}
	c.Put(key, Digest{1})
	for _, other := range []Key{{"/b", 1, 2, 3, 4}, {"/a", 9, 2, 3, 4}, {"/a", 1, 9, 3, 4}, {"/a", 1, 2, 9, 4}, {"/a", 1, 2, 3, 9}} {
		if _, ok := c.Get(other); ok {
			t.Errorf("the digest of %v for %v", key, other)
		}
	}
	later := Key{"/a", 5, 6, 7, 4}
	c.Put(later, Digest{2})
	if got, ok := c.Get(later); !ok || got != (Digest{2}) {
		t.Error("the newer state is not held")
	}
	if _, ok := c.Get(key); ok {
		t.Error("the older state is still held: there is no bound for states")
	}
}

func TestCacheNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	names := []string{"", "with blank", "line\nend", "\n", `back\slash`, `\n`, "\\\n\\", "\xff\xfe", "%s",
		"nul\x00", "\r\n", strings.Repeat("x", maxPath)}
	c := openCache(t, file)
	for i, name := range names {
		c.Put(Key{name, int64(i), -int64(i), 1<<64 - 1, 1<<63 - 1}, Digest{byte(i)})
	}
	c.Put(Key{Path: strings.Repeat("x", maxPath+1)}, Digest{9})
	closeCache(t, c)
	c = openCache(t, file)
	if len(c.entries) != len(names) {
		t.Errorf("%d entries, want %d", len(c.entries), len(names))
	}
	for i, name := range names {
		if got, ok := c.Get(Key{name, int64(i), -int64(i), 1<<64 - 1, 1<<63 - 1}); !ok || got != (Digest{byte(i)}) {
			t.Errorf("%.20q: %v %v", name, got, ok)
		}
	}
}

func TestCacheDamagedFile(t *testing.T) {
	write := func(t *testing.T) (string, [][]byte) {
		file := filepath.Join(t.TempDir(), "digests")
		c := openCache(t, file)
		for i := range 100 {
			c.Put(testEntry(i))
		}
		closeCache(t, c)
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return file, bytes.SplitAfter(content, []byte("\n"))[:100]
	}
	for name, damage := range map[string]func([][]byte){
		"an octet of a digest":  func(lines [][]byte) { lines[40][20] ^= 1 },
		"a digit of a size":     func(lines [][]byte) { lines[40][50] ^= 1 },
		"an octet of a path":    func(lines [][]byte) { lines[40][len(lines[40])-3] ^= 0x80 },
		"a line end":            func(lines [][]byte) { lines[40] = lines[40][:len(lines[40])-1]; lines[41] = nil },
		"something else":        func(lines [][]byte) { lines[40] = []byte("something else\n") },
		"zeros":                 func(lines [][]byte) { lines[40] = append(make([]byte, 4096), '\n') },
		"a line without an end": func(lines [][]byte) { lines[40] = append(bytes.Repeat([]byte{'x'}, 1<<20), '\n') },
	} {
		t.Run(name, func(t *testing.T) {
			file, lines := write(t)
			damage(lines)
			if err := os.WriteFile(file, bytes.Join(lines, nil), 0o600); err != nil {
				t.Fatal(err)
			}
			c := openCache(t, file)
			wantEntries(t, c, 0, 40)
			wantEntries(t, c, 43, 100) // a line that has lost its end takes the next one with it
			if key, _ := testEntry(40); name != "a line end" {
				if _, ok := c.Get(key); ok {
					t.Error("a damaged entry counts")
				}
			}
		})
	}
	t.Run("a last line that is not whole", func(t *testing.T) {
		file, lines := write(t)
		lines[99] = lines[99][:70]
		if err := os.WriteFile(file, bytes.Join(lines, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		c := openCache(t, file)
		c.Put(testEntry(200)) // must not be glued to what is there
		closeCache(t, c)
		c = openCache(t, file)
		wantEntries(t, c, 0, 99)
		wantEntries(t, c, 200, 201)
	})
	t.Run("a folder", func(t *testing.T) {
		if _, err := OpenCache(t.TempDir()); err == nil {
			t.Error("no error for a folder")
		}
	})
}

func TestCacheKilled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	for range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+file)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for line := ""; line != "3000"; { // what it tells of is in the file
			if _, err := fmt.Fscanln(out, &line); err != nil {
				t.Fatal("child:", line, err)
			}
		}
		cmd.Process.Kill()
		go io.Copy(io.Discard, out)
		cmd.Wait()
		c := openCache(t, file)
		if err := c.Err(); err != nil {
			t.Fatal("the lock has survived its process:", err)
		}
		wantEntries(t, c, 0, 3001)
		closeCache(t, c)
	}
}

func TestCacheSecondOpenerKeepsToMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	first, second := openCache(t, file), openCache(t, file)
	if first.Err() != nil || !errors.Is(second.Err(), errLocked) {
		t.Errorf("errors %v and %v, want nil and %v", first.Err(), second.Err(), errLocked)
	}
	for i := range 100 {
		first.Put(testEntry(i))
		second.Put(testEntry(1000 + i))
	}
	wantEntries(t, second, 1000, 1100)
	closeCache(t, second)
	closeCache(t, first)
	third := openCache(t, file)
	wantEntries(t, third, 0, 100)
	if len(third.entries) != 100 {
		t.Errorf("%d entries, want 100", len(third.entries))
	}
}

func TestCacheWritesInTheBackground(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	c := openCache(t, file)
	for range 2 { // the timer has to work more than once
		before, _ := os.Stat(file)
		c.Put(Key{Path: "/a", Size: before.Size()}, Digest{})
		for limit := time.Now().Add(deadline); ; {
			if info, err := os.Stat(file); err == nil && info.Size() > before.Size() {
				break
			} else if time.Now().After(limit) {
				t.Fatal("nothing is written before Close")
			}
			runtime.Gosched()
		}
	}
}

func TestCacheFileIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	c := openCache(t, file)
	for i := range 10 * spare {
		key, digest := testEntry(i % 10)
		key.Size = int64(i)
		c.Put(key, digest)
		if i%1000 == 999 {
			c.save()
		}
	}
	if info, err := os.Stat(file); err != nil || info.Size() > 4*spare*150 {
		t.Errorf("size %d, %v, for 10 entries", info.Size(), err)
	}
	closeCache(t, c)
	c = openCache(t, file)
	for i := 10*spare - 10; i < 10*spare; i++ {
		key, digest := testEntry(i % 10)
		key.Size = int64(i)
		if got, ok := c.Get(key); !ok || got != digest {
			t.Errorf("entry %d is lost", i)
		}
	}

	// Opened, a wasteful file is written anew.
	waste := bytes.Repeat([]byte("waste\n"), spare+100)
	closeCache(t, c)
	content, _ := os.ReadFile(file)
	if err := os.WriteFile(file, append(content, waste...), 0o600); err != nil {
		t.Fatal(err)
	}
	c = openCache(t, file)
	if info, err := os.Stat(file); err != nil || info.Size() > 4000 || len(c.entries) != 10 {
		t.Errorf("size %d, %v, for %d entries", info.Size(), err, len(c.entries))
	}
}

func TestCacheIsBounded(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	c := openCache(t, file)
	c.limit = 500
	for i := range 1000 {
		c.Put(testEntry(i))
		wantEntries(t, c, i, i+1) // the last one is held
	}
	if len(c.entries) != c.limit {
		t.Errorf("%d entries, want %d", len(c.entries), c.limit)
	}
	closeCache(t, c)

	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c = &Cache{entries: map[string]entry{}, limit: 500}
	if err := c.read(bytes.NewReader(content)); err != nil || len(c.entries) != c.limit {
		t.Errorf("%v, %d entries read, want %d", err, len(c.entries), c.limit)
	}
}

func TestCacheConcurrently(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digests")
	c := openCache(t, file)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 3000 {
				key, digest := testEntry(g*3000 + i)
				c.Put(key, digest)
				if got, ok := c.Get(key); !ok || got != digest {
					t.Errorf("entry %v is not held", key)
				}
				if i%500 == 0 {
					c.save()
				}
			}
		})
	}
	wg.Wait()
	closeCache(t, c)
	c.Put(Key{Path: "/late"}, Digest{}) // does nothing
	c = openCache(t, file)
	wantEntries(t, c, 0, 12_000)
}

func FuzzCache(f *testing.F) {
	key, digest := testEntry(7)
	line := appendLine(nil, key.Path, entry{key.Size, key.ModTime, key.Inode, key.Changed, digest})
	f.Add(line)
	f.Add(append(line[:40:40], line...))
	f.Add(appendLine(line, "a\\\n\xff", entry{0, -1, 1<<64 - 1, 7, digest}))
	f.Add([]byte("00000000 \n\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		c := &Cache{entries: map[string]entry{}, limit: maxEntries}
		if err := c.read(bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
		// What was taken from it can be written, and read again.
		var again []byte
		for path, e := range c.entries {
			again = appendLine(again, path, e)
		}
		second := &Cache{entries: map[string]entry{}, limit: maxEntries}
		if err := second.read(bytes.NewReader(again)); err != nil {
			t.Fatal(err)
		}
		if len(second.entries) != len(c.entries) {
			t.Fatalf("%d entries, then %d", len(c.entries), len(second.entries))
		}
		for path, e := range c.entries {
			if second.entries[path] != e {
				t.Fatalf("%q: %v, then %v", path, e, second.entries[path])
			}
		}
	})
}

func BenchmarkOpenCache(b *testing.B) {
	file := filepath.Join(b.TempDir(), "digests")
	c := openCache(b, file)
	for i := range 100_000 {
		c.Put(testEntry(i))
	}
	closeCache(b, c)
	for b.Loop() {
		c := openCache(b, file)
		if len(c.entries) != 100_000 {
			b.Fatal(len(c.entries))
		}
		c.Close()
	}
}
