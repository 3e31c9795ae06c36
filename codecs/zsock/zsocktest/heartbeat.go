package zsocktest

import (
	"strconv"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// testHalfOpen stops a connection without closing it: both ends find out by themselves, and the link connects anew.
func testHalfOpen(t *testing.T, p pairing) {
	const heartbeat = 100 * time.Millisecond
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Heartbeat: heartbeat})
	hops := newProxy(t, r.Endpoint(), manyOctets)
	l := out.dial(zsock.DialOptions{Endpoint: hops.endpoint(), Identity: []byte("alice"), Heartbeat: heartbeat})
	send(t, l, "before")
	in.message("before")
	out.told(zsock.Up, l)
	in.told(zsock.Up, nil)
	hops.freeze()
	if e, ok := out.told(zsock.Down, l); ok && e.Err == nil {
		t.Error("the link: Down without an Err")
	}
	if e, ok := in.told(zsock.Down, nil); ok && string(e.Peer) != "alice" {
		t.Errorf("the listener: Down of %q, want alice", e.Peer)
	}
	hops.wait("another connection", func() bool { return hops.accepted > 1 })
	in.until(func() { send(t, l, "after") }, "after")
	out.until(func() {
		if err := r.Send([]byte("alice"), octets("welcome back")); err != nil {
			t.Log(err) // the connection may have come anew meanwhile
		}
	}, "welcome back")
}

// testHeartbeatTTL: who asks for signs of life tells by it how soon the other end may give up on him.
func testHeartbeatTTL(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	hops := newProxy(t, in.listen(zsock.ListenOptions{}).Endpoint(), manyOctets)
	l := out.dial(zsock.DialOptions{Endpoint: hops.endpoint(), Heartbeat: 50 * time.Millisecond})
	send(t, l, "before")
	in.message("before")
	// The link's first PING passes after a heartbeat; a moment is longer.
	out.quiet()
	hops.freeze()
	in.told(zsock.Down, nil)
}

// testIdleHeartbeats: a connection on which nothing but heartbeats passes stays, whichever end asks.
func testIdleHeartbeats(t *testing.T, p pairing) {
	const heartbeat = 20 * time.Millisecond
	for _, c := range []struct {
		name           string
		listens, dials time.Duration
	}{{"Listener", heartbeat, 0}, {"Link", 0, heartbeat}, {"Both", heartbeat, heartbeat}} {
		t.Run(c.name, func(t *testing.T) {
			in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
			hops := newProxy(t, in.listen(zsock.ListenOptions{Heartbeat: c.listens}).Endpoint(), manyOctets)
			l := out.dial(zsock.DialOptions{Endpoint: hops.endpoint(), Heartbeat: c.dials})
			// A machine that is busy may be late once with a sign of life. It is not late each time.
			for i := range 10 {
				n := strconv.Itoa(i)
				in.until(func() { send(t, l, n) }, n)
				_, before := hops.count()
				out.quiet()
				out.quiet()
				if _, after := hops.count(); after == before {
					return
				}
			}
			t.Errorf("the connection never lasted %v", 2*moment)
		})
	}
}
