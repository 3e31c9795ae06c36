// Package sharetest has what tests of a node's files need.
package sharetest

import (
	"bytes"
	"crypto/sha1"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// Sharing gives a node's configuration a name, an inbox and an outbox.
func Sharing(tb testing.TB, cfg zyre.Config, name string) zyre.Config {
	tb.Helper()
	dir := tb.TempDir()
	cfg.Name, cfg.Inbox, cfg.Outbox = name, filepath.Join(dir, "inbox"), filepath.Join(dir, "outbox")
	return cfg
}

// Pair gives two nodes that share files and know each other.
func Pair(tb testing.TB, cfg zyre.Config) (alice, bob *zyre.Node) {
	tb.Helper()
	alice = zyretest.Start(tb, Sharing(tb, cfg, "alice"))
	bob = zyretest.Start(tb, Sharing(tb, cfg, "bob"))
	zyretest.Next(tb, alice, zyre.Enter)
	zyretest.Next(tb, bob, zyre.Enter)
	return alice, bob
}

// Write makes a file that nobody has written to for a while.
func Write(tb testing.TB, path string, content []byte) string {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		tb.Fatal(err)
	}
	Age(tb, path)
	return path
}

// Age makes a file look as if nobody had written to it for a while.
func Age(tb testing.TB, path string) {
	tb.Helper()
	before := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, before, before); err != nil {
		tb.Fatal(err)
	}
}

// Publish offers a file to everybody.
func Publish(tb testing.TB, n *zyre.Node, path, as string) {
	tb.Helper()
	if err := n.Publish(path, as); err != nil {
		tb.Fatal(err)
	}
}

// Whole checks a Deliver, and that the file is there.
func Whole(tb testing.TB, e zyre.Event, content []byte) {
	tb.Helper()
	digest := sha1.Sum(content)
	if e.Size != int64(len(content)) || !bytes.Equal(e.Digest, digest[:]) {
		tb.Errorf("%v: %x", e, e.Digest)
	}
	if got, err := os.ReadFile(e.File); err != nil || !bytes.Equal(got, content) {
		tb.Errorf("%s: %d octets, %v", e.File, len(got), err)
	}
}
