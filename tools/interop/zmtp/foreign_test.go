package zmtp

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/tools/netlab"
)

// patience is how long a test may take. Nothing is asserted about how soon things happen.
const patience = time.Minute

// ourTransport is what is tested.
var ourTransport zsock.Transport = zmtp.Transport{}

// brand is a make of ZeroMQ that is not ours.
type brand struct {
	name    string
	curve   bool // knows CURVE
	beats   bool // knows heartbeats, and tells UP
	judges  bool // a server of PLAIN looks at the password
	program func(t *testing.T, ctx context.Context) *exec.Cmd
}

var brands = []brand{
	{"pyzmq", true, true, true, func(t *testing.T, ctx context.Context) *exec.Cmd {
		python, err := Python()
		if err != nil {
			netlab.Refuse(t, err.Error())
		}
		return exec.CommandContext(ctx, python, "peers/pyzmq.py")
	}},
	{"zeromq.js", true, true, true, func(t *testing.T, ctx context.Context) *exec.Cmd {
		node, err := exec.LookPath("node")
		if err != nil {
			netlab.Refuse(t, "node is missing: install Node.js")
		}
		if _, err := os.Stat("../node_modules/zeromq/package.json"); err != nil {
			netlab.Refuse(t, "zeromq.js is missing: run npm ci in tools/interop")
		}
		return exec.CommandContext(ctx, node, "peers/zeromq.js")
	}},
	{"go-zeromq", false, false, false, func(t *testing.T, ctx context.Context) *exec.Cmd {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(ctx, self)
		cmd.Env = append(os.Environ(), goZeroMQEnv+"=1")
		return cmd
	}},
}

// eachBrand runs a test with every brand that can do it.
func eachBrand(t *testing.T, can func(brand) bool, test func(t *testing.T, b brand)) {
	for _, b := range brands {
		if can(b) {
			t.Run(b.name, func(t *testing.T) { t.Parallel(); test(t, b) })
		}
	}
}

func every(brand) bool { return true }

// theirs is a foreign socket that ends with the test.
type theirs struct {
	t *testing.T
	*socket
	ended bool
}

// open starts a foreign socket. It binds to a free port, or to the endpoint after bind, or connects to the one after connect.
func (b brand) open(t *testing.T, kind, how, endpoint string, options ...string) *theirs {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience) // its end is ours to wait for, not the test's
	t.Cleanup(cancel)
	cmd := b.program(t, ctx)
	cmd.Args = append(cmd.Args, append([]string{kind, how, endpoint}, options...)...)
	s, err := run(ctx, cmd)
	if err != nil {
		t.Fatalf("%s: %v", b.name, err)
	}
	p := &theirs{t: t, socket: s}
	t.Cleanup(p.quit)
	return p
}

// quit closes the socket and waits for its program.
func (p *theirs) quit() {
	p.t.Helper()
	if p.ended {
		return
	}
	p.ended = true
	if err := p.end(); err != nil {
		p.t.Error(err)
	}
}

func (p *theirs) endpoint() string { return "tcp://" + p.addr }

// says gives a command.
func (p *theirs) says(words ...string) {
	p.t.Helper()
	if err := p.do(words...); err != nil {
		p.t.Fatal(err)
	}
}

// tells waits for an event.
func (p *theirs) tells(kind string) event {
	p.t.Helper()
	e, err := p.await(kind)
	if err != nil {
		p.t.Fatal(err)
	}
	return e
}

// ours is a set of our sockets with its consumer.
type ours struct {
	t *testing.T
	zsock.Sockets
	ctx   context.Context // ends when patience does
	batch []zsock.Event
	next  int
}

func open(t *testing.T) *ours {
	t.Helper()
	s, err := ourTransport.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(func() {
		cancel()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &ours{t: t, Sockets: s, ctx: ctx}
}

func (o *ours) dial(d zsock.DialOptions) zsock.Link {
	o.t.Helper()
	l, err := o.Dial(d)
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

func (o *ours) listen(l zsock.ListenOptions) zsock.Listener {
	o.t.Helper()
	if l.Endpoint == "" {
		l.Endpoint = "tcp://127.0.0.1:*"
	}
	r, err := o.Listen(l)
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

// event waits for the next event.
func (o *ours) event() zsock.Event {
	o.t.Helper()
	for o.next == len(o.batch) {
		select {
		case <-o.Inbox().Ready():
			o.batch, o.next = o.Inbox().Take(o.batch), 0
		case <-o.ctx.Done():
			o.t.Fatalf("no event: %v", o.ctx.Err())
		}
	}
	o.next++
	return o.batch[o.next-1]
}

// until waits for an event of that type and passes over what else happens to connections, but never over a message.
func (o *ours) until(kind zsock.EventType) zsock.Event {
	o.t.Helper()
	var last zsock.Event
	for o.ctx.Err() == nil {
		e := o.event()
		if e.Type == kind {
			return e
		}
		if last = e; e.Type == zsock.Message {
			break
		}
	}
	o.t.Fatalf("got %s %.100q, %v; want %s", last.Type, last.Frames, last.Err, kind)
	panic("unreachable")
}

// octets are the frames of a message.
func octets(frames ...string) [][]byte {
	b := make([][]byte, len(frames))
	for i, f := range frames {
		b[i] = []byte(f)
	}
	return b
}

// tapped is an endpoint behind which a tap listens in on one connection to another.
func tapped(t *testing.T, endpoint string) (*Tap, string) {
	t.Helper()
	tap, err := NewTap(strings.TrimPrefix(endpoint, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tap.Close)
	return tap, "tcp://" + tap.Addr()
}
