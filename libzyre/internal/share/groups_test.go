package share_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// A group is left in the middle of a file, and joined again: it goes on where it stopped.
func TestGroupResumes(t *testing.T) {
	alice, bob := sharetest.Pair(t, zyretest.Config(t))
	content := bytes.Repeat([]byte("0123456789abcdef"), 8<<20)
	if err := alice.PublishTo("G", sharetest.Write(t, filepath.Join(t.TempDir(), "big"), content), "big"); err != nil {
		t.Fatal(err)
	}
	if err := bob.Join("G"); err != nil {
		t.Fatal(err)
	}
	var done int64
	follow(t, bob, "a third of a file", func(e zyre.Event) bool {
		if e.Type == zyre.Deliver {
			t.Fatal("it was too fast to be left")
		}
		done = max(done, e.Done)
		return e.Done > int64(len(content))/3
	})
	if err := bob.Leave("G"); err != nil {
		t.Fatal(err)
	}
	small := sharetest.Write(t, filepath.Join(t.TempDir(), "small"), []byte("small"))
	sharetest.Publish(t, alice, small, "small")
	follow(t, bob, "delivery of what is for all", func(e zyre.Event) bool { return e.Type == zyre.Deliver && e.Path == "small" })
	if err := bob.Join("G"); err != nil {
		t.Fatal(err)
	}
	follow(t, bob, "delivery", func(e zyre.Event) bool {
		if e.Type == zyre.Progress && e.Done < done {
			t.Errorf("%d octets were here, and then it is at %d", done, e.Done)
		}
		if e.Type == zyre.Deliver {
			sharetest.Whole(t, e, content)
		}
		return e.Type == zyre.Deliver
	})
}
