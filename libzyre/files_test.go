package zyre_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/share/sharetest"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// old makes a file that nobody has written to for a while.
func old(t *testing.T, content string) string {
	t.Helper()
	return sharetest.Write(t, filepath.Join(t.TempDir(), "file"), []byte(content))
}

// delivered checks a Deliver, and that the file is there.
func delivered(t *testing.T, e zyre.Event, from *zyre.Node, name, content string) {
	t.Helper()
	if e.Peer != from.UUID() || e.Name != from.Name() || e.Path != name {
		t.Errorf("%+v", e)
	}
	sharetest.Whole(t, e, []byte(content))
}

func TestPublish(t *testing.T) {
	cfg := config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	zyretest.Next(t, alice, zyre.Enter)
	zyretest.Next(t, bob, zyre.Enter)
	if err := alice.Publish(old(t, "hello"), "greetings/hello.txt"); err != nil {
		t.Fatal(err)
	}
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "greetings/hello.txt", "hello")
}

func TestSent(t *testing.T) {
	alice, bob := sharetest.Pair(t, config(t))
	sharetest.Publish(t, alice, old(t, "hello"), "hello.txt")
	if e := zyretest.Next(t, alice, zyre.Sent); e.Peer != bob.UUID() || e.Name != "bob" || e.Path != "hello.txt" || e.Group != "" {
		t.Fatalf("%+v", e)
	}
}

// A file's name is that of the file where no other is given; published anew under its name, the new content comes.
func TestPublishAgain(t *testing.T) {
	alice, bob := sharetest.Pair(t, config(t))
	sharetest.Publish(t, alice, old(t, "hello"), "")
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "file", "hello")
	sharetest.Publish(t, alice, old(t, "good evening"), "file")
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "file", "good evening")
}

// Who comes later gets everything that is published still.
func TestLateJoiner(t *testing.T) {
	cfg := config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	want := map[string]string{"a": "1", "b/c": "2", "b/d": "3", "e": ""}
	for name, content := range want {
		sharetest.Publish(t, alice, old(t, content), name)
	}
	sharetest.Publish(t, alice, old(t, "no more"), "gone")
	if err := alice.Retract("gone"); err != nil {
		t.Fatal(err)
	}
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	for range len(want) {
		e := zyretest.Next(t, bob, zyre.Deliver)
		content, ok := want[e.Path]
		if !ok {
			t.Fatalf("%+v", e)
		}
		delivered(t, e, alice, e.Path, content)
		delete(want, e.Path)
	}
}

// What is retracted is not to be had any more, and whoever has it keeps it.
func TestRetract(t *testing.T) {
	alice, bob := sharetest.Pair(t, config(t))
	sharetest.Publish(t, alice, old(t, "hello"), "hello.txt")
	e := zyretest.Next(t, bob, zyre.Deliver)
	if err := alice.Retract("hello.txt"); err != nil {
		t.Fatal(err)
	}
	sharetest.Publish(t, alice, old(t, "next"), "next.txt") // comes behind whatever the retraction does
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "next.txt", "next")
	delivered(t, e, alice, "hello.txt", "hello")
	if err := alice.Retract("hello.txt"); !errors.Is(err, zyre.ErrInvalid) {
		t.Error(err)
	}
	sharetest.Publish(t, alice, old(t, "hello again"), "hello.txt")
	delivered(t, zyretest.Next(t, bob, zyre.Deliver), alice, "hello.txt", "hello again")
}

// Two peers publish the same name: both files are kept, each in its publisher's folder.
func TestSameName(t *testing.T) {
	cfg := config(t)
	alice, bob := sharetest.Pair(t, cfg)
	carol := zyretest.Start(t, sharetest.Sharing(t, cfg, "carol"))
	sharetest.Publish(t, alice, old(t, "from alice"), "hello.txt")
	sharetest.Publish(t, bob, old(t, "from bob"), "hello.txt")
	got := map[zyre.UUID]zyre.Event{}
	for len(got) < 2 {
		e := zyretest.Next(t, carol, zyre.Deliver)
		got[e.Peer] = e
	}
	delivered(t, got[alice.UUID()], alice, "hello.txt", "from alice")
	delivered(t, got[bob.UUID()], bob, "hello.txt", "from bob")
	if got[alice.UUID()].File == got[bob.UUID()].File {
		t.Error("one file")
	}
}

// Who leaves as soon as it knows that a peer has its file is heard out: the peer is told of the file before it is told that the publisher left.
func TestSentAndGone(t *testing.T) {
	cfg := config(t)
	bob := zyretest.Start(t, sharetest.Sharing(t, cfg, "bob"))
	file := old(t, "hello")
	for i := range 10 {
		name := fmt.Sprint("hello", i)
		alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
		sharetest.Publish(t, alice, file, name)
		zyretest.Next(t, alice, zyre.Sent)
		alice.Close()
		for delivered := false; ; {
			e := <-bob.Events()
			if e.Type == zyre.Deliver {
				delivered = e.Path == name
			} else if e.Type == zyre.Exit {
				if !delivered {
					t.Fatalf("round %d: %v and no delivery", i, e)
				}
				break
			}
		}
	}
}

// A slow reader of events is told of every file all the same, and what waits for it is bounded: files beyond that are not fetched.
func TestFilesForSlowReader(t *testing.T) {
	cfg := config(t)
	alice := zyretest.Start(t, sharetest.Sharing(t, cfg, "alice"))
	slow := sharetest.Sharing(t, cfg, "slow")
	slow.Queue = 2
	bob := zyretest.Start(t, slow)
	zyretest.Next(t, alice, zyre.Enter)
	file := old(t, "hello")
	const n, bound = 400, 300 // 256 events, and some in other places
	for i := range n {
		sharetest.Publish(t, alice, file, fmt.Sprint(i))
	}
	if err := alice.Whisper(bob.UUID(), []byte("a message between")); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(zyretest.Deadline)
	for most := 0; time.Now().Before(deadline); runtime.Gosched() {
		waiting := bob.Stats().Files
		if waiting > bound {
			t.Fatalf("%d files are here, and nobody has read of one", waiting)
		}
		if waiting > most {
			most, deadline = waiting, time.Now().Add(time.Second) // in which all the others would be here
		}
	}
	got, heard := map[string]bool{}, false
	late := time.After(zyretest.Deadline)
	for len(got) < n || !heard {
		select {
		case e := <-bob.Events():
			switch e.Type {
			case zyre.Deliver:
				if got[e.Path] {
					t.Errorf("%v came twice", e)
				}
				got[e.Path] = true
			case zyre.Whisper:
				heard = true
			}
		case <-late:
			t.Fatalf("%d files of %d, message: %v", len(got), n, heard)
		}
	}
}
