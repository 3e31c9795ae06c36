package share_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childConfig) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

// follow reads a node's events, until done says so.
func follow(t *testing.T, n *zyre.Node, what string, done func(zyre.Event) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*zyretest.Deadline)
	defer cancel()
	var last string
	for {
		select {
		case e, ok := <-n.Events():
			if !ok {
				t.Fatalf("%s has ended before %s", n.Name(), what)
			}
			if last = e.String(); done(e) {
				return
			}
		case <-ctx.Done():
			t.Fatalf("%s: no %s; the last that it told is %s", n.Name(), what, last)
		}
	}
}

// delivery waits for a file, and checks that it is all there.
func delivery(t *testing.T, n *zyre.Node, name string, content []byte) (e zyre.Event) {
	t.Helper()
	follow(t, n, fmt.Sprintf("delivery of %.100q", name), func(event zyre.Event) bool {
		e = event
		return e.Type == zyre.Deliver && e.Path == name
	})
	sharetest.Whole(t, e, content)
	return e
}

// files counts what is below a directory, but for what the node and fetching keep for themselves.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.Name() == ".filemq":
			return filepath.SkipDir
		case d.Name() == ".lock":
		case !d.IsDir():
			name, _ := filepath.Rel(dir, path)
			names = append(names, filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	return names
}
