package zsocktest

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// testFull fills the queue of a link that has nobody at the other end, and then lets somebody listen there.
func testFull(t *testing.T, p pairing) {
	endpoint := free(t)
	out := open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: endpoint, HighWater: 4, SendOnly: true})
	for i := range 4 {
		send(t, l, strconv.Itoa(i), "content")
	}
	for range 3 {
		if err := l.Send(octets("4", "content")); !errors.Is(err, zsock.ErrFull) {
			t.Fatalf("fifth message: got %v, want ErrFull", err)
		}
	}
	if s := out.Stats(); s.Full != 1 || s.Sent != 4 {
		t.Errorf("Stats: got %d full and %d sent, want 1 and 4", s.Full, s.Sent)
	}
	in := open(t, p.listens, zsock.Options{})
	in.listen(zsock.ListenOptions{Endpoint: endpoint})
	for i := range 4 {
		in.message(strconv.Itoa(i), "content")
	}
	out.writable(l)
	send(t, l, "5")
	in.message("5")
	out.quiet() // exactly one Writable
}

func testFullRedial(t *testing.T, p pairing) {
	out := open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: free(t), HighWater: 1, SendOnly: true})
	send(t, l, "0")
	if err := l.Send(octets("1")); !errors.Is(err, zsock.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	in := open(t, p.listens, zsock.Options{})
	if err := l.Redial(in.listen(zsock.ListenOptions{}).Endpoint()); err != nil {
		t.Fatal(err)
	}
	out.writable(l)
	send(t, l, "2")
	if e := in.event(); string(e.Frames[0]) == "0" { // kept, if the transport can
		in.message("2")
	} else if string(e.Frames[0]) != "2" {
		t.Errorf("got %q", e.Frames)
	}
}

func testFullClosed(t *testing.T, p pairing) {
	out := open(t, p.dials, zsock.Options{})
	endpoint := free(t)
	l := out.dial(zsock.DialOptions{Endpoint: endpoint, HighWater: 1})
	send(t, l, "0")
	if err := l.Send(octets("1")); !errors.Is(err, zsock.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	if err := l.Drop(); err != nil {
		t.Fatal(err)
	}
	if err := l.Send(octets("1")); !errors.Is(err, zsock.ErrClosed) {
		t.Errorf("after Drop: got %v, want ErrClosed", err)
	}
	in := open(t, p.listens, zsock.Options{})
	in.listen(zsock.ListenOptions{Endpoint: endpoint})
	send(t, out.dial(zsock.DialOptions{Endpoint: endpoint}), "other")
	in.message("other")
	out.quiet()
}

// testSlowConsumer sends until the link is full to a consumer that takes nothing: its inbox stays within its bound,
// and in the end nothing is lost.
func testSlowConsumer(t *testing.T, p pairing) {
	slow(t, p, zsock.Options{Inbox: 100}, func(s zsock.Stats) bool { return s.Waiting <= 100 })
}

func testSlowConsumerOctets(t *testing.T, p pairing) {
	slow(t, p, zsock.Options{InboxOctets: 1 << 20}, func(s zsock.Stats) bool { return s.Waiting <= (1<<20)/4096+64 })
}

func slow(t *testing.T, p pairing, o zsock.Options, bounded func(zsock.Stats) bool) {
	in, out := open(t, p.listens, o), open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: in.listen(zsock.ListenOptions{HighWater: 10}).Endpoint(), HighWater: 10})
	content := strings.Repeat("c", 4096)
	sent := 0
	// The kernel's buffers are between the two: the link may be full and have room again several times.
	for moves := true; moves; {
		switch err := l.Send(octets(strconv.Itoa(sent), content)); {
		case err == nil:
			sent++
		case errors.Is(err, zsock.ErrFull):
			_, moves = out.poll()
		default:
			t.Fatal(err)
		}
	}
	if s := in.Stats(); !bounded(s) {
		t.Errorf("%d events wait in an inbox of %+v", s.Waiting, o)
	}
	select {
	case <-in.Inbox().Ready():
	case <-time.After(patience):
		t.Fatal("nothing waits in the inbox")
	}
	in.take()
	for i := range sent {
		in.message(strconv.Itoa(i), content)
	}
	send2 := func() error { return l.Send(octets("last")) }
	for err := send2(); err != nil; err = send2() {
		if !errors.Is(err, zsock.ErrFull) {
			t.Fatal(err)
		}
		out.writable(l)
	}
	in.message("last")
}

// testWritableWhileSuspended: a consumer that is told nothing but Writable must still be told that.
func testWritableWhileSuspended(t *testing.T, p pairing) {
	a, b := open(t, p.listens, zsock.Options{Inbox: 1}), open(t, p.dials, zsock.Options{})
	r := a.listen(zsock.ListenOptions{HighWater: 1})
	back := b.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("b"), HighWater: 1})
	endpoint := free(t)
	l := a.dial(zsock.DialOptions{Endpoint: endpoint, HighWater: 1})
	send(t, l, "0")
	if err := l.Send(octets("1")); !errors.Is(err, zsock.ErrFull) {
		t.Fatalf("got %v, want ErrFull", err)
	}
	a.told(zsock.Up, nil) // counts in the inbox too
	send(t, back, "fills the inbox")
	eventually(t, "message in the inbox", func() bool { return a.Stats().Received == 1 })
	b.listen(zsock.ListenOptions{Endpoint: endpoint})
	b.message("0")
	var news []zsock.Event
	eventually(t, "Writable", func() bool {
		news = a.Inbox().TakeNews(news)
		return slices.ContainsFunc(news, func(e zsock.Event) bool { return e.Type == zsock.Writable && e.Link == l })
	})
	a.message("fills the inbox")
	send(t, l, "1")
	b.message("1")
}

// testAdmittedWhileSuspended: a consumer that takes nothing does not keep newcomers waiting for their handshake.
func testAdmittedWhileSuspended(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{Inbox: 1}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{})
	send(t, out.dial(zsock.DialOptions{Endpoint: r.Endpoint()}), "fills the inbox")
	eventually(t, "message in the inbox", func() bool { return in.Stats().Waiting > 0 })
	out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("bob")})
	eventually(t, "newcomer", func() bool { return r.Send([]byte("bob"), octets("welcome")) == nil })
	out.message("welcome")
	in.message("fills the inbox")
}
