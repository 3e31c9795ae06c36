package dir

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// mount mounts a file system of the given size, such as "64k". Without the right to do that, the test is skipped, but not in CI.
func mount(t *testing.T, folder, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mount: %v: CI has to run this test as root", err)
		}
		t.Skipf("mount: %v: this test needs root", err)
	}
	t.Cleanup(func() { syscall.Unmount(folder, syscall.MNT_DETACH) }) // a test may have done that already
}

// Where a network drive was, there is an empty folder. That does not mean that its files are deleted.
func TestUnmounted(t *testing.T) {
	for _, name := range []string{"", "folder"} {
		t.Run("below the directory: "+name, func(t *testing.T) {
			top := t.TempDir()
			place := filepath.Join(top, name)
			must(t, os.MkdirAll(place, 0o700))
			mount(t, place, "1m")
			write(t, place, "a/file", "content")
			v := watchDir(t, Config{Dir: top, Monitor: time.Millisecond})
			if len(v.files) != 1 {
				t.Fatal(v.names())
			}
			must(t, syscall.Unmount(place, 0)) // not busy: nothing is held open
			waitLog(t, v, "unmounted", 1)
			v.scanned(3)
			mount(t, place, "1m")
			write(t, place, "b/file", "") // another content is believed
			v.want(filepath.Join(name, "b", "file"))
			if n := v.log.count("unmounted"); n != 1 {
				t.Errorf("%d lines; log:\n%s", n, v.log)
			}
		})
	}
}

// Pipes, sockets and devices are no files, and nothing waits for them.
func TestSpecialFiles(t *testing.T) {
	top := t.TempDir()
	pipe := filepath.Join(top, "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	must(t, syscall.Mkfifo(filepath.Join(top, "pipe.ln"), 0o600))
	symlink(t, "pipe", top, "link")
	write(t, top, "to pipe.ln", pipe)
	symlink(t, "/dev/zero", top, "zero")
	write(t, top, "to zero.ln", "/dev/zero")
	write(t, top, "file", "x")
	v := watchDir(t, Config{Dir: top})
	v.wantFirst("file")
	f := v.files["file"]
	must(t, os.Remove(filepath.Join(top, "file")))
	must(t, os.Rename(pipe, filepath.Join(top, "file")))
	v.refused(f)
}
