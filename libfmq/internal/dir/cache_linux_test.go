package dir

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestCacheDiskFull(t *testing.T) {
	folder := t.TempDir()
	mount(t, folder, "64k")
	file, ballast := filepath.Join(folder, "digests"), filepath.Join(folder, "ballast")
	c, err := OpenCache(file)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.Put(testEntry(0))
	c.save()
	if err := os.WriteFile(ballast, make([]byte, 56<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 1000; i++ {
		c.Put(testEntry(i))
	}
	c.save()
	if !errors.Is(c.Err(), syscall.ENOSPC) {
		t.Errorf("Err: %v", c.Err())
	}
	wantEntries(t, c, 0, 1000) // memory has them all

	// There is room again: what comes now is kept.
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	c.Put(testEntry(2000))
	c.save()
	if c.Err() != nil {
		t.Errorf("Err: %v", c.Err())
	}
	closeCache(t, c)
	c = openCache(t, file)
	wantEntries(t, c, 0, 1)
	wantEntries(t, c, 2000, 2001)
	if len(c.entries) == 1001 {
		t.Error("nothing was lost: the disk was not full")
	}
	closeCache(t, c)
}

// A link that was planted in the place of the file leads nowhere.
func TestCacheDoesNotFollowLinks(t *testing.T) {
	aside := filepath.Join(t.TempDir(), "aside")
	if err := os.WriteFile(aside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", ".lock"} {
		file := filepath.Join(t.TempDir(), "digests")
		if err := os.Symlink(aside, file+suffix); err != nil {
			t.Fatal(err)
		}
		if c, err := OpenCache(file); err == nil {
			c.Put(Key{Path: "/a"}, Digest{1})
			c.Close()
			t.Errorf("%q: the link was followed", suffix)
		}
	}
	if text, err := os.ReadFile(aside); string(text) != "mine" {
		t.Errorf("got %q, %v", text, err)
	}
}
