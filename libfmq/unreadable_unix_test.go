//go:build unix

package fmq

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// becomeNobody gives up the rights of root, who may read everything.
func becomeNobody() error {
	const nobody = 65534
	if os.Geteuid() != 0 {
		return nil
	}
	if err := syscall.Setgid(nobody); err != nil {
		return err
	}
	return syscall.Setuid(nobody)
}

// files.md: C filemq's server aborts when it cannot read. A file that the server may not read costs that file only, is logged, and arrives when
// it may be read.
func TestUnreadableFile(t *testing.T) {
	// The folders of t.TempDir are for their owner only.
	dir, err := os.MkdirTemp("", "unreadable")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	secret := put(t, dir, "b/secret", "secret")
	for _, name := range []string{"a", "c/d", "z"} {
		if err := os.Chmod(put(t, dir, name, name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	s := startChild(t, "server as nobody", "FMQ_TEST_ENDPOINT=tcp://127.0.0.1:*", "FMQ_TEST_DIR="+dir)
	box := t.TempDir()
	c := fetch(t, box, Subscription{Resync: true}, s.await(t, "endpoint"))
	if _, delivered := until(t, c, Synced); len(delivered) != 3 || len(content(t, box)) != 3 {
		t.Errorf("delivered are %v", delivered)
	}
	for deadline := time.Now().Add(patience); ; {
		line := s.await(t, "level=WARN")
		if strings.Contains(line, "/b/secret") && strings.Contains(line, "permission denied") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is logged of the file")
		}
	}
	if err := os.Chmod(secret, 0o644); err != nil {
		t.Fatal(err)
	}
	if e, _ := until(t, c, Deliver); e.Name != "b/secret" {
		t.Errorf("delivered is %q", e.Name)
	}
	if text, err := os.ReadFile(filepath.Join(box, "b", "secret")); string(text) != "secret" {
		t.Errorf("it holds %q, %v", text, err)
	}
}
