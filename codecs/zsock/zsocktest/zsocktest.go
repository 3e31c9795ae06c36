// Package zsocktest is the conformance suite of package zsock: what every transport must do, as tests that a transport's
// own tests call.
//
//	func TestConformance(t *testing.T) { zsocktest.Run(t, libzmq.Transport{}, libzmq.Transport{}) }
//
// Stability: Draft.
package zsocktest

import (
	"fmt"
	"net"
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
		{"Frames", testFrames},
		{"FramesMayBeReused", testReuse},
		{"NoFrames", testNoFrames},
		{"TooLarge", testTooLarge},
		{"LongMessageIsDropped", testLongMessage},
		{"LargeFrameDisconnects", testLargeFrame},
		{"Order", testOrder},
		{"BothWays", testBothWays},
		{"UnknownPeer", testUnknownPeer},
		{"FullIsExact", testFull},
		{"FullThenRedial", testFullRedial},
		{"FullThenClosed", testFullClosed},
		{"SlowConsumer", testSlowConsumer},
		{"SlowConsumerOctets", testSlowConsumerOctets},
		{"WritableWhileSuspended", testWritableWhileSuspended},
		{"Redial", testRedial},
		{"Reconnect", testReconnect},
		{"Handover", testHandover},
		{"ManyPeers", testManyPeers},
		{"PubListens", testPubListens},
		{"PubDials", testPubDials},
		{"Linger", testLinger},
		{"Close", testClose},
		{"CloseWhileBusy", testCloseWhileBusy},
		{"EndpointTaken", testEndpointTaken},
		{"Invalid", testInvalid},
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

func (c *collector) take() { c.batch, c.next = c.Inbox().Take(c.batch), 0 }

// wait waits for the next event. It may be called from any one goroutine.
func (c *collector) wait() (zsock.Event, error) {
	for c.next == len(c.batch) {
		select {
		case <-c.Inbox().Ready():
		case <-time.After(patience):
			return zsock.Event{}, fmt.Errorf("no event within %v", patience)
		}
		c.take()
	}
	c.next++
	return c.batch[c.next-1], nil
}

// event waits for the next event.
func (c *collector) event() zsock.Event {
	c.t.Helper()
	e, err := c.wait()
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

// moment is how long poll and quiet look; a test may rely on an event that they see, never on one that they do not.
const moment = 100 * time.Millisecond

// poll looks for an event for a moment.
func (c *collector) poll() (zsock.Event, bool) {
	if c.next == len(c.batch) {
		select {
		case <-c.Inbox().Ready():
		case <-time.After(moment):
		}
		c.take()
	}
	if c.next == len(c.batch) {
		return zsock.Event{}, false
	}
	c.next++
	return c.batch[c.next-1], true
}

// quiet wants that no event comes.
func (c *collector) quiet() {
	c.t.Helper()
	if e, ok := c.poll(); ok {
		c.t.Errorf("got event %s %.100q, want none", e.Type, e.Frames)
	}
}

// until repeats an action until a message of those frames has come, and returns it. Others before it are skipped.
func (c *collector) until(action func(), frames ...string) zsock.Event {
	c.t.Helper()
	want := fmt.Sprintf("%q", frames)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		action()
		if e, ok := c.poll(); ok && e.Type == zsock.Message && fmt.Sprintf("%q", e.Frames) == want {
			return e
		}
	}
	c.t.Fatalf("no message %s within %v", want, patience)
	panic("unreachable")
}

// skip passes over any number of messages with the one frame, and then wants one of those frames.
func (c *collector) skip(over string, frames ...string) {
	c.t.Helper()
	for {
		e := c.event()
		if len(e.Frames) == 1 && string(e.Frames[0]) == over {
			continue
		}
		if got := fmt.Sprintf("%q", e.Frames); got != fmt.Sprintf("%q", frames) {
			c.t.Fatalf("got frames %s, want %q", got, frames)
		}
		return
	}
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

// free is an endpoint where nobody listens.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "tcp://" + l.Addr().String()
}
