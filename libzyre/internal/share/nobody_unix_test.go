//go:build unix

package share_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
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

// open makes a directory that everybody may write to.
func open(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "share") // the folders of t.TempDir are for their owner only
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A file that this process may not read is refused when it is published.
func TestPublishUnreadable(t *testing.T) {
	dir := open(t)
	secret := sharetest.Write(t, filepath.Join(dir, "secret"), []byte("secret"))
	if err := os.Chmod(secret, 0); err != nil {
		t.Fatal(err)
	}
	c := childNode{
		UUID: zyre.NewUUID(), Port: zyretest.Config(t).Port, Inbox: filepath.Join(dir, "inbox"), Outbox: filepath.Join(dir, "outbox"), Publish: secret, Nobody: true,
	}
	if _, says := c.start(t); !strings.Contains(says, "invalid") || !strings.Contains(says, "permission denied") {
		t.Fatal(says)
	}
}
