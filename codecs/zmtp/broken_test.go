package zmtp_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// real is a set of sockets on this machine.
func real(t *testing.T, transport zmtp.Transport, o zsock.Options) *place {
	t.Helper()
	s, err := transport.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &place{t: t, Sockets: s}
}

// late is a connection whose Write returns late, and with nothing written, once it is told to: as does a writer that is not
// scheduled while its connection is replaced.
type late struct {
	net.Conn
	now, inside, free chan struct{}
	once              sync.Once
}

func (c *late) Write(b []byte) (int, error) {
	select {
	case <-c.now:
		c.once.Do(func() { close(c.inside) })
		<-c.free
		return 0, net.ErrClosed
	default:
		return c.Conn.Write(b)
	}
}

// TestRedialKeepsOrder: what an old connection's writer gives back goes ahead of what was queued meanwhile.
func TestRedialKeepsOrder(t *testing.T) {
	for _, more := range []int{0, 5} {
		in := real(t, zmtp.Transport{}, zsock.Options{})
		r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
		first := &late{now: make(chan struct{}), inside: make(chan struct{}), free: make(chan struct{})}
		out := real(t, zmtp.Transport{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := (&net.Dialer{}).DialContext(ctx, network, address)
			if first.Conn == nil && err == nil {
				first.Conn = c
				return first, nil
			}
			return c, err
		}}, zsock.Options{})
		l := out.dial(zsock.DialOptions{Endpoint: r.Endpoint()})
		out.next(zsock.Up)
		close(first.now)
		send := func(i int) {
			if err := l.Send([][]byte{[]byte(strconv.Itoa(i))}); err != nil {
				t.Fatal(err)
			}
		}
		send(0)
		<-first.inside
		for i := range more {
			send(1 + i)
		}
		if err := l.Redial(r.Endpoint()); err != nil {
			t.Fatal(err)
		}
		out.next(zsock.Up)
		close(first.free)
		for i := 0; i <= more; {
			e := in.any()
			if e.Type != zsock.Message {
				continue
			}
			if string(e.Frames[0]) != strconv.Itoa(i) {
				t.Fatalf("got %q, want %d", e.Frames, i)
			}
			i++
		}
		if got := out.Stats().Lost; got != 0 {
			t.Errorf("%d messages lost", got)
		}
	}
}

// TestHeartbeatOfSlowConsumer: while it is we who do not take what came, the other end's silence says nothing.
func TestHeartbeatOfSlowConsumer(t *testing.T) {
	const n = 500
	in := real(t, zmtp.Transport{}, zsock.Options{Inbox: 10})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*", Heartbeat: 100 * time.Millisecond})
	out := real(t, zmtp.Transport{}, zsock.Options{})
	l := out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Heartbeat: 100 * time.Millisecond})
	out.next(zsock.Up)
	in.next(zsock.Up)
	for i := range n {
		if err := l.Send([][]byte{[]byte(strconv.Itoa(i))}); err != nil {
			t.Fatal(err)
		}
	}
	<-time.After(600 * time.Millisecond) // we are busy with something else, and yet give signs of life
	for i := range n {
		if e := in.next(zsock.Message); string(e.Frames[0]) != strconv.Itoa(i) {
			t.Fatalf("got %q, want %d", e.Frames, i)
		}
	}
	for _, e := range out.Inbox().Take(nil) {
		if e.Type == zsock.Down {
			t.Errorf("given up: %v", e.Err)
		}
	}
}

// TestLingerWithUnreadInput: what a link has queued arrives, even if there is something in it that nobody read.
func TestLingerWithUnreadInput(t *testing.T) {
	const n = 900
	in := real(t, zmtp.Transport{}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	out := real(t, zmtp.Transport{}, zsock.Options{Inbox: 1})
	l := out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Linger: patience})
	in.next(zsock.Up)
	for range 300 {
		r.Send([]byte("alice"), [][]byte{make([]byte, 1000)})
	}
	for i := range n {
		if err := l.Send([][]byte{[]byte(strconv.Itoa(i)), make([]byte, 10_000)}); err != nil {
			t.Fatal(err)
		}
	}
	closed := make(chan error)
	go func() { closed <- out.Close() }()
	for i := range n {
		if e := in.next(zsock.Message); string(e.Frames[0]) != strconv.Itoa(i) {
			t.Fatalf("got %q, want %d", e.Frames, i)
		}
	}
	in.next(zsock.Down)
	if err := <-closed; err != nil {
		t.Error(err)
	}
}

// TestCloseAmidDialling closes sets about when attempts that hang give up their place to the next.
func TestCloseAmidDialling(t *testing.T) {
	hang := zmtp.Transport{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, errors.New("nobody is there")
	}}
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			s, err := hang.Open(zsock.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			for range 12 {
				s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1"})
			}
			<-time.After(time.Duration(18_000+40*(i%100)) * time.Microsecond)
			s.Close()
		})
	}
	all.Wait()
}

