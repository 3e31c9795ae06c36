package zsocktest

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func testRedial(t *testing.T, p pairing) {
	first, _, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	send(t, l, "to the first")
	first.message("to the first")
	second := open(t, p.listens, zsock.Options{})
	endpoint := second.listen(zsock.ListenOptions{}).Endpoint()
	for i := range 3 { // the second and third time to where it is already
		if err := l.Redial(endpoint); err != nil {
			t.Fatal(err)
		}
		send(t, l, "to the second", strconv.Itoa(i))
		if e := second.message("to the second", strconv.Itoa(i)); string(e.Peer) != "alice" {
			t.Errorf("got peer %q, want alice", e.Peer)
		}
	}
	if err := l.Redial("nonsense"); err == nil {
		t.Error("Redial to nonsense gave no error")
	}
	second.until(func() { send(t, l, "still there") }, "still there")
	first.quiet()
}

func testReconnect(t *testing.T, p pairing) {
	first, _, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{SendOnly: true})
	send(t, l, "first life")
	first.message("first life")
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, p.listens, zsock.Options{})
	second.listen(zsock.ListenOptions{Endpoint: r.Endpoint()})
	e := second.until(func() { send(t, l, "second life") }, "second life")
	if string(e.Peer) != "alice" {
		t.Errorf("got peer %q, want alice", e.Peer)
	}
}

// testUnacknowledged: nothing is outstanding where there is no connection, nor once the other end's system has got everything, even
// if nobody there takes it.
func testUnacknowledged(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	other := out.dial(zsock.DialOptions{Endpoint: free(t)})
	send(t, other, "to nobody")
	if got := zsock.Unacknowledged(other); got > 0 || got < 0 && !p.dials.silent {
		t.Errorf("without a connection: %v", got)
	}
	for range 10 {
		send(t, l, "hello")
		in.message("hello")
		eventually(t, "acknowledgement", func() bool { return zsock.Unacknowledged(l) <= 0 })
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "end", func() bool { return zsock.Unacknowledged(l) <= 0 })
	if err := l.Drop(); err != nil {
		t.Fatal(err)
	}
	if got := zsock.Unacknowledged(l); got > 0 || got < 0 && !p.dials.silent {
		t.Errorf("of a link that is closed: %v", got)
	}
}

// testManyPeers has many links to one listener at once: each keeps its order and its identity.
func testManyPeers(t *testing.T, p pairing) {
	const peers, n = 50, 20
	in, out := open(t, p.listens, zsock.Options{Inbox: 10}), open(t, p.dials, zsock.Options{})
	endpoint := in.listen(zsock.ListenOptions{}).Endpoint()
	var all sync.WaitGroup
	for i := range peers {
		l := out.dial(zsock.DialOptions{Endpoint: endpoint, Identity: fmt.Appendf(nil, "peer %d", i), SendOnly: true})
		all.Go(func() {
			for j := range n {
				send(t, l, strconv.Itoa(j))
			}
		})
	}
	next := map[string]int{}
	for range peers * n {
		e := in.event()
		peer := string(e.Peer)
		if want := strconv.Itoa(next[peer]); string(e.Frames[0]) != want {
			t.Fatalf("%s: got message %q, want %s", peer, e.Frames, want)
		}
		next[peer]++
	}
	if len(next) != peers {
		t.Errorf("messages of %d peers, want %d", len(next), peers)
	}
	all.Wait()
}

// testLinger: what was queued when the set closes still arrives.
func testLinger(t *testing.T, p pairing) {
	in := open(t, p.listens, zsock.Options{})
	endpoint := in.listen(zsock.ListenOptions{}).Endpoint()
	for i := range 10 {
		out, err := p.dials.Open(zsock.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l, err := out.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint, Linger: patience, SendOnly: i%2 == 0,
			Security: p.dials.client})
		if err != nil {
			t.Fatal(err)
		}
		send(t, l, "goodbye", strconv.Itoa(i))
		if i%3 == 0 {
			l.Close()
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
		in.message("goodbye", strconv.Itoa(i))
	}
}

func testClose(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	other := out.dial(zsock.DialOptions{Endpoint: r.Endpoint()})
	for range 2 {
		if err := errors.Join(other.Close(), other.Drop()); err != nil {
			t.Error(err)
		}
	}
	for _, c := range []*collector{in, out} {
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if _, err := c.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*"}); !errors.Is(err, zsock.ErrClosed) {
			t.Errorf("Listen: got %v, want ErrClosed", err)
		}
		if _, err := c.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint()}); !errors.Is(err, zsock.ErrClosed) {
			t.Errorf("Dial: got %v, want ErrClosed", err)
		}
		if n := c.Stats().Sockets; n != 0 {
			t.Errorf("%d sockets are open", n)
		}
	}
	for what, err := range map[string]error{
		"Link.Send": l.Send(octets("x")), "Link.Redial": l.Redial(r.Endpoint()), "Listener.Send": r.Send([]byte("alice"), octets("x")),
	} {
		if !errors.Is(err, zsock.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", what, err)
		}
	}
	if err := errors.Join(l.Close(), l.Drop(), r.Close()); err != nil {
		t.Errorf("closing what is closed: %v", err)
	}
}

// testCloseWhileBusy closes sets in the middle of everything; the race detector and the deadline are the judges.
func testCloseWhileBusy(t *testing.T, p pairing) {
	for range 5 {
		in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{HighWater: 10})
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				for dials := 0; ; dials++ {
					if err := l.Send(octets("busy")); errors.Is(err, zsock.ErrClosed) {
						return
					}
					if dials >= 100 { // more, as fast as they can be asked for, only test how a transport drowns
						runtime.Gosched()
						continue
					}
					l2, err := out.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint(), HighWater: 1, Security: p.dials.client})
					if err != nil {
						continue
					}
					l2.Send(octets("brief"))
					l2.Drop()
				}
			})
		}
		for range 100 {
			in.event()
		}
		if err := out.Close(); err != nil {
			t.Error(err)
		}
		all.Wait()
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	}
}

func testInvalid(t *testing.T, p pairing) {
	c := open(t, p.listens, zsock.Options{})
	for _, o := range []zsock.ListenOptions{
		{}, {Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:*"}, {Kind: zsock.Router},
		{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", Subscribe: octets("")},
		{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", Identity: make([]byte, 256)},
	} {
		if _, err := c.Listen(o); !errors.Is(err, zsock.ErrInvalid) {
			t.Errorf("Listen %+v: got %v, want ErrInvalid", o, err)
		}
	}
	d := open(t, p.dials, zsock.Options{})
	for _, o := range []zsock.DialOptions{
		{}, {Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:1"}, {Kind: zsock.Dealer},
		{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1", Identity: []byte{0, 1}},
	} {
		if _, err := d.Dial(o); !errors.Is(err, zsock.ErrInvalid) {
			t.Errorf("Dial %+v: got %v, want ErrInvalid", o, err)
		}
	}
	if n := c.Stats().Sockets + d.Stats().Sockets; n != 0 {
		t.Errorf("%d sockets are left", n)
	}
}
