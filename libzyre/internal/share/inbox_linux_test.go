package share_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// disk gives a directory on a disk of its own.
func disk(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("none", dir, "tmpfs", 0, options); err != nil {
		if why := "no small disk can be mounted, that takes root: " + err.Error(); os.Getenv("CI") == "true" {
			t.Fatalf("CANNOT RUN: %s (a failure because CI=true)", why)
		} else {
			t.Skipf("SKIPPED, NOTHING WAS TESTED: %s", why)
		}
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// The disk is full in the middle of a file: that is told, and when there is room the file comes.
func TestInboxFull(t *testing.T) {
	at := disk(t, "size=2m")
	cfg := zyretest.Config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	bobs := sharetest.Sharing(t, cfg, "bob")
	bobs.Inbox = filepath.Join(at, "inbox")
	bob := zyretest.Start(t, bobs)
	ballast := sharetest.Write(t, filepath.Join(at, "ballast"), make([]byte, 1_200_000))
	content := bytes.Repeat([]byte("0123456789abcdef"), 80_000)
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(t.TempDir(), "big"), content), "big")
	e := zyretest.Next(t, bob, zyre.Refused)
	if !errors.Is(e.Cause, syscall.ENOSPC) || e.Path != "" || e.Name != "alice" {
		t.Errorf("%+v", e)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	delivery(t, bob, "big", content)
}

// The inbox can only be read when the peer comes: that is told once, and tried again.
func TestInboxReadOnly(t *testing.T) {
	at := disk(t, "size=2m")
	cfg := zyretest.Config(t)
	bobs := sharetest.Sharing(t, cfg, "bob")
	bobs.Inbox = filepath.Join(at, "inbox")
	bob := zyretest.Start(t, bobs)
	if err := syscall.Mount("none", at, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=2m"); err != nil {
		t.Fatal(err)
	}
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(t.TempDir(), "file"), []byte("hello")), "x")
	if e := zyretest.Next(t, bob, zyre.Refused); !errors.Is(e.Cause, syscall.EROFS) || e.Peer != alice.UUID() {
		t.Errorf("%+v", e)
	}
	if err := syscall.Mount("none", at, "tmpfs", syscall.MS_REMOUNT, "size=2m"); err != nil {
		t.Fatal(err)
	}
	delivery(t, bob, "x", []byte("hello"))
}

// Peers may not fill the disk: what would leave less than is to be left waits, and that is told; when the disk is larger it comes.
func TestInboxNearlyFull(t *testing.T) {
	at := disk(t, "size=2m")
	cfg := zyretest.Config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	bobs := sharetest.Sharing(t, cfg, "bob")
	bobs.Inbox, bobs.Limits.DiskFree = filepath.Join(at, "inbox"), 1<<20
	bob := zyretest.Start(t, bobs)
	content := bytes.Repeat([]byte("0123456789abcdef"), 80_000)
	sharetest.Publish(t, alice, sharetest.Write(t, filepath.Join(t.TempDir(), "big"), content), "big")
	e := zyretest.Next(t, bob, zyre.Refused)
	if !errors.Is(e.Cause, syscall.ENOSPC) || !strings.Contains(e.Cause.Error(), "nearly full") || !strings.Contains(e.Cause.Error(), "1048576 octets are to be left") || e.Name != "alice" {
		t.Errorf("%+v", e)
	}
	if names := files(t, at); len(names) != 0 {
		t.Errorf("there are %q", names)
	}
	if err := syscall.Mount("none", at, "tmpfs", syscall.MS_REMOUNT, "size=4m"); err != nil {
		t.Fatal(err)
	}
	delivery(t, bob, "big", content)
}
