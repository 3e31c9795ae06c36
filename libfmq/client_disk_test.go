package fmq

import (
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// faulty is an inbox whose disk has the fault that is set.
type faulty struct {
	disk
	fault atomic.Pointer[fault]
}

type fault struct {
	op  string // "begin", "write", "finish" or "remove"
	err error
	hit chan struct{} // gets a value for each time
}

func (f *faulty) try(op string) error {
	fault := f.fault.Load()
	if fault == nil || fault.op != op {
		return nil
	}
	select {
	case fault.hit <- struct{}{}:
	default:
	}
	return &os.PathError{Op: op, Path: "x", Err: fault.err}
}

func (f *faulty) Begin(origin, name string, h inbox.Header, offset int64) (file, error) {
	if err := f.try("begin"); err != nil {
		return nil, err
	}
	inner, err := f.disk.Begin(origin, name, h, offset)
	return faultyFile{inner, f}, err
}

func (f *faulty) Remove(origin, name string, mirror bool) (bool, error) {
	if err := f.try("remove"); err != nil {
		return false, err
	}
	return f.disk.Remove(origin, name, mirror)
}

type faultyFile struct {
	file
	in *faulty
}

func (f faultyFile) Write(p []byte) error {
	if err := f.in.try("write"); err != nil {
		return err
	}
	return f.file.Write(p)
}

func (f faultyFile) Finish(want *[20]byte) (inbox.Delivered, error) {
	if err := f.in.try("finish"); err != nil {
		return inbox.Delivered{}, err
	}
	return f.file.Finish(want)
}

// startFaulty is start with a faulty inbox.
func startFaulty(t *testing.T, f *fake) (*faulty, *Client) {
	t.Helper()
	cfg := ClientConfig{Inbox: t.TempDir(), Heartbeat: 50 * time.Millisecond, Expired: time.Second}
	if err := cfg.check(); err != nil {
		t.Fatal(err)
	}
	in, err := inbox.Open(cfg.Inbox, nil)
	if err != nil {
		t.Fatal(err)
	}
	box := &faulty{disk: disk{in}}
	c, err := dial(t.Context(), cfg, box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.retryEvery = 20 * time.Millisecond
	if err := c.Connect(f.endpoint()); err != nil {
		t.Fatal(err)
	}
	subscribe(t, c, "/", Subscription{Resync: true})
	f.open()
	next(t, c, Connected)
	return box, c
}

// files.md: C filemq's client ignores what a write says. A full disk (or too many open files) is told once; credit is held
// back, heartbeats go on, and when there is room again so does the file, whole.
func TestFullDisk(t *testing.T) {
	for _, op := range []string{"begin", "write", "finish", "remove"} {
		for _, cause := range []error{syscall.ENOSPC, syscall.EIO, syscall.EMFILE} {
			t.Run(fmt.Sprint(op, " ", cause), func(t *testing.T) {
				f := serve(t, "")
				box, c := startFaulty(t, f)
				f.file("/old", "old")
				delivered(t, c, "/old", "old")
				settle(t, f)
				full := &fault{op, cause, make(chan struct{}, 10)}
				box.fault.Store(full)
				content := pattern(2_000_000)
				f.remove("/old")
				f.file("/x", content)
				if op == "remove" {
					if e := next(t, c, Blocked); !errors.Is(e.Cause, cause) {
						t.Errorf("got %+v", e)
					}
				} else {
					next(t, c, Delete)
					if e := next(t, c, Blocked); !errors.Is(e.Cause, cause) {
						t.Errorf("got %+v", e)
					}
				}
				f.say(fmq.Message{ID: fmq.IDHugz})
				f.await(fmq.IDHugzOK)
				for range 2 { // it is tried again
					<-full.hit
				}
				if given := f.granted - f.sent; op != "finish" && given > 2_000_000 {
					t.Errorf("the window is %d, but nothing was stored", given)
				}
				box.fault.Store(nil)
				if op == "remove" {
					next(t, c, Delete)
				}
				delivered(t, c, "/x", content)
				settle(t, f)
			})
		}
	}
}

// The disk is full until the connection breaks: what has come goes on from there.
func TestFullDiskUntilTheEnd(t *testing.T) {
	f := serve(t, "")
	box, c := startFaulty(t, f)
	content := pattern(1_000_000)
	f.chunk("/x", 0, []byte(content[:500_000]), 0)
	settle(t, f)
	box.fault.Store(&fault{"write", syscall.ENOSPC, nil})
	f.chunk("/x", 500_000, []byte(content[500_000:750_000]), 0)
	next(t, c, Blocked)
	f.chunk("/x", 750_000, []byte(content[750_000:]), 1)
	f.say(fmq.Message{ID: fmq.IDKthxbai})
	next(t, c, Lost)
	box.fault.Store(nil)
	if got, want := option(f.open(), "RESUME"), fmt.Sprintf("500000 %X x\x00", sha1.Sum([]byte(content[:500_000]))); got != want {
		t.Errorf("the client has %q, want %q", got, want)
	}
	next(t, c, Connected)
	f.chunk("/x", 500_000, []byte(content[500_000:]), 1)
	delivered(t, c, "/x", content)
}

// What the disk refuses for another reason costs that file only.
func TestDiskRefuses(t *testing.T) {
	for _, op := range []string{"begin", "write", "finish", "remove"} {
		t.Run(op, func(t *testing.T) {
			f := serve(t, "")
			box, c := startFaulty(t, f)
			box.fault.Store(&fault{op, syscall.EACCES, nil})
			f.chunk("/x", 0, []byte("some"), 0)
			f.chunk("/x", 4, []byte("more"), 1)
			if op == "remove" {
				delivered(t, c, "/x", "somemore")
				f.remove("/x")
			}
			if e := next(t, c, Refused); e.Path != "/x" || !errors.Is(e.Cause, syscall.EACCES) {
				t.Errorf("got %+v", e)
			}
			box.fault.Store(nil)
			f.file("/y", "y")
			delivered(t, c, "/y", "y")
			settle(t, f)
		})
	}
}

// A flood of messages that cost no credit stops at the server while the disk takes nothing. The client goes on saying that it is there, and
// does not judge a server to which it does not listen.
func TestFloodWithoutCredit(t *testing.T) {
	f := serve(t, "")
	box, c := startFaulty(t, f)
	blocked := &fault{"remove", syscall.ENOSPC, make(chan struct{}, 1)}
	box.fault.Store(blocked)
	const deletes = 100_000
	for i := range deletes {
		f.remove(fmt.Sprintf("/%d", i))
	}
	next(t, c, Blocked)
	for range 5 { // for longer than a server may be silent
		from := f.hugz.Load()
		for deadline := time.Now().Add(patience); f.hugz.Load() < from+5; {
			if time.Now().After(deadline) {
				t.Fatal("the client says nothing")
			}
			<-blocked.hit
		}
	}
	if s := c.Stats(); s.Messages < queueRoom || s.Messages > 3*queueRoom {
		t.Errorf("%d messages wait", s.Messages)
	}
	box.fault.Store(nil)
	f.file("/x", "x")
	delivered(t, c, "/x", "x")
}

// A client whose disk is full can be closed.
func TestCloseWhileTheDiskIsFull(t *testing.T) {
	f := serve(t, "")
	box, c := startFaulty(t, f)
	box.fault.Store(&fault{"begin", syscall.ENOSPC, nil})
	f.file("/x", "x")
	next(t, c, Blocked)
	c.Close()
	f.await(fmq.IDKthxbai)
}

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
func (m *inMemory) Forget(string)                             {}
func (m *inMemory) Close() error                              { return nil }
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
func (f *memory) Keep()                {}
func (f *memory) Discard()             {}
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

func pairsOf(texts ...string) (list []wire.Pair) {
	for i := 0; i < len(texts); i += 2 {
		list = append(list, wire.Pair{Key: []byte(texts[i]), Value: []byte(texts[i+1])})
	}
	return list
}

// FuzzReceive gives the receiver whatever CHEEZBURGERs: nothing is written outside of the inbox or delivered mixed, credit is conserved, and
// nothing panics. Four octets of input make one message.
func FuzzReceive(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x0a\x00\x01\x0a\x80"))
	f.Add([]byte("\x00\x00\x00\x0a\x01\x00\x00\x0a\x00\x01\x0a\x80\x02\x00\x00\x00"))
	f.Add([]byte("\x03\x00\x00\xff\x04\x00\x00\xff\x05\x07\xff\xff\x06\x06\xff\x00"))
	names := []string{"/in/a", "/in/b", "/in/a/c", "/in/../../out", "/in/", "/out", "in/a", "/in/d/../e", "/in", "/in/.filemq/index", "/in/\xff", "/in/-"}
	f.Fuzz(func(t *testing.T, input []byte) {
		if len(input) > 400 {
			return
		}
		outside := t.TempDir()
		in, err := inbox.Open(filepath.Join(outside, "inbox"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		c := &Client{events: make(chan Event, 1000), store: disk{in}, log: slog.New(slog.DiscardHandler), dir: filepath.Join(outside, "inbox")}
		w := &wants{longest: []client.Subscription{{Path: "/in", Resync: true, Mirror: true}}}
		w.inOrder, w.servers = w.longest, 1
		c.wants.Store(w)
		var back int64
		r := &receiver{
			session: &session{client: c, ctx: t.Context(), anew: map[string]time.Time{}}, window: 100, queue: newQueue(),
			report: func(s client.Stored) { back += s.Credit }, again: func(string, string) {},
		}
		var given int64
		for i := uint64(1); len(input) >= 4; i++ {
			chunk := client.Chunk{
				Sequence: i, Operation: 1, Filename: []byte(names[int(input[0]&0x0f)%len(names)]), Offset: offset(input[1], input[2]),
				Content: make([]byte, input[3]&0x3f), End: input[3]&0x80 != 0,
			}
			for j := range chunk.Content {
				chunk.Content[j] = chunk.Filename[len(chunk.Filename)-1] // another one in each file
			}
			if input[0]&0x20 != 0 {
				chunk.Operation = input[3] & 3
			}
			if input[0]&0x40 != 0 {
				chunk.Headers = pairsOf("SIZE", fmt.Sprint(input[2]), "SYNCED", fmt.Sprint(input[1]))
			}
			chunk.Credit = int64(len(chunk.Content))
			given += chunk.Credit
			r.queue.put(item{chunk: chunk})
			if input[0]&0x80 != 0 && input[1] == 1 {
				r.queue.putGiveUp()
			}
			input = input[4:]
		}
		r.queue.close()
		r.run()
		if back != given {
			t.Errorf("%d octets of credit came back of %d", back, given)
		}
		for name, content := range files(t, outside) {
			if !strings.HasPrefix(name, "inbox/") {
				t.Errorf("outside of the inbox is %q", name)
			}
			if strings.Trim(content, content[:min(1, len(content))]) != "" {
				t.Errorf("%q is mixed: %q", name, content)
			}
		}
	})
}

// offset makes small and very large offsets out of two octets.
func offset(kind, low byte) uint64 {
	switch {
	case kind < 0xf0:
		return uint64(low)
	default:
		var b [8]byte
		b[0], b[7] = kind<<4, low
		return binary.BigEndian.Uint64(b[:])
	}
}
