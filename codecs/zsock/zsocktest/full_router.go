package zsocktest

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

var filling = strings.Repeat("f", 64<<10)

// fill sends numbered messages to a router's peer that takes nothing until there is no room for more, and says how many.
func fill(t *testing.T, in *collector, r zsock.Listener, peer string) (sent int) {
	t.Helper()
	// The kernel's buffers are between the two: the queue may be full and have room again several times.
	for {
		switch err := r.Send([]byte(peer), octets(strconv.Itoa(sent), filling)); {
		case err == nil:
			sent++
		case !errors.Is(err, zsock.ErrFull):
			t.Fatal(err)
		case errors.Is(err, zsock.ErrUntold) && !in.end.silent:
			t.Fatal("the transport does not tell when there is room")
		default:
			e, moves := in.poll()
			if !moves {
				return sent
			}
			if e.Type != zsock.Writable || string(e.Peer) != peer || e.Link != nil {
				t.Fatalf("got event %s of peer %q, want writable of %q", e.Type, e.Peer, peer)
			}
		}
	}
}

// greeted is a router that knows alice, who takes nothing further.
func greeted(t *testing.T, p pairing, o zsock.ListenOptions) (in, out *collector, r zsock.Listener, l zsock.Link) {
	t.Helper()
	in, out = open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{Inbox: 1})
	r = in.listen(o)
	l = out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice"), HighWater: 10})
	send(t, l, "hello")
	in.message("hello")
	return in, out, r, l
}

// testFullRouter: a router whose peer had no room is told once that there is some; others do not suffer, and nothing is lost.
func testFullRouter(t *testing.T, p pairing) {
	in, out, r, _ := greeted(t, p, zsock.ListenOptions{HighWater: 10})
	full := in.Stats().Full
	sent := fill(t, in, r, "alice")
	if in.Stats().Full == full {
		t.Error("Stats do not count that the queue was full")
	}
	other := open(t, p.dials, zsock.Options{})
	send(t, other.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("bob")}), "hello")
	in.message("hello")
	if err := r.Send([]byte("bob"), octets("welcome")); err != nil {
		t.Error(err)
	}
	other.message("welcome")
	for i := range sent {
		out.message(strconv.Itoa(i), filling)
	}
	if !in.end.silent {
		if e := in.event(); e.Type != zsock.Writable || string(e.Peer) != "alice" || e.Link != nil {
			t.Fatalf("got event %s of peer %q, want writable of alice", e.Type, e.Peer)
		}
	}
	in.quiet() // once
	eventually(t, "room", func() bool { return r.Send([]byte("alice"), octets("last")) == nil })
	out.message("last")
}

// testFullRouterDown: who waits for room at a peer that leaves is told that it left, and nothing else.
func testFullRouterDown(t *testing.T, p pairing) {
	in, out, r, l := greeted(t, p, zsock.ListenOptions{HighWater: 10})
	fill(t, in, r, "alice")
	if err := l.Drop(); err != nil {
		t.Fatal(err)
	}
	in.told(zsock.Down, nil)
	eventually(t, "absence", func() bool { return errors.Is(r.Send([]byte("alice"), octets("x")), zsock.ErrUnknownPeer) })
	in.quiet()
	out.take()
	send(t, out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice")}), "again")
	in.message("again")
	if err := r.Send([]byte("alice"), octets("welcome")); err != nil {
		t.Errorf("a new connection of the identity: %v", err)
	}
}

func testRouterTooLarge(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{HighWaterOctets: 1000}, zsock.DialOptions{})
	send(t, l, "hello")
	in.message("hello")
	if err := r.Send([]byte("alice"), [][]byte{make([]byte, 500), make([]byte, 501)}); !errors.Is(err, zsock.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	fits := strings.Repeat("f", 500)
	if err := r.Send([]byte("alice"), octets(fits, fits)); err != nil {
		t.Error(err)
	}
	out.message(fits, fits)
}

// testRouterHighWaterOctets: what is queued for a peer is bounded in octets where the transport can.
func testRouterHighWaterOctets(t *testing.T, p pairing) {
	in, _, r, _ := greeted(t, p, zsock.ListenOptions{HighWater: 1 << 20, HighWaterOctets: 1 << 20})
	if sent := fill(t, in, r, "alice"); sent*len(filling) >= zsock.DefaultMaxMessage {
		t.Errorf("%d octets are queued or in the kernel's buffers", sent*len(filling))
	}
}
