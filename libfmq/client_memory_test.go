package fmq

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// inMemory is a store for what has no disk. It lists when it is let.
type inMemory struct {
	lists chan struct{}
	mu    sync.Mutex
	files map[string]string
}

func (m *inMemory) Begin(_, name string, _ inbox.Header, offset int64) (file, error) {
	if err := inbox.CheckName(name); err != nil {
		return nil, err
	}
	if offset > 0 {
		return nil, inbox.ErrNotHeld
	}
	return &memory{in: m, name: name}, nil
}

func (m *inMemory) Remove(string, string, bool) (bool, error) { return false, nil }

func (m *inMemory) Leave(string, string) (bool, error) { return false, nil }

func (m *inMemory) Forget(string) {}

func (m *inMemory) Close() error { return nil }

func (m *inMemory) List(ctx context.Context, _ string, _ bool) ([]inbox.Held, error) {
	select {
	case <-m.lists:
		return []inbox.Held{{Name: "listed"}}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type memory struct {
	in   *inMemory
	name string
	text []byte
}

func (f *memory) Write(p []byte) error { f.text = append(f.text, p...); return nil }

func (f *memory) Keep() {}

func (f *memory) Discard() {}

func (f *memory) Finish(*[20]byte) (inbox.Delivered, error) {
	f.in.mu.Lock()
	defer f.in.mu.Unlock()
	if f.in.files == nil {
		f.in.files = map[string]string{}
	}
	f.in.files[f.name] = string(f.text)
	return inbox.Delivered{Path: f.name, Size: int64(len(f.text))}, nil
}

// Files that take long to list do not stop heartbeats, nor anything else.
func TestSlowListing(t *testing.T) {
	f := serve(t, "")
	cfg := ClientConfig{Inbox: t.TempDir(), Servers: []string{f.endpoint()}, Heartbeat: 20 * time.Millisecond, Expired: 10 * time.Second}
	if err := cfg.check(); err != nil {
		t.Fatal(err)
	}
	box := &inMemory{lists: make(chan struct{})}
	c, err := dial(t.Context(), cfg, box)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	subscribe(t, c, "/a", Subscription{})
	f.open()
	next(t, c, Connected)
	subscribe(t, c, "/b", Subscription{Resync: true})
	for i := range 20 {
		f.say(fmq.Message{ID: fmq.IDHugz})
		f.await(fmq.IDHugzOK)
		f.file(fmt.Sprintf("/a/%d", i), "x")
		next(t, c, Deliver)
	}
	box.lists <- struct{}{}
	if s := f.confirm(); !strings.HasSuffix(option(s, "RESUME"), " listed\x00") {
		t.Errorf("got %q", s.Options)
	}
	subscribe(t, c, "/c", Subscription{Resync: true}) // and is listed when the client ends
	f.say(fmq.Message{ID: fmq.IDHugz})
	f.await(fmq.IDHugzOK)
}

// Progress comes now and then, and is left out when nobody reads it.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Client{events: make(chan Event, 100), store: &inMemory{}}
		c.wants.Store(&wants{longest: []client.Subscription{{Path: "/", Resync: true}}})
		r := &receiver{session: &session{client: c, ctx: t.Context(), endpoint: "there"}, window: 1 << 20}
		for i := range uint64(50) {
			r.create(&client.Chunk{Filename: []byte("/a/x"), Offset: 10 * i, Content: make([]byte, 10), Headers: pairsOf("SIZE", "500")})
			time.Sleep(10 * time.Millisecond)
		}
		for _, done := range []int64{110, 210, 310, 410} {
			if e := <-c.events; e.Type != Progress || e.Done != done || e.Size != 500 || e.Sent != done || e.Name != "a/x" || e.Server != "there" {
				t.Errorf("got %+v", e)
			}
		}
		for range cap(c.events) {
			c.events <- Event{}
		}
		time.Sleep(time.Second)
		r.create(&client.Chunk{Filename: []byte("/a/y"), Content: make([]byte, 10)})
		time.Sleep(time.Second)
		r.create(&client.Chunk{Filename: []byte("/a/y"), Offset: 10, Content: make([]byte, 10)})
	})
}
