package zmtp_test

import (
	"bytes"
	"net"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// asleep waits until so many connections of a set sleep.
func (p *place) asleep(n int) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); zmtp.Asleep(p.Sockets) != n; runtime.Gosched() {
		if time.Now().After(deadline) {
			p.t.Fatalf("%d connections sleep, not %d", zmtp.Asleep(p.Sockets), n)
		}
	}
}

// guest connects to a Router as a Dealer of that name, by hand.
func (p *place) guest(r zsock.Listener, name string) net.Conn {
	p.t.Helper()
	c, err := net.Dial("tcp4", strings.TrimPrefix(r.Endpoint(), "tcp://"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { c.Close() })
	say(p.t, c, zmtp.GreetingAndReady("DEALER", name))
	p.next(zsock.Up)
	return c
}

func say(t *testing.T, c net.Conn, octets []byte) {
	t.Helper()
	if _, err := c.Write(octets); err != nil {
		t.Fatal(err)
	}
}

// TestSleep: quiet connections have no goroutine, at neither end; a message wakes them, and so does their end.
func TestSleep(t *testing.T) {
	const links = 50
	in, out := real(t, zmtp.Transport{}, zsock.Options{}), real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	before := runtime.NumGoroutine()
	var all []zsock.Link
	for range links {
		l, err := out.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint()})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
		out.next(zsock.Up)
		in.next(zsock.Up)
	}
	for range 3 {
		in.asleep(links)
		out.asleep(links)
		for deadline := time.Now().Add(patience); runtime.NumGoroutine() > before+5; runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("%d goroutines for %d quiet links", runtime.NumGoroutine()-before, links)
			}
		}
		for _, l := range all {
			if err := l.Send([][]byte{[]byte("awake?")}); err != nil {
				t.Fatal(err)
			}
			r.Send(in.next(zsock.Message).Peer, [][]byte{[]byte("yes")})
			out.next(zsock.Message)
		}
	}
	in.asleep(links)
	for _, l := range all {
		l.Drop()
		in.next(zsock.Down)
	}
	in.asleep(0)
	for range links { // numbers are used again
		in.guest(r, "bob").Close()
		in.next(zsock.Down)
	}
	if n := zmtp.Beds(in.Sockets); n > links {
		t.Errorf("%d numbers for %d connections at a time", n, links)
	}
}

// TestSleepInPieces: a connection may fall asleep between any two octets of a message.
func TestSleepInPieces(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	c := in.guest(r, "bob")
	body := bytes.Repeat([]byte("0123456789"), 30)
	rest := zmtp.Frame(body)
	for len(rest) > 0 {
		in.asleep(1)
		n := min(len(rest), 100)
		if len(rest) > len(body) {
			n = 1
		}
		before := zmtp.Woken(in.Sockets)
		say(t, c, rest[:n])
		for rest = rest[n:]; zmtp.Woken(in.Sockets) == before; {
			runtime.Gosched()
		}
	}
	if e := in.next(zsock.Message); !bytes.Equal(e.Frames[0], body) {
		t.Errorf("got %d octets", len(e.Frames[0]))
	}
}

// TestSleepLate: a connection that was lively stays awake, and sleeps when it has been quiet for long enough, in the middle of a
// long message too.
func TestSleepLate(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	long := zmtp.Frame(make([]byte, 1<<20))
	begun := map[net.Conn][]byte{}
	for _, part := range []int{0, 1, 5, 100, 40_000, 500_000} {
		c := in.guest(r, strconv.Itoa(part))
		in.lively(c)
		say(t, c, long[:part])
		begun[c] = long[part:]
	}
	in.asleep(len(begun))
	for c, rest := range begun {
		say(t, c, rest)
		if e := in.next(zsock.Message); len(e.Frames[0]) != 1<<20 {
			t.Errorf("from %s: got %d octets", e.Peer, len(e.Frames[0]))
		}
	}
}

// lively says so much over a connection that it stays awake.
func (p *place) lively(c net.Conn) {
	p.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		before := zmtp.Woken(p.Sockets)
		for range 100 {
			say(p.t, c, zmtp.Frame([]byte("again")))
			p.next(zsock.Message)
		}
		if zmtp.Woken(p.Sockets)-before < 50 {
			return
		}
	}
	p.t.Fatal("it sleeps between all messages")
}

// TestSleepAndBeReplaced: who comes back before its end was noticed takes over from a connection that sleeps.
func TestSleepAndBeReplaced(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	c := in.guest(r, "bob")
	say(t, c, zmtp.Frame([]byte("first")))
	in.next(zsock.Message)
	in.asleep(1)
	cut(t, c, true)
	d, err := net.Dial("tcp4", strings.TrimPrefix(r.Endpoint(), "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	say(t, d, zmtp.GreetingAndReady("DEALER", "bob"))
	in.next(zsock.Down)
	in.next(zsock.Up)
	in.asleep(1)
}

// TestSleepNoMore: connections that the system does not wake any more wait alone.
func TestSleepNoMore(t *testing.T) {
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	c := in.guest(r, "bob")
	in.asleep(1)
	zmtp.Rouse(in.Sockets)
	in.asleep(0)
	for range 3 {
		say(t, c, zmtp.Frame([]byte("still there?")))
		in.next(zsock.Message)
	}
	say(t, in.guest(r, "carol"), zmtp.Frame([]byte("me too")))
	in.next(zsock.Message)
	in.asleep(0)
}
