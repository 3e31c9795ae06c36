package zsocktest

import (
	"errors"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// testUpAndDown follows a connection as both its ends are told of it.
func testUpAndDown(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{Identity: []byte("server")}, zsock.DialOptions{})
	check := func(c *collector, what zsock.EventType, link zsock.Link, peer string) {
		t.Helper()
		e, ok := c.told(what, link)
		if !ok {
			return
		}
		if string(e.Peer) != peer || e.Addr.String() != "127.0.0.1" {
			t.Errorf("%s: got peer %q at %v, want %s at 127.0.0.1", what, e.Peer, e.Addr, peer)
		}
		if (e.Err != nil) != (what == zsock.Down) {
			t.Errorf("%s: got Err %v", what, e.Err)
		}
	}
	check(in, zsock.Up, nil, "alice")
	check(out, zsock.Up, l, "server")
	if !in.end.silent { // who is up can be talked to
		if err := r.Send([]byte("alice"), octets("welcome")); err != nil {
			t.Error(err)
		}
		out.message("welcome")
	}
	send(t, l, "hello")
	in.message("hello")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	check(out, zsock.Down, l, "server")
	again := open(t, p.listens, zsock.Options{})
	again.relisten(zsock.ListenOptions{Endpoint: r.Endpoint(), Identity: []byte("server")})
	check(out, zsock.Up, l, "server")
	check(again, zsock.Up, nil, "alice")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	check(again, zsock.Down, nil, "alice")
}

// testEventsInOrder: a peer is up before its first message, and down after its last.
func testEventsInOrder(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: in.listen(zsock.ListenOptions{}).Endpoint(), Linger: patience})
	for range 3 {
		send(t, l, "here")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	want := []zsock.EventType{zsock.Up, zsock.Message, zsock.Message, zsock.Message, zsock.Down}
	if in.end.silent {
		want = want[1:4]
	}
	var got []zsock.EventType
	eventually(t, "end of the connection", func() bool {
		for _, e := range in.Inbox().Take(nil) {
			got = append(got, e.Type)
		}
		return len(got) >= len(want)
	})
	if !slices.Equal(got, want) {
		t.Errorf("got events %v, want %v", got, want)
	}
}

// testFailed counts attempts to connect.
func testFailed(t *testing.T, p pairing) {
	out := open(t, p.dials, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: free(t)})
	for range 2 {
		e, _ := out.told(zsock.Failed, l)
		if e.Err == nil || runtime.GOOS != "windows" && !errors.Is(e.Err, syscall.ECONNREFUSED) {
			t.Errorf("got Err %v, want ECONNREFUSED", e.Err)
		}
	}
	in := open(t, p.listens, zsock.Options{})
	hops := newProxy(t, in.listen(zsock.ListenOptions{}).Endpoint(), manyOctets)
	hops.cut()
	if err := l.Redial(hops.endpoint()); err != nil {
		t.Fatal(err)
	}
	told := 0
	hops.wait("three attempts", func() bool { return hops.accepted >= 3 })
	for ; told < 3; told++ {
		out.told(zsock.Failed, l)
	}
	hops.pass()
	out.told(zsock.Up, l)
	for _, e := range out.news {
		if e.Type == zsock.Failed {
			t.Error("Failed came after Up")
		}
	}
}

// testQueueSurvives: what is queued while a link knows that it is not connected arrives afterwards.
func testQueueSurvives(t *testing.T, p pairing) {
	const n = 20
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	hops := newProxy(t, in.listen(zsock.ListenOptions{}).Endpoint(), manyOctets)
	l := out.dial(zsock.DialOptions{Endpoint: hops.endpoint(), Identity: []byte("alice")})
	send(t, l, "before")
	in.message("before")
	for round := range 2 {
		hops.cut()
		was, _ := hops.count()
		hops.wait("another attempt", func() bool { return hops.accepted > was })
		for i := range n {
			send(t, l, strconv.Itoa(round), strconv.Itoa(i))
		}
		hops.pass()
		for i := range n {
			if e := in.message(strconv.Itoa(round), strconv.Itoa(i)); string(e.Peer) != "alice" {
				t.Errorf("got peer %q, want alice", e.Peer)
			}
		}
	}
}

// testBlockedPeer: a peer that takes nothing holds up nobody but itself, whoever has dialled.
func testBlockedPeer(t *testing.T, p pairing) {
	a := open(t, p.listens, zsock.Options{})
	r := a.listen(zsock.ListenOptions{HighWater: 10})
	slow, quick := open(t, p.dials, zsock.Options{Inbox: 1}), open(t, p.dials, zsock.Options{})
	for _, c := range []struct {
		*collector
		name string
	}{{slow, "slow"}, {quick, "quick"}} {
		send(t, c.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte(c.name), HighWater: 10}), "I am here")
		a.message("I am here")
	}
	toSlow := slow.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*", HighWater: 10})
	toQuick := quick.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*", HighWater: 10})
	slowLink := a.dial(zsock.DialOptions{Endpoint: toSlow.Endpoint(), HighWater: 10})
	quickLink := a.dial(zsock.DialOptions{Endpoint: toQuick.Endpoint(), HighWater: 10})
	content := make([]byte, 64<<10)
	untilFull(t, func() error { return r.Send([]byte("slow"), [][]byte{content}) })
	untilFull(t, func() error { return slowLink.Send([][]byte{content}) })
	for i := range 100 {
		n := strconv.Itoa(i)
		if err := r.Send([]byte("quick"), octets(n)); err != nil {
			t.Fatal(err)
		}
		quick.message(n)
		send(t, quickLink, n)
		quick.message(n)
	}
}

// untilFull sends until the kernel's buffers are full too: then there is no room for a while.
func untilFull(t *testing.T, send func() error) {
	t.Helper()
	for full := time.Now(); time.Since(full) < moment; runtime.Gosched() {
		switch err := send(); {
		case err == nil:
			full = time.Now()
		case !errors.Is(err, zsock.ErrFull):
			t.Fatal(err)
		}
	}
}
