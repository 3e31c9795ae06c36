package zyre_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// A node without an inbox has no port, no header and no goroutine for files, and says so when it is to publish.
func TestNoInbox(t *testing.T) {
	cfg := config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	sharetest.Publish(t, alice, old(t, "hello"), "hello.txt")
	bob := zyretest.Start(t, cfg)
	if e := zyretest.Next(t, alice, zyre.Enter); e.Headers["X-FILEMQ"] != "" {
		t.Errorf("%+v", e)
	}
	if e := zyretest.Next(t, bob, zyre.Enter); !strings.HasPrefix(e.Headers["X-FILEMQ"], "tcp://127.0.0.1:") || len(e.Headers["X-FILEMQ"]) != len("tcp://127.0.0.1:49152") {
		t.Errorf("%+v", e)
	}
	for _, err := range []error{bob.Publish(old(t, ""), "x"), bob.PublishTo("g", old(t, ""), "x"), bob.Retract("x")} {
		if !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), "Inbox") {
			t.Error(err)
		}
	}
	alice.Close()
	buffer := make([]byte, 1<<20)
	if stacks := string(buffer[:runtime.Stack(buffer, true)]); strings.Contains(stacks, "libfmq") || strings.Contains(stacks, "internal/share") {
		t.Errorf("a node without inbox has goroutines for files:\n%s", stacks)
	}
}

// A node with an outbox alone publishes and fetches nothing, and says so.
func TestOutboxOnly(t *testing.T) {
	cfg := config(t)
	only := sharetest.Sharing(t, cfg, "alice")
	inbox := only.Inbox
	only.Inbox = ""
	alice := zyretest.Start(t, only)
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	if e := zyretest.Next(t, bob, zyre.Enter); e.Headers["X-FILEMQ"] == "" || e.Headers["X-FILEMQ-INBOX"] != "0" {
		t.Errorf("%v", e.Headers)
	}
	if e := zyretest.Next(t, alice, zyre.Enter); e.Headers["X-FILEMQ"] == "" || e.Headers["X-FILEMQ-INBOX"] != "" {
		t.Errorf("%v", e.Headers)
	}
	sharetest.Publish(t, bob, old(t, "hello"), "from bob")
	sharetest.Publish(t, alice, old(t, "hello"), "from alice")
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "from alice", "hello")
	zyretest.Next(t, alice, zyre.Sent)
	if _, err := os.Stat(inbox); err == nil {
		t.Error("there is an inbox")
	}
	buffer := make([]byte, 1<<20)
	if n := strings.Count(string(buffer[:runtime.Stack(buffer, true)]), "share.(*peer).run("); n != 1 {
		t.Errorf("%d fetch, want bob alone", n)
	}
}

// The outbox belongs to the node: it removes what an earlier life has left in it, nothing else, and itself when it closes.
func TestOutbox(t *testing.T) {
	cfg := sharetest.Sharing(t, config(t), "alice")
	left := filepath.Join(cfg.Outbox, "all", "old.txt.ln")
	if err := os.MkdirAll(filepath.Dir(left), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(left, []byte(old(t, "of an earlier life")), 0o644); err != nil {
		t.Fatal(err)
	}
	alice := zyretest.Start(t, cfg)
	if _, err := os.Stat(left); err == nil {
		t.Error("the link of an earlier life is there still")
	}
	sharetest.Publish(t, alice, old(t, "hello"), "a/b.txt")
	publishTo(t, alice, "GROUP", old(t, "hello"), "a/b.txt")
	alice.Close()
	if _, err := os.Stat(cfg.Outbox); err == nil {
		t.Error("the outbox is there still")
	}
	if err := alice.Publish(old(t, "hello"), "x"); !errors.Is(err, zyre.ErrClosed) {
		t.Error(err)
	}
	if err := alice.Retract("a/b.txt"); !errors.Is(err, zyre.ErrClosed) {
		t.Error(err)
	}

	for _, mine := range []string{"mine.txt", "all/mine.txt", "other/x.ln", "all"} {
		cfg := sharetest.Sharing(t, cfg, "alice")
		path := filepath.Join(cfg.Outbox, mine)
		os.MkdirAll(filepath.Dir(path), 0o755)
		os.WriteFile(path, []byte("mine"), 0o644)
		if node, err := zyre.Start(t.Context(), cfg); !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("%s: %v", mine, err)
			if err == nil {
				node.Close()
			}
		}
		if got, err := os.ReadFile(path); string(got) != "mine" {
			t.Errorf("%s: %q, %v", mine, got, err)
		}
	}
	cfg.Outbox = filepath.Join(cfg.Inbox, "outbox")
	if _, err := zyre.Start(t.Context(), cfg); !errors.Is(err, zyre.ErrInvalid) {
		t.Error(err)
	}
}

