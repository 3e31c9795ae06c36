package zmtp_test

import (
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// cut has a connection's system drop everything that comes, as if the host were gone, or mends it.
func cut(t *testing.T, c net.Conn, off bool) {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: 0}
	if cerr := raw.Control(func(fd uintptr) {
		if off {
			err = unix.SetsockoptSockFprog(int(fd), unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop})
		} else {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_DETACH_FILTER, 0)
		}
	}); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
}

// stranger accepts one connection as a ROUTER that somebody else wrote.
func stranger(t *testing.T) (endpoint string, accept func() net.Conn) {
	t.Helper()
	nl, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nl.Close() })
	return "tcp://" + nl.Addr().String(), func() net.Conn {
		c, err := nl.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		hello := zmtp.GreetingAndReady("ROUTER", "")
		if _, err := c.Write(hello); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(c, make([]byte, len(zmtp.GreetingAndReady("DEALER", "alice")))); err != nil {
			t.Fatal(err)
		}
		return c
	}
}

// TestUnacknowledged: what counts is since when something is outstanding, not when there was something to acknowledge last.
func TestUnacknowledged(t *testing.T) {
	out := real(t, zmtp.Transport{}, zsock.Options{})
	endpoint, accept := stranger(t)
	l := out.dial(zsock.DialOptions{Endpoint: endpoint})
	if got := zsock.Unacknowledged(l); got != 0 {
		t.Errorf("without a connection: %v", got)
	}
	c := accept()
	out.next(zsock.Up)
	send := func() {
		t.Helper()
		if err := l.Send([][]byte{[]byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	until := func(what string, ok func(time.Duration) bool) {
		t.Helper()
		for deadline := time.Now().Add(patience); !ok(zsock.Unacknowledged(l)); runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("not %s: %v", what, zsock.Unacknowledged(l))
			}
		}
	}
	nothing := func(d time.Duration) bool { return d == 0 }
	for range 2 {
		send()
		until("acknowledged", nothing)
		<-time.After(700 * time.Millisecond) // nothing to acknowledge
		if got := zsock.Unacknowledged(l); got != 0 {
			t.Errorf("nothing is outstanding for %v", got)
		}
		cut(t, c, true)
		began := time.Now()
		send()
		until("outstanding for 300 ms", func(d time.Duration) bool {
			// A tenth of a second is how exact it is, and the system's clock has its own grain.
			if most := time.Since(began) + 120*time.Millisecond; d > most {
				t.Fatalf("outstanding for %v, more than %v", d, most)
			}
			return d >= 300*time.Millisecond
		})
		send() // more of it changes nothing
		if got := zsock.Unacknowledged(l); got < 300*time.Millisecond {
			t.Errorf("outstanding for %v only", got)
		}
		cut(t, c, false)
		until("acknowledged at last", nothing)
	}
	l.Drop()
	if got := zsock.Unacknowledged(l); got != 0 {
		t.Errorf("of a link that is closed: %v", got)
	}
}

// TestUnacknowledgedFull: who has no room but is there acknowledges.
func TestUnacknowledgedFull(t *testing.T) {
	out := real(t, zmtp.Transport{}, zsock.Options{})
	endpoint, accept := stranger(t)
	l := out.dial(zsock.DialOptions{Endpoint: endpoint})
	accept() // and read nothing
	out.next(zsock.Up)
	for l.Send([][]byte{make([]byte, 1<<20)}) == nil {
	}
	var most time.Duration
	for began := time.Now(); time.Since(began) < 2*time.Second; <-time.After(5 * time.Millisecond) {
		most = max(most, zsock.Unacknowledged(l))
	}
	if most > time.Second {
		t.Errorf("a slow listener was thought to be gone for %v", most)
	}
}
