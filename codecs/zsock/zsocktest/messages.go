package zsocktest

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// pair is a Router and a Dealer that dials it as "alice".
func pair(t *testing.T, p pairing, listens zsock.ListenOptions, dials zsock.DialOptions) (in *collector, out *collector, r zsock.Listener, l zsock.Link) {
	t.Helper()
	in, out = open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r = in.listen(listens)
	dials.Endpoint, dials.Identity = r.Endpoint(), []byte("alice")
	return in, out, r, out.dial(dials)
}

func testMessage(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	send(t, l, "one", "", "three")
	e := in.message("one", "", "three")
	if string(e.Peer) != "alice" {
		t.Errorf("got peer %q, want alice", e.Peer)
	}
	if e.Addr.String() != "127.0.0.1" {
		t.Errorf("got address %v, want 127.0.0.1", e.Addr)
	}
	if e.Link != nil {
		t.Error("the event of a listener has a link")
	}
}

func testFrames(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{SendOnly: true})
	messages := [][]string{{""}, {"", ""}, {"", "x", ""}, make([]string, zsock.MaxFrames)}
	for _, size := range []int{1, 33, 34, 255, 256, 8191, 8192, 16 << 10, 64<<10 - 5, 64 << 10, 64<<10 + 1, 2 << 20} {
		big := strings.Repeat("z", size)
		messages = append(messages, []string{big}, []string{"head", big}, []string{big, big, "tail"})
	}
	var many []string
	for i := range zsock.MaxFrames {
		many = append(many, strings.Repeat("m", i))
	}
	messages = append(messages, many)
	for i, m := range messages {
		send(t, l, m...)
		e := in.event()
		if e.Type != zsock.Message || len(e.Frames) != len(m) {
			t.Fatalf("message %d: got %s of %d frames, want %d", i, e.Type, len(e.Frames), len(m))
		}
		for j := range m {
			if string(e.Frames[j]) != m[j] {
				t.Fatalf("message %d, frame %d of %d octets: differs from what was sent", i, j, len(m[j]))
			}
		}
		if string(e.Peer) != "alice" {
			t.Fatalf("message %d: got peer %q", i, e.Peer)
		}
		// Frames belong to the receiver: growing one must not reach into the next.
		_ = append(e.Frames[0], "overwritten"...)
		if len(m) > 1 && string(e.Frames[1]) != m[1] {
			t.Fatalf("message %d: frames overlap", i)
		}
	}
}

func testReuse(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	for _, size := range []int{10, 100, 100_000} {
		frame := bytes.Repeat([]byte("a"), size)
		frames := [][]byte{frame}
		if err := l.Send(frames); err != nil {
			t.Fatal(err)
		}
		for i := range frame {
			frame[i] = 'b'
		}
		frames[0] = nil
		in.message(strings.Repeat("a", size))
	}
}

func testNoFrames(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	for _, frames := range [][][]byte{nil, {}, make([][]byte, zsock.MaxFrames+1)} {
		if err := l.Send(frames); !errors.Is(err, zsock.ErrNoFrames) {
			t.Errorf("%d frames: got %v, want ErrNoFrames", len(frames), err)
		}
	}
	send(t, l, "after")
	in.message("after")
}

func testTooLarge(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{HighWaterOctets: 1000})
	if err := l.Send([][]byte{make([]byte, 500), make([]byte, 501)}); !errors.Is(err, zsock.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	fits := strings.Repeat("f", 500)
	send(t, l, fits, fits)
	in.message(fits, fits)
}

func testLongMessage(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{MaxMessage: 1000}, zsock.DialOptions{})
	half := strings.Repeat("h", 500)
	send(t, l, half, half)
	send(t, l, half, half, "x", "and more")
	send(t, l, "after")
	in.message(half, half)
	in.message("after")
	if s := in.Stats(); s.Dropped != 1 || s.Received != 2 {
		t.Errorf("got %d dropped and %d received, want 1 and 2", s.Dropped, s.Received)
	}
}

// testManyFrames: a bound of our own for the frames of a message.
func testManyFrames(t *testing.T, p pairing) {
	in, _, _, l := pair(t, p, zsock.ListenOptions{MaxFrames: 3}, zsock.DialOptions{})
	send(t, l, "1", "2", "3")
	send(t, l, "1", "2", "3", "4")
	send(t, l, "after")
	in.message("1", "2", "3")
	in.message("after")
	if s := in.Stats(); s.Dropped != 1 || s.Received != 2 {
		t.Errorf("got %d dropped and %d received, want 1 and 2", s.Dropped, s.Received)
	}
}

func testLargeFrame(t *testing.T, p pairing) {
	in, out, _, l := pair(t, p, zsock.ListenOptions{MaxMessage: 1000}, zsock.DialOptions{})
	send(t, l, "before")
	in.message("before")
	send(t, l, strings.Repeat("x", 2000))
	// The connection breaks, with what was on its way; the link comes back by itself.
	in.told(zsock.Down, nil)
	out.told(zsock.Down, l)
	in.until(func() { send(t, l, "after") }, "after")
}