// Two nodes that live do not have one inbox or outbox, and it is anybody's when its node has ended.
func TestInUse(t *testing.T) {
	cfg := config(t)
	alices := sharetest.Sharing(t, cfg, "alice")
	alice := zyretest.Start(t, alices)
	sharetest.Publish(t, alice, old(t, "hello"), "hello.txt")
	refused := func(cfg zyre.Config, what, dir string) {
		t.Helper()
		node, err := zyre.Start(t.Context(), cfg)
		if !errors.Is(err, zyre.ErrInvalid) || !strings.Contains(err.Error(), "the "+what+" "+dir+" is in use") {
			t.Errorf("%s: %v", what, err)
		}
		if err == nil {
			node.Close()
		}
	}
	bobs := sharetest.Sharing(t, cfg, "bob")
	bobs.Outbox = alices.Outbox
	refused(bobs, "outbox", alices.Outbox)
	if _, err := os.Stat(filepath.Join(alices.Outbox, "all", "hello.txt.ln")); err != nil {
		t.Error(err)
	}
	bobs = sharetest.Sharing(t, cfg, "bob")
	bobs.Inbox = alices.Inbox
	refused(bobs, "inbox", alices.Inbox)
	alice.Close()
	if _, err := os.Stat(filepath.Join(alices.Inbox, ".lock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the inbox is locked still: %v", err)
	}
	bobs.Outbox = alices.Outbox
	bob := zyretest.Start(t, bobs)
	sharetest.Publish(t, bob, old(t, "hello"), "hello.txt")
}

// The outbox is deleted while the node runs: what is published next makes it anew, with all that was.
func TestOutboxDeleted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a directory in use cannot be deleted there")
	}
	cfg := config(t)
	alices := sharetest.Sharing(t, cfg, "alice")
	alice := zyretest.Start(t, alices)
	first := old(t, "first")
	sharetest.Publish(t, alice, first, "first")
	publishTo(t, alice, "GROUP", first, "first")
	if err := os.RemoveAll(alices.Outbox); err != nil {
		t.Fatal(err)
	}
	sharetest.Publish(t, alice, old(t, "second"), "second")
	if err := os.Remove(filepath.Join(alices.Outbox, "all", "second.ln")); err != nil {
		t.Fatal(err)
	}
	second := old(t, "second")
	sharetest.Publish(t, alice, second, "second")
	sharetest.Publish(t, alice, first, "first")
	publishTo(t, alice, "GROUP", first, "first")
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	if err := bob.Join("GROUP"); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for len(got) < 3 {
		e := zyretest.Next(t, bob, zyre.Deliver)
		delivered(t, e, alice, e.Path, e.Path)
		got[e.Group+"/"+e.Path] = true
	}
	alice.Close()
	if _, err := os.Stat(alices.Outbox); err == nil {
		t.Error("the outbox is there still")
	}
}

// A group to which nothing is published any more costs nothing, and is served again when something is.
func TestGroupAgain(t *testing.T) {
	cfg := config(t)
	alices := sharetest.Sharing(t, cfg, "alice")
	alice := zyretest.Start(t, alices)
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	if err := bob.Join("GROUP"); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1<<20)
	for i := range 3 {
		content := fmt.Sprint("content ", i)
		publishTo(t, alice, "GROUP", old(t, content), "a/x")
		delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "a/x", content)
		if e := zyretest.Next(t, alice, zyre.Sent); e.Group != "GROUP" || e.Path != "a/x" {
			t.Errorf("%+v", e)
		}
		if err := alice.Retract("a/x"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(alices.Outbox, "groups", "GROUP")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("its folder is there still: %v", err)
		}
		if n := strings.Count(string(buffer[:runtime.Stack(buffer, true)]), "dir.(*Watcher).run("); n != 2 {
			t.Errorf("%d directories are watched, want alice's and bob's", n)
		}
	}
}
