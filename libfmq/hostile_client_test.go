package fmq

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// A server sends names of megabytes. Each of them stood in an event, whole and twice. What is far beyond any name is cut; a server that
// goes on like that is left.
func TestGiantNamesInEvents(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	const told = 8192
	for _, name := range []string{"/" + strings.Repeat("x", 15_000), strings.Repeat("y", 15_000), "/" + strings.Repeat("z/", 7500) + "z"} {
		f.chunk(name, 0, []byte("x"), 1)
		e := next(t, c, Refused)
		if len(e.Path) > told || len(e.Name) > told || e.Cause == nil || len(e.Cause.Error()) > told {
			t.Errorf("an event of %d, %d and %d octets", len(e.Path), len(e.Name), len(e.Cause.Error()))
		}
	}
	f.file("/good", "good")
	delivered(t, c, "/good", "good")
	settle(t, f)
	f.chunk("/"+strings.Repeat("x", 900_000), 0, []byte("x"), 1)
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrMisbehaved) || len(e.Cause.Error()) > told {
		t.Errorf("got %.100v", e.Cause)
	}
}

// slow is a disk that takes its time to finish a file.
type slow struct {
	disk
	entered, leave chan struct{}
}

type slowFile struct {
	file
	in *slow
}

func (s *slow) Begin(origin, name string, h inbox.Header, offset int64) (file, error) {
	f, err := s.disk.Begin(origin, name, h, offset)
	return slowFile{f, s}, err
}

func (f slowFile) Finish(want *[20]byte) (inbox.Delivered, error) {
	f.in.entered <- struct{}{}
	<-f.in.leave
	return f.file.Finish(want)
}

// A client is closed while it leaves a server of which it still stores a file: Close did not wait for that, and the event went into a closed channel.
func TestCloseWaitsForWhatDisconnectWaitsFor(t *testing.T) {
	f := serve(t, "")
	cfg := ClientConfig{Inbox: t.TempDir()}
	if err := cfg.check(); err != nil {
		t.Fatal(err)
	}
	in, err := inbox.Open(cfg.Inbox, nil)
	if err != nil {
		t.Fatal(err)
	}
	box := &slow{disk{in}, make(chan struct{}), make(chan struct{})}
	c, err := dial(t.Context(), cfg, box)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Connect(f.endpoint()); err != nil {
		t.Fatal(err)
	}
	subscribe(t, c, "/", Subscription{})
	f.open()
	f.file("/x", "x")
	<-box.entered
	var ending sync.WaitGroup
	ending.Go(func() { c.Disconnect(f.endpoint()) })
	f.await(fmq.IDKthxbai) // it is at that
	ending.Go(func() { c.Close() })
	select {
	case <-c.ended:
		t.Error("Close does not wait")
	case <-time.After(100 * time.Millisecond):
	}
	close(box.leave)
	ending.Wait()
	if text, err := os.ReadFile(filepath.Join(cfg.Inbox, "x")); string(text) != "x" {
		t.Errorf("got %q, %v", text, err)
	}
}

// A client is connected, disconnected, subscribed and closed by several goroutines at once: one of them sent on a closed channel.
func TestClientMeetsClose(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		put(t, dir, fmt.Sprint(i), strings.Repeat("x", i*5000))
	}
	s := listen(t, ServerConfig{}, dir)
	root := t.TempDir()
	for round := range 15 {
		ctx, cancel := context.WithCancel(t.Context())
		c, err := Dial(ctx, ClientConfig{Inbox: filepath.Join(root, fmt.Sprint(round)), Servers: []string{s.Endpoint()}, Queue: 1 + round%5})
		if err != nil {
			t.Fatal(err)
		}
		var running sync.WaitGroup
		var done atomic.Int32
		enough, after := make(chan struct{}), int32(50+rand.IntN(500))
		for _, work := range []func() error{
			func() error { return c.Connect(s.Endpoint()) },
			func() error { return c.Disconnect(s.Endpoint()) },
			func() error { return c.Subscribe(context.Background(), "/", Subscription{Resync: true}) },
			func() error { return c.Subscribe(context.Background(), "/x", Subscription{Mirror: true}) },
			func() error { c.Stats(); c.Err(); return c.Disconnect("tcp://127.0.0.1:1") },
		} {
			running.Go(func() {
				for {
					if err := work(); err != nil {
						if !errors.Is(err, ErrClosed) && !errors.Is(err, context.Canceled) {
							t.Error(err)
						}
						return
					}
					if done.Add(1) == after {
						close(enough)
					}
				}
			})
		}
		running.Go(func() {
			for range c.Events() {
			}
		})
		<-enough
		for i := range 3 {
			running.Go(func() {
				if i == round%3 {
					cancel()
				}
				c.Close()
			})
		}
		running.Wait()
		cancel()
	}
}
