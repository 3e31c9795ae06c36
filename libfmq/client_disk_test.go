package fmq

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
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
