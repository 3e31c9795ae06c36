package inbox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestList(t *testing.T) {
	for _, restart := range []bool{false, true} {
		in := openInbox(t, t.TempDir())
		deliver(t, in, "d/came", "came")
		deliver(t, in, "changed", "came")
		put(t, "other", in.path, "changed")
		put(t, "mine", in.path, "d", "mine")
		put(t, "mine", in.path, "d", ".filemq", "mine") // our own folder is at the top only
		os.MkdirAll(filepath.Join(in.path, "empty"), 0o755)
		f, err := in.Begin("tcp://other", "others", Header{Size: -1}, 0)
		if err != nil {
			t.Fatal(err)
		}
		write(t, f, "others")
		finish(t, f, "others")
		if restart {
			in.Close()
			in = openInbox(t, in.path)
		}
		for range 2 {
			wantList(t, list(t, in, server, false), whole("changed", "other"), whole("d/came", "came"))
			wantList(t, list(t, in, server, true), whole("changed", "other"), whole("d/.filemq/mine", "mine"), whole("d/came", "came"),
				whole("d/mine", "mine"), whole("others", "others"))
		}
		put(t, "changed again", in.path, "d", "mine")
		os.Remove(filepath.Join(in.path, "d", "came"))
		wantList(t, list(t, in, server, false), whole("changed", "other"))
		if in.at.index.files["d/came"] != nil || in.at.index.files["changed"] == nil {
			t.Fatal("the index does not follow")
		}
		wantList(t, list(t, in, server, true), whole("changed", "other"), whole("d/.filemq/mine", "mine"),
			whole("d/mine", "changed again"), whole("others", "others"))
	}
}

// What is known is not read again, even after a crash.
func TestListReadsNothingTwice(t *testing.T) {
	in := openInbox(t, t.TempDir())
	deliver(t, in, "came", "came")
	put(t, "mine", in.path, "mine")
	os.Chtimes(filepath.Join(in.path, "mine"), time.Time{}, time.Now().Add(-time.Hour))
	list(t, in, server, true)
	in.Close()
	in = openInbox(t, in.path)
	// Another content in the same state: whoever reads it gives another digest.
	for _, name := range []string{"came", "mine"} {
		file := filepath.Join(in.path, name)
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(file, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		f.WriteString("XXXX")
		f.Close()
		os.Chtimes(file, time.Time{}, info.ModTime())
	}
	wantList(t, list(t, in, server, true), whole("came", "came"), whole("mine", "mine"))
}

func TestListEndsWithItsContext(t *testing.T) {
	in := openInbox(t, t.TempDir())
	put(t, big(1_000_000), in.path, "mine")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := in.List(ctx, server, true); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if _, err := copyContent(newHash(), contextReader{ctx, os.Stdin}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

// While files come, go and are listed, nothing is lost.
func TestListMeanwhile(t *testing.T) {
	in := openInbox(t, t.TempDir())
	for i := range 50 {
		deliver(t, in, fmt.Sprintf("old/%02d", i), "old")
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 50 {
			deliver(t, in, fmt.Sprintf("new/%02d", i), "new")
			if _, err := in.Remove(server, fmt.Sprintf("old/%02d", i), false); err != nil {
				t.Error(err)
			}
		}
	}()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		list(t, in, server, false)
	}
	held := list(t, in, server, false)
	if len(held) != 50 || held[0].Name != "new/00" {
		t.Fatalf("%d are held", len(held))
	}
}
