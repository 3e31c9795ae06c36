package dir

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// smallDisk mounts a file system of the given size, such as "64k". Without the right to do that, the test is skipped, but not in CI.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	folder := t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mount: %v: CI has to run this test as root", err)
		}
		t.Skipf("mount: %v: this test needs root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(folder, syscall.MNT_DETACH); err != nil {
			t.Error("unmount:", err)
		}
	})
	return folder
}

func TestCacheDiskFull(t *testing.T) {
	folder := smallDisk(t, "64k")
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
