package zsocktest

import (
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func testPubListens(t *testing.T, p pairing) {
	out := open(t, p.listens, zsock.Options{})
	pub := out.listen(zsock.ListenOptions{Kind: zsock.Pub})
	var subs []*collector
	for range 3 {
		s := open(t, p.dials, zsock.Options{})
		s.dial(zsock.DialOptions{Kind: zsock.Sub, Endpoint: pub.Endpoint(), Subscribe: octets("yes", "also")})
		subs = append(subs, s)
	}
	for _, s := range subs {
		s.until(func() {
			if err := pub.Send(nil, octets("yes")); err != nil {
				t.Fatal(err)
			}
		}, "yes")
	}
	for _, m := range []string{"no", "yes!", "ye", "also this"} {
		if err := pub.Send(nil, octets(m, "body")); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range subs {
		s.skip("yes", "yes!", "body")
		s.message("also this", "body")
	}
}

func testPubDials(t *testing.T, p pairing) {
	in := open(t, p.listens, zsock.Options{})
	endpoint := in.listen(zsock.ListenOptions{Kind: zsock.Sub, Subscribe: octets("")}).Endpoint()
	out := open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Kind: zsock.Pub, Endpoint: endpoint})
	e := in.until(func() { send(t, l, "log") }, "log")
	if e.Addr.String() != "127.0.0.1" {
		t.Errorf("got address %v, want 127.0.0.1", e.Addr)
	}
}

// testPubMisses: a link to a subscriber that takes nothing counts what it drops, and what arrives is the rest, in order.
func testPubMisses(t *testing.T, p pairing) {
	in := open(t, p.listens, zsock.Options{Inbox: 1})
	endpoint := in.listen(zsock.ListenOptions{Kind: zsock.Sub, HighWater: 10, Subscribe: octets("yes")}).Endpoint()
	out := open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Kind: zsock.Pub, Endpoint: endpoint, HighWater: 10})
	in.until(func() { send(t, l, "yes") }, "yes")
	const n = 1000
	content := strings.Repeat("c", 100_000)
	for range n {
		send(t, l, "no", content)
	}
	if got := zsock.Missed(l); got != 0 {
		t.Errorf("%d messages that nobody wants count as missed", got)
	}
	for range n {
		send(t, l, "yes", content)
	}
	missed := zsock.Missed(l)
	if missed <= 0 || missed >= n {
		t.Fatalf("%d of %d messages were missed", missed, n)
	}
	in.skip("yes", "yes", content)
	for range n - missed - 1 {
		in.message("yes", content)
	}
}

// testPubDrops: a subscriber that takes nothing costs no more than its queue, and nobody else anything.
func testPubDrops(t *testing.T, p pairing) {
	out := open(t, p.listens, zsock.Options{})
	pub := out.listen(zsock.ListenOptions{Kind: zsock.Pub, HighWater: 10})
	slow, quick := open(t, p.dials, zsock.Options{Inbox: 1}), open(t, p.dials, zsock.Options{})
	for _, c := range []*collector{slow, quick} {
		c.dial(zsock.DialOptions{Kind: zsock.Sub, Endpoint: pub.Endpoint(), HighWater: 10, Subscribe: octets("")})
	}
	publish := func(frame string) {
		if err := pub.Send(nil, octets(frame)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []*collector{slow, quick} {
		c.until(func() { publish("begin") }, "begin")
	}
	const n = 1000
	content := strings.Repeat("c", 100_000)
	for range n {
		publish(content)
	}
	quick.until(func() { publish("end") }, "end")
	got := 0
	slow.until(func() { publish("end"); got++ }, "end") // every attempt passes one message over
	if got > n/2 {
		t.Errorf("a subscriber that took nothing was kept %d messages of 100 KB", got)
	}
}

// testSubReconnects: a new publisher at the same place learns what is wanted.
func testSubReconnects(t *testing.T, p pairing) {
	in := open(t, p.dials, zsock.Options{})
	endpoint := ""
	for _, name := range []string{"first", "second"} {
		out := open(t, p.listens, zsock.Options{})
		var pub zsock.Listener
		if endpoint == "" {
			pub = out.listen(zsock.ListenOptions{Kind: zsock.Pub})
			endpoint = pub.Endpoint()
			in.dial(zsock.DialOptions{Kind: zsock.Sub, Endpoint: endpoint, Subscribe: octets("yes")})
		} else {
			pub = out.relisten(zsock.ListenOptions{Kind: zsock.Pub, Endpoint: endpoint})
		}
		in.until(func() {
			for _, frames := range [][][]byte{octets("no", name), octets("yes", name)} {
				if err := pub.Send(nil, frames); err != nil {
					t.Fatal(err)
				}
			}
		}, "yes", name)
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
