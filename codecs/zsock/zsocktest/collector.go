package zsocktest

import (
	"fmt"
	"net"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// patience is how long a test waits for an event that must come. Nothing is asserted about how soon it does.
const patience = 20 * time.Second

// collector is a set of sockets with its consumer.
type collector struct {
	t *testing.T
	zsock.Sockets
	end    end
	batch  []zsock.Event // what Take swapped out, to be used again
	events []zsock.Event // messages and Writable that no test has looked at yet
	news   []zsock.Event // Up, Down and Failed likewise: not every transport says them, and few tests ask
}

func open(t *testing.T, e end, o zsock.Options) *collector {
	t.Helper()
	s, err := e.Open(o)
	if err != nil {
		t.Fatalf("open %s: %v", e, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close %s: %v", e, err)
		}
	})
	return &collector{t: t, Sockets: s, end: e}
}

// take takes what is in the inbox.
func (c *collector) take() {
	c.batch = c.Inbox().Take(c.batch)
	for _, e := range c.batch {
		switch e.Type {
		case zsock.Up, zsock.Down, zsock.Failed:
			c.news = append(c.news, e)
		default:
			c.events = append(c.events, e)
		}
	}
}

// next is the first of a queue, which it leaves.
func next(queue *[]zsock.Event) zsock.Event {
	e := (*queue)[0]
	*queue = (*queue)[1:]
	return e
}

// waitFor waits until a queue of the collector has an event; false when none came in that time.
func (c *collector) waitFor(queue *[]zsock.Event, most time.Duration) bool {
	deadline := time.NewTimer(most)
	defer deadline.Stop()
	for len(*queue) == 0 {
		select {
		case <-c.Inbox().Ready():
			c.take()
		case <-deadline.C:
			return false
		}
	}
	return true
}

// wait waits for the next message or Writable. It may be called from any one goroutine.
func (c *collector) wait() (zsock.Event, error) {
	if !c.waitFor(&c.events, patience) {
		return zsock.Event{}, fmt.Errorf("no event within %v", patience)
	}
	return next(&c.events), nil
}

// event waits for the next message or Writable.
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

// poll looks for a message or Writable for a moment.
func (c *collector) poll() (zsock.Event, bool) {
	if !c.waitFor(&c.events, moment) {
		return zsock.Event{}, false
	}
	return next(&c.events), true
}

// quiet wants that no message or Writable comes.
func (c *collector) quiet() {
	c.t.Helper()
	if e, ok := c.poll(); ok {
		c.t.Errorf("got event %s %.100q, want none", e.Type, e.Frames)
	}
}

// told waits until the transport has said that of the link, or of a listener if nil, and forgets what it said before.
// It returns false at once for a transport that never says it.
func (c *collector) told(what zsock.EventType, l zsock.Link) (zsock.Event, bool) {
	c.t.Helper()
	if c.end.silent {
		return zsock.Event{}, false
	}
	deadline := time.Now().Add(patience)
	for c.waitFor(&c.news, time.Until(deadline)) {
		if e := next(&c.news); e.Type == what && e.Link == l {
			return e, true
		}
	}
	c.t.Fatalf("was not told %s within %v", what, patience)
	panic("unreachable")
}

// until repeats an action until a message of those frames has come, and returns it. Others before it are skipped.
func (c *collector) until(action func(), frames ...string) zsock.Event {
	c.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		action()
		if e, ok := c.poll(); ok && e.Type == zsock.Message && same(e.Frames, frames) {
			return e
		}
	}
	c.t.Fatalf("no message %.200q within %v", frames, patience)
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
		if !same(e.Frames, frames) {
			c.t.Fatalf("got frames %.200q, want %.200q", e.Frames, frames)
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
	if !same(e.Frames, frames) {
		c.t.Fatalf("got frames %.200q, want %.200q", e.Frames, frames)
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

// relisten listens where somebody else did until now: closed means free, perhaps a moment later.
func (c *collector) relisten(o zsock.ListenOptions) zsock.Listener {
	c.t.Helper()
	if o.Kind == 0 {
		o.Kind = zsock.Router
	}
	o.Security = c.end.server
	deadline := time.Now().Add(patience)
	for {
		l, err := c.Listen(o)
		if err == nil {
			return l
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("listen where nobody is any more: %v", err)
		}
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
	if o.Security.Mechanism == zsock.Null && o.Security.Authenticate == nil {
		o.Security = c.end.server
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
	if o.Security.Mechanism == zsock.Null {
		o.Security = c.end.client
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

func same(got [][]byte, want []string) bool {
	return slices.EqualFunc(got, want, func(g []byte, w string) bool { return string(g) == w })
}

// eventually waits for what no event tells.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("no %s within %v", what, patience)
		}
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