// ipc is an endpoint in the file system. The test ends here where a system has none.
func ipc(t *testing.T) string {
	t.Helper()
	path := t.TempDir() + "/socket"
	l, err := net.Listen("unix", path)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("this system has no such sockets: ", err)
	}
	l.Close()
	return "ipc://" + path
}

// TestIPCTwice: of two that listen at once at a path where a dead process left a socket, one gets it.
func TestIPCTwice(t *testing.T) {
	for range 20 {
		path := t.TempDir() + "/socket"
		dead, err := net.Listen("unix", path)
		if err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip("this system has no such sockets: ", err)
		}
		dead.(*net.UnixListener).SetUnlinkOnClose(false)
		dead.Close()
		var all sync.WaitGroup
		var mu sync.Mutex
		got := 0
		for range 4 {
			s := real(t, zmtp.Transport{}, zsock.Options{})
			all.Go(func() {
				if _, err := s.Sockets.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "ipc://" + path}); err == nil {
					mu.Lock()
					got++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		if got != 1 {
			t.Errorf("%d got it", got)
		}
	}
}

// hidden is a listener whose connections are not recognized as the system's.
type hidden struct{ net.Listener }

func (h hidden) Accept() (net.Conn, error) {
	c, err := h.Listener.Accept()
	return struct{ net.Conn }{c}, err
}

// TestHandoverDeliversWhatHadArrived: what came over the old connection is told before the new one is.
func TestHandoverDeliversWhatHadArrived(t *testing.T) {
	for name, transport := range map[string]zmtp.Transport{
		"system": {},
		"ipc":    {},
		"other": {Listen: func(ctx context.Context, network, address string) (net.Listener, error) {
			l, err := new(net.ListenConfig).Listen(ctx, network, address)
			return hidden{l}, err
		}},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 300
			in := real(t, transport, zsock.Options{Inbox: 10})
			endpoint := "tcp://127.0.0.1:*"
			if name == "ipc" {
				endpoint = ipc(t)
			}
			r := in.listen(zsock.ListenOptions{Endpoint: endpoint})
			join := func() net.Conn {
				scheme, address, _ := strings.Cut(r.Endpoint(), "://")
				c, err := net.Dial(map[string]string{"tcp": "tcp", "ipc": "unix"}[scheme], address)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { c.Close() })
				if _, err := c.Write(zmtp.GreetingAndReady("DEALER", "alice")); err != nil {
					t.Fatal(err)
				}
				if _, err := io.ReadFull(c, make([]byte, len(zmtp.GreetingAndReady("ROUTER", "")))); err != nil {
					t.Fatal(err)
				}
				return c
			}
			old := join()
			in.next(zsock.Up)
			var all []byte
			for i := range n {
				all = append(all, zmtp.Frame(append([]byte(strconv.Itoa(i)), make([]byte, 100)...))...)
			}
			if _, err := old.Write(all); err != nil {
				t.Fatal(err)
			}
			old.Close() // nobody has read that far yet
			join()
			for i := range n {
				if e := in.next(zsock.Message); len(e.Frames[0]) != len(strconv.Itoa(i))+100 {
					t.Fatalf("message %d: got %d octets", i, len(e.Frames[0]))
				}
			}
			in.next(zsock.Down)
			in.next(zsock.Up)
		})
	}
}

// TestNewsWhileSuspended: that a link is down is told even while nobody takes messages.
func TestNewsWhileSuspended(t *testing.T) {
	far := real(t, zmtp.Transport{}, zsock.Options{})
	to := far.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	in := real(t, zmtp.Transport{}, zsock.Options{Inbox: 1})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	in.dial(zsock.DialOptions{Endpoint: to.Endpoint(), SendOnly: true})
	in.next(zsock.Up)
	chatter := real(t, zmtp.Transport{}, zsock.Options{}).dial(zsock.DialOptions{Endpoint: r.Endpoint()})
	in.next(zsock.Up)
	for range 100 {
		if err := chatter.Send([][]byte{[]byte("chatter")}); err != nil {
			t.Fatal(err)
		}
	}
	for deadline := time.Now().Add(patience); in.Stats().Waiting == 0; {
		if time.Now().After(deadline) {
			t.Fatal("no message came")
		}
	}
	if err := far.Close(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.After(patience); ; {
		for _, e := range in.Inbox().TakeNews(nil) {
			if e.Type == zsock.Down || e.Type == zsock.Failed { // to connect anew may have failed already
				return
			}
		}
		select {
		case <-in.Inbox().Ready():
		case <-deadline:
			t.Fatal("nobody is told that the link is down")
		}
	}
}
