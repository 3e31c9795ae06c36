package libzmq_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/libzmq"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// open opens a set for the length of a test.
func open(t *testing.T, o zsock.Options) zsock.Sockets {
	t.Helper()
	s, err := libzmq.Transport{}.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// stranger is a bare socket that does what ours refuse to do.
func stranger(t *testing.T, kind zmq4.Type, endpoint string) *zmq4.Socket {
	t.Helper()
	ctx, err := zmq4.NewContext()
	if err != nil {
		t.Fatal(err)
	}
	z, err := ctx.NewSocket(kind)
	if err == nil {
		err = z.SetLinger(0)
	}
	if err == nil {
		err = z.Connect(endpoint)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := z.Close(); err != nil {
			t.Error(err)
		}
		if err := ctx.Term(); err != nil {
			t.Error(err)
		}
	})
	return z
}

// next waits for events.
func next(t *testing.T, s zsock.Sockets) []zsock.Event {
	t.Helper()
	select {
	case <-s.Inbox().Ready():
	case <-time.After(20 * time.Second):
		t.Fatal("no event came")
	}
	return s.Inbox().Take(nil)
}

func TestTooManyFramesAreDropped(t *testing.T) {
	s := open(t, zsock.Options{})
	r, err := s.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		t.Fatal(err)
	}
	z := stranger(t, zmq4.DEALER, r.Endpoint())
	for _, frames := range []int{zsock.MaxFrames + 1, 5000, zsock.MaxFrames} {
		for i := range frames {
			flag := zmq4.SNDMORE
			if i == frames-1 {
				flag = 0
			}
			if _, err := z.SendBytes(nil, flag); err != nil {
				t.Fatal(err)
			}
		}
	}
	events := next(t, s)
	if len(events) != 1 || len(events[0].Frames) != zsock.MaxFrames {
		t.Errorf("got %d events, want one of %d frames", len(events), zsock.MaxFrames)
	}
	if d := s.Stats().Dropped; d != 2 {
		t.Errorf("got %d dropped, want 2", d)
	}
}

// TestStrangeSocketTypes: peers that are no DEALER, and one that chooses no identity.
func TestStrangeSocketTypes(t *testing.T) {
	s := open(t, zsock.Options{})
	r, err := s.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		t.Fatal(err)
	}
	stranger(t, zmq4.SUB, r.Endpoint())
	if _, err := stranger(t, zmq4.PUSH, r.Endpoint()).Send("not understood", zmq4.DONTWAIT); err != nil {
		t.Fatal(err)
	}
	if _, err := stranger(t, zmq4.REQ, r.Endpoint()).Send("question", 0); err != nil {
		t.Fatal(err)
	}
	events := next(t, s)
	if len(events) != 1 {
		t.Fatalf("got %d events, want 1", len(events))
	}
	e := events[0]
	if len(e.Peer) != 5 || e.Peer[0] != 0 {
		t.Errorf("got identity %x, want five octets beginning with zero", e.Peer)
	}
	if len(e.Frames) != 2 || len(e.Frames[0]) != 0 || string(e.Frames[1]) != "question" {
		t.Errorf("got frames %q", e.Frames)
	}
}

// TestSendOnlyIsNotRead: a peer that talks to us where nothing is expected fills its own queue, not our memory.
func TestSendOnlyIsNotRead(t *testing.T) {
	far, near := open(t, zsock.Options{}), open(t, zsock.Options{})
	r, err := far.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", HighWater: 10})
	if err != nil {
		t.Fatal(err)
	}
	l, err := near.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint(), Identity: []byte("near"), SendOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Send([][]byte{[]byte("hello")}); err != nil {
		t.Fatal(err)
	}
	next(t, far)
	unwanted := [][]byte{make([]byte, 1<<20)}
	accepted := 0
	for full := time.Now(); time.Since(full) < 100*time.Millisecond; {
		if r.Send([]byte("near"), unwanted) != nil {
			runtime.Gosched()
			continue
		}
		full = time.Now()
		if accepted++; accepted == 200 { // its queue of 10 and the kernel's buffers hold far less
			t.Fatal("somebody takes 200 MB that nobody reads")
		}
	}
	if s := near.Stats(); s.Received != 0 || s.Waiting != 0 {
		t.Errorf("received %+v", s)
	}
	if err := l.Send([][]byte{[]byte("still fine")}); err != nil {
		t.Fatal(err)
	}
	if e := next(t, far); string(e[0].Frames[0]) != "still fine" {
		t.Errorf("got %q", e[0].Frames)
	}
}
