// Package zsocktest is the conformance suite of package zsock: what every transport must do, as tests that a transport's
// own tests call.
//
//	func TestConformance(t *testing.T) { zsocktest.Run(t, libzmq.Transport{}, libzmq.Transport{}) }
//
// Stability: Draft.
package zsocktest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// patience is how long a test waits for an event that must come. Nothing is asserted about how soon it does.
const patience = 20 * time.Second

// Run runs the suite: the sockets that listen are of the one transport, those that dial of the other. Run it with
// every pairing of transports, and check for goroutines left behind in the caller's TestMain.
func Run(t *testing.T, listens, dials zsock.Transport) {
	p := pairing{listens, dials}
	for _, c := range []struct {
		name string
		f    func(*testing.T, pairing)
	}{
		{"Message", testMessage},
	} {
		t.Run(c.name, func(t *testing.T) { c.f(t, p) })
	}
}

type pairing struct{ listens, dials zsock.Transport }

// collector is a set of sockets with its consumer.
type collector struct {
	t *testing.T
	zsock.Sockets
	batch []zsock.Event
	next  int
}

func open(t *testing.T, transport zsock.Transport, o zsock.Options) *collector {
	t.Helper()
	s, err := transport.Open(o)
	if err != nil {
		t.Fatalf("open %s: %v", transport, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close %s: %v", transport, err)
		}
	})
	return &collector{t: t, Sockets: s}
}

// event waits for the next event.
func (c *collector) event() zsock.Event {
	c.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for c.next == len(c.batch) {
		select {
		case <-c.Inbox().Ready():
			c.batch, c.next = c.Inbox().Take(c.batch), 0
		case <-deadline.C:
			c.t.Fatalf("no event within %v", patience)
		}
	}
	c.next++
	return c.batch[c.next-1]
}

// message waits for the next event and wants a message of those frames.
func (c *collector) message(frames ...string) zsock.Event {
	c.t.Helper()
	e := c.event()
	if e.Type != zsock.Message {
		c.t.Fatalf("got event %s, want a message", e.Type)
	}
	if got := fmt.Sprintf("%q", e.Frames); got != fmt.Sprintf("%q", frames) {
		c.t.Fatalf("got frames %.200s, want %.200q", got, frames)
	}
	return e
}

// writable waits for the next event and wants that the link has room.
func (c *collector) writable(l zsock.Link) {
	c.t.Helper()
	if e := c.event(); e.Type != zsock.Writable || e.Link != l {
		c.t.Fatalf("got event %s, want writable on the link", e.Type)
	}
}

func (c *collector) listen(o zsock.ListenOptions) zsock.Listener {
	c.t.Helper()
	if o.Kind == 0 {
		o.Kind = zsock.Router
	}
	if o.Endpoint == "" {
		o.Endpoint = "tcp://127.0.0.1:*"
	}
	l, err := c.Listen(o)
	if err != nil {
		c.t.Fatalf("listen: %v", err)
	}
	return l
}

func (c *collector) dial(o zsock.DialOptions) zsock.Link {
	c.t.Helper()
	if o.Kind == 0 {
		o.Kind = zsock.Dealer
	}
	l, err := c.Dial(o)
	if err != nil {
		c.t.Fatalf("dial: %v", err)
	}
	return l
}

func send(t *testing.T, l zsock.Link, frames ...string) {
	t.Helper()
	if err := l.Send(octets(frames...)); err != nil {
		t.Fatalf("send: %v", err)
	}
}

func octets(frames ...string) [][]byte {
	b := make([][]byte, len(frames))
	for i, f := range frames {
		b[i] = []byte(f)
	}
	return b
}

func testMessage(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	endpoint := in.listen(zsock.ListenOptions{}).Endpoint()
	l := out.dial(zsock.DialOptions{Endpoint: endpoint, Identity: []byte("alice")})
	send(t, l, "one", "", "three")
	e := in.message("one", "", "three")
	if !bytes.Equal(e.Peer, []byte("alice")) {
		t.Errorf("got peer %q, want alice", e.Peer)
	}
	if e.Addr.String() != "127.0.0.1" {
		t.Errorf("got address %v, want 127.0.0.1", e.Addr)
	}
}
