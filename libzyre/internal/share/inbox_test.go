package share_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// The inbox is deleted while the node runs: what comes next makes it anew.
func TestInboxDeleted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory in use cannot be deleted there")
	}
	cfg := zyretest.Config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	bobs := sharetest.Sharing(t, cfg, "bob")
	bob := zyretest.Start(t, bobs)
	file := sharetest.Write(t, filepath.Join(t.TempDir(), "file"), []byte("hello"))
	sharetest.Publish(t, alice, file, "before")
	delivery(t, bob, "before", []byte("hello"))
	if err := os.RemoveAll(bobs.Inbox); err != nil {
		t.Fatal(err)
	}
	sharetest.Publish(t, alice, file, "after")
	delivery(t, bob, "after", []byte("hello"))
}