func testOrder(t *testing.T, p pairing) {
	n := p.some(50_000)
	in, out, _, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	finished := make(chan error, 1)
	go func() { finished <- flood(out, l, n) }()
	for i := range n {
		in.message(strconv.Itoa(i), "content")
	}
	if err := <-finished; err != nil {
		t.Error(err)
	}
	if s := in.Stats(); s.Received != uint64(n) {
		t.Errorf("Stats: got %d received, want %d", s.Received, n)
	}
	if s := out.Stats(); s.Sent != uint64(n) {
		t.Errorf("Stats: got %d sent, want %d", s.Sent, n)
	}
}

// flood sends numbered messages, and waits for room whenever the link is full. out has no other consumer.
func flood(out *collector, l zsock.Link, n int) error {
	for i := 0; i < n; {
		switch err := l.Send(octets(strconv.Itoa(i), "content")); {
		case err == nil:
			i++
		case errors.Is(err, zsock.ErrFull):
			e, err := out.wait()
			if err != nil {
				return fmt.Errorf("full at message %d: %w", i, err)
			}
			if e.Type != zsock.Writable || e.Link != l {
				return fmt.Errorf("full at message %d: got event %s, want writable", i, e.Type)
			}
		default:
			return fmt.Errorf("message %d: %w", i, err)
		}
	}
	return nil
}

// testBothWays has each side send while the other answers: sending must not swallow what tells that something arrived.
func testBothWays(t *testing.T, p pairing) {
	rounds := p.some(3000)
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	finished := make(chan error, 1)
	go func() {
		for answers := 0; answers < rounds; {
			e, err := in.wait()
			if err == nil && len(e.Frames) == 1 {
				answers++
				err = r.Send(e.Peer, e.Frames)
			}
			if err != nil {
				finished <- fmt.Errorf("answer %d: %w", answers, err)
				return
			}
		}
		finished <- nil
	}()
	for i := range rounds {
		send(t, l, strconv.Itoa(i))
		for range i % 100 {
			send(t, l, "not to be", "answered")
		}
		if e := out.message(strconv.Itoa(i)); e.Link != l {
			t.Fatal("the event does not name the link")
		}
	}
	if err := <-finished; err != nil {
		t.Error(err)
	}
}

func testUnknownPeer(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	for _, peer := range []string{"bob", ""} {
		if err := r.Send([]byte(peer), octets("x")); !errors.Is(err, zsock.ErrUnknownPeer) {
			t.Errorf("peer %q: got %v, want ErrUnknownPeer", peer, err)
		}
	}
	send(t, l, "hello")
	in.message("hello")
	if err := r.Send([]byte("alice"), octets("welcome")); err != nil {
		t.Fatal(err)
	}
	out.message("welcome")
}

// testSmallestMaxMessage: what bounds messages does not bound what the connection needs for itself.
func testSmallestMaxMessage(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	identity := bytes.Repeat([]byte("i"), 255)
	r := in.listen(zsock.ListenOptions{MaxMessage: 1, Identity: bytes.Repeat([]byte("s"), 255)})
	l := out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: identity, MaxMessage: 1})
	send(t, l, "q")
	if e := in.message("q"); !bytes.Equal(e.Peer, identity) {
		t.Errorf("got peer %q", e.Peer)
	}
	if err := r.Send(identity, octets("a")); err != nil {
		t.Fatal(err)
	}
	out.message("a")
}

// testLargestMessage sends as many octets as may be by default, and then more.
func testLargestMessage(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{HighWaterOctets: 2 * zsock.DefaultMaxMessage})
	content := bytes.Repeat([]byte("largest"), zsock.DefaultMaxMessage/7+1)[:zsock.DefaultMaxMessage]
	largest := func(e zsock.Event) {
		t.Helper()
		if e.Type != zsock.Message || len(e.Frames) != 1 || !bytes.Equal(e.Frames[0], content) {
			t.Fatalf("got event %s of %d frames, or its content differs", e.Type, len(e.Frames))
		}
	}
	if err := l.Send([][]byte{content}); err != nil {
		t.Fatal(err)
	}
	largest(in.event())
	if err := r.Send([]byte("alice"), [][]byte{content}); err != nil {
		t.Fatal(err)
	}
	largest(out.event())
	if err := l.Send([][]byte{content, {}, content[:1]}); err != nil {
		t.Fatal(err)
	}
	in.until(func() { send(t, l, "after") }, "after")
	tooLarge := append(content, 0)
	if p.dials.client.Mechanism == zsock.Curve {
		tooLarge = append(tooLarge, make([]byte, 64)...) // a transport may leave room for what CURVE adds
	}
	if err := l.Send([][]byte{tooLarge}); err != nil {
		t.Fatal(err)
	}
	out.told(zsock.Down, l)
	in.until(func() { send(t, l, "after all") }, "after all")
	if n := in.Stats().Dropped; n != 1 {
		t.Errorf("Stats: got %d dropped, want 1", n)
	}
}

// testOctetByOctet has everything arrive in the smallest pieces.
func testOctetByOctet(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{})
	l := out.dial(zsock.DialOptions{Endpoint: newProxy(t, r.Endpoint(), 1).endpoint(), Identity: []byte("alice")})
	for _, size := range []int{0, 1, 255, 256, 65536} {
		content := strings.Repeat("o", size)
		send(t, l, content, "", content)
		in.message(content, "", content)
		if err := r.Send([]byte("alice"), octets(content)); err != nil {
			t.Fatal(err)
		}
		out.message(content)
	}
}
