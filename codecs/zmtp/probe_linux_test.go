package zmtp_test

import (
	"net"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// TestProbeAcknowledged: whose system acknowledges is alive, even if no program there ever answers; and who is as good as gone has
// to give way.
func TestProbeAcknowledged(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	join := func() net.Conn {
		c, err := net.Dial("tcp4", r.Endpoint()[len("tcp://"):])
		if err != nil {
			t.Fatal(err)
		}
		return come(t, c, "alice", false)
	}
	old := join()
	in.next(zsock.Up)
	for range 5 {
		join()
		in.next(zsock.Failed)
	}
	cut(t, old, true)
	began := time.Now()
	join()
	in.next(zsock.Down)
	if took := time.Since(began); took < time.Second {
		t.Errorf("it had %v only to show that it is alive", took)
	}
	in.next(zsock.Up)
}

// TestProbeOldPeer: whose ZMTP is older than PING is asked by its system.
func TestProbeOldPeer(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	hello := zmtp.GreetingAndReady("DEALER", "alice")
	hello[11] = 0 // of 3.0
	join := func() net.Conn {
		c, err := net.Dial("tcp4", r.Endpoint()[len("tcp://"):])
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		if _, err := c.Write(hello); err != nil {
			t.Fatal(err)
		}
		return c
	}
	old := join()
	in.next(zsock.Up)
	if _, err := old.Write(zmtp.Frame([]byte("hello"))); err != nil {
		t.Fatal(err)
	}
	in.next(zsock.Message)
	for range 2 {
		join()
		in.next(zsock.Failed)
	}
	cut(t, old, true)
	join()
	in.next(zsock.Down)
	in.next(zsock.Up)
}

// TestProbeFull: who is alive but takes nothing more keeps its identity, and what is queued for it.
func TestProbeFull(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	join := func() {
		c, err := net.Dial("tcp4", r.Endpoint()[len("tcp://"):])
		if err != nil {
			t.Fatal(err)
		}
		come(t, c, "alice", false)
	}
	join()
	in.next(zsock.Up)
	for r.Send([]byte("alice"), [][]byte{make([]byte, 1<<20)}) == nil {
	}
	join()
	for e := in.any(); e.Type != zsock.Failed; e = in.any() {
		if e.Type != zsock.Writable {
			t.Fatalf("got %s (%v)", e.Type, e.Err)
		}
	}
}
