package harmony_test

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
)

// nobody is an endpoint where nobody listens, on an address of loopback that no other test uses.
const nobody = "tcp://127.0.0.77:1"

func send(t *testing.T, from, to *node, frames ...string) {
	t.Helper()
	if err := from.Send(to.id, octets(frames...)); err != nil {
		t.Fatal(err)
	}
}

func octets(frames ...string) [][]byte {
	b := make([][]byte, len(frames))
	for i, f := range frames {
		b[i] = []byte(f)
	}
	return b
}

// message wants a message of those frames from that node.
func (n *node) message(from *node, frames ...string) {
	n.t.Helper()
	e := n.event()
	if e.Type != harmony.Message || e.Peer != from.id || fmt.Sprintf("%q", e.Frames) != fmt.Sprintf("%q", frames) {
		n.t.Fatalf("got %s of %X %.100q, want message of %X %q", e.Type, e.Peer, e.Frames, from.id, frames)
	}
}

func TestListenPort(t *testing.T) {
	n := listen(t, 'a', harmony.Config{})
	if n.Port() < 49152 {
		t.Errorf("port %d is not one of 49152 to 65535", n.Port())
	}
	if want := fmt.Sprintf("tcp://0.0.0.0:%d", n.Port()); n.Endpoint() != want {
		t.Errorf("got endpoint %s, want %s", n.Endpoint(), want)
	}
	bound := listen(t, 'b', harmony.Config{Bind: netip.MustParseAddr("127.0.0.1")})
	if !strings.HasPrefix(bound.Endpoint(), "tcp://127.0.0.1:") {
		t.Errorf("got endpoint %s, want one on 127.0.0.1", bound.Endpoint())
	}
	connect(t, n, bound)
	send(t, n, bound, "hello")
	bound.message(n, "hello")
}

func TestListenErrors(t *testing.T) {
	if _, err := harmony.Listen(harmony.Config{}); err == nil || !strings.Contains(err.Error(), "Transport") {
		t.Errorf("without a transport: got %v", err)
	}
	strange := netip.MustParseAddr("192.0.2.1") // documentation only: no host has it
	if _, err := harmony.Listen(harmony.Config{Transport: transport, Bind: strange}); err == nil {
		t.Error("listening at an address that we do not have gave no error")
	}
}

func TestConnectEndpoints(t *testing.T) {
	n := listen(t, 'a', harmony.Config{})
	for _, endpoint := range []string{
		"", "tcp://", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://localhost:5000", "tcp://0.0.0.0:5000",
		"tcp://*:5000", "127.0.0.1:5000", "udp://127.0.0.1:5000", "ipc:///tmp/x", "inproc://x", "tcp://eth0;127.0.0.1:5000",
		"tcp://127.0.0.1:5000 ", "tcp://127.0.0.1:5000\x00", strings.Repeat("x", 100_000),
	} {
		if err := n.Connect(harmony.ID{1}, endpoint); !errors.Is(err, harmony.ErrEndpoint) || len(err.Error()) > 600 {
			t.Errorf("%.50q: got %.600v, want ErrEndpoint", endpoint, err)
		}
		if err := n.Redial(harmony.ID{1}, endpoint); !errors.Is(err, harmony.ErrEndpoint) {
			t.Errorf("%.50q: Redial: got %.600v, want ErrEndpoint", endpoint, err)
		}
	}
	for i, endpoint := range []string{nobody, "tcp://[::1]:5", "tcp://[fe80::1%lo]:5"} {
		if err := n.Connect(harmony.ID{byte(i)}, endpoint); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if s := n.Stats(); s.Peers != 3 {
		t.Errorf("%d peers, want 3", s.Peers)
	}
}

func TestConnectNames(t *testing.T) {
	n, b := listen(t, 'a', harmony.Config{Names: true}), listen(t, 'b', harmony.Config{})
	for _, endpoint := range []string{
		"tcp://", "tcp://:5000", "tcp://a", "tcp://a:0", "tcp://a:65536", "tcp://a b:5000", "tcp://a..b:5000", "tcp://*:5000", "ipc://a:5000",
		"tcp://0.0.0.0:5000", "tcp://a\x00:5000", "tcp://eth0;a:5000", "tcp://a:5000:6000", "tcp://" + strings.Repeat("a.", 127) + "a:5000",
		"tcp://" + strings.Repeat("a", 64) + ":5000", "tcp://.:5000",
	} {
		if err := n.Connect(harmony.ID{1}, endpoint); !errors.Is(err, harmony.ErrEndpoint) {
			t.Errorf("%.50q: got %v, want ErrEndpoint", endpoint, err)
		}
	}
	if err := n.Connect(b.id, fmt.Sprintf("tcp://localhost:%d", b.Port())); err != nil {
		t.Fatal(err)
	}
	send(t, n, b, "hello")
	b.message(n, "hello")
	if err := n.Redial(b.id, "tcp://127.0.0.1:"+strconv.Itoa(int(b.Port()))); err != nil {
		t.Error(err)
	}
}

func TestUnknownPeer(t *testing.T) {
	n := listen(t, 'a', harmony.Config{})
	if err := n.Send(harmony.ID{9}, octets("x")); !errors.Is(err, harmony.ErrUnknownPeer) {
		t.Errorf("Send: got %v", err)
	}
	if err := n.Redial(harmony.ID{9}, nobody); !errors.Is(err, harmony.ErrUnknownPeer) {
		t.Errorf("Redial: got %v", err)
	}
	n.Disconnect(harmony.ID{9})
}

// TestFullIsSticky: between ErrFull and the taking of Writable nothing overtakes what waits.
func TestFullIsSticky(t *testing.T) {
	a, b := listen(t, 'a', harmony.Config{HighWater: 2}), listen(t, 'b', harmony.Config{})
	if err := a.Connect(b.id, nobody); err != nil {
		t.Fatal(err)
	}
	send(t, a, b, "0")
	send(t, a, b, "1")
	full := func() {
		t.Helper()
		if err := a.Send(b.id, octets("x")); !errors.Is(err, harmony.ErrFull) {
			t.Fatalf("got %v, want ErrFull", err)
		}
	}
	full()
	if err := a.Redial(b.id, b.address()); err != nil {
		t.Fatal(err)
	}
	for writable := false; !writable; {
		select {
		case <-a.Ready():
		case <-time.After(20 * time.Second):
			t.Fatal("Writable did not come")
		}
		full() // there may be room, but nobody took notice
		for _, e := range a.Take(nil) {
			writable = writable || e.Type == harmony.Writable && e.Peer == b.id
		}
	}
	send(t, a, b, "2")
	for { // what was queued before Redial may be lost
		e := b.event()
		if string(e.Frames[0]) == "2" {
			break
		}
	}
	if s := a.Stats(); s.Full != 1 || s.Sent != 3 || s.Peers != 1 {
		t.Errorf("Stats: %+v, want 1 full, 3 sent, 1 peer", s)
	}
}

// TestFullPeerHoldsUpNobody: one peer that is full leaves the others alone.
func TestFullPeerHoldsUpNobody(t *testing.T) {
	a, b, dead := listen(t, 'a', harmony.Config{HighWater: 5}), listen(t, 'b', harmony.Config{}), harmony.ID{'d'}
	if err := a.Connect(dead, nobody); err != nil {
		t.Fatal(err)
	}
	connect(t, a, b)
	for i := range 20 {
		if err := a.Send(dead, octets("x")); (err == nil) != (i < 5) {
			t.Fatalf("message %d to the dead: %v", i, err)
		}
		send(t, a, b, strconv.Itoa(i))
		b.message(a, strconv.Itoa(i))
	}
}

// TestConnectAnew: the old link goes with its queue, and what it still had to tell is not taken for the new one's.
func TestConnectAnew(t *testing.T) {
	seen := &watched{Transport: transport}
	a, b := listen(t, 'a', harmony.Config{HighWater: 1, Transport: seen}), listen(t, 'b', harmony.Config{})
	for range 5 {
		if err := a.Connect(b.id, nobody); err != nil {
			t.Fatal(err)
		}
		send(t, a, b, "old life")
		if err := a.Send(b.id, octets("x")); !errors.Is(err, harmony.ErrFull) {
			t.Fatalf("got %v, want ErrFull", err)
		}
	}
	if err := a.Redial(b.id, b.address()); err != nil {
		t.Fatal(err)
	}
	<-a.Ready() // the old link is writable
	connect(t, a, b)
	if got := a.Take(nil); len(got) != 0 {
		t.Errorf("got events %v of a link that is gone", got)
	}
	send(t, a, b, "new life")
	for e := b.event(); string(e.Frames[0]) != "new life"; e = b.event() {
	}
	if n := seen.Stats().Sockets; n != 2 {
		t.Errorf("%d sockets are open, want the ROUTER and one DEALER", n)
	}
	a.Disconnect(b.id)
	if err := a.Send(b.id, octets("x")); !errors.Is(err, harmony.ErrUnknownPeer) {
		t.Errorf("got %v, want ErrUnknownPeer", err)
	}
	if n := seen.Stats().Sockets; n != 1 {
		t.Errorf("%d sockets are open, want the ROUTER", n)
	}
}

// watched is a transport that notes how its sockets are made.
type watched struct {
	zsock.Transport
	zsock.Sockets
	opened  zsock.Options
	listens []zsock.ListenOptions
	dials   []zsock.DialOptions
	taken   int // that many ports are said to be taken
}

func (w *watched) Open(o zsock.Options) (s zsock.Sockets, err error) {
	w.opened = o
	w.Sockets, err = w.Transport.Open(o)
	return w, err
}

func (w *watched) Listen(o zsock.ListenOptions) (zsock.Listener, error) {
	w.listens = append(w.listens, o)
	if len(w.listens) <= w.taken {
		return nil, fmt.Errorf("bind: %w", syscall.EADDRINUSE)
	}
	return w.Sockets.Listen(o)
}

func (w *watched) Dial(o zsock.DialOptions) (zsock.Link, error) {
	w.dials = append(w.dials, o)
	return w.Sockets.Dial(o)
}

func TestSocketOptions(t *testing.T) {
	w := &watched{Transport: transport}
	a := listen(t, 'a', harmony.Config{
		Transport: w, MaxMessage: 1000, Inbox: 1, InboxOctets: 2, Connections: 3, ConnectionsPerAddress: 4, UnfinishedOctets: 5000, QueuedOctets: 6000, Dials: 7,
	})
	if err := a.Connect(harmony.ID{'b'}, nobody); err != nil {
		t.Fatal(err)
	}
	o := w.dials[0]
	if o.Kind != zsock.Dealer || !o.SendOnly || o.HighWater != 3000 || o.HighWaterOctets != 64<<20 || o.Linger <= 0 || o.Linger > 200*time.Millisecond {
		t.Errorf("DEALER with %+v", o)
	}
	if want := "\x01a" + strings.Repeat("\x00", 15); string(o.Identity) != want {
		t.Errorf("got identity %q, want %q", o.Identity, want)
	}
	if l := w.listens[0]; l.Kind != zsock.Router || l.MaxMessage != 1000 || string(l.Identity) != string(o.Identity) {
		t.Errorf("ROUTER with %+v", l)
	}
	w.opened.Log = nil
	if want := (zsock.Options{
		Inbox: 1, InboxOctets: 2, Connections: 3, ConnectionsPerAddress: 4, UnfinishedOctets: 5000, QueuedOctets: 6000, Dials: 7,
	}); w.opened != want {
		t.Errorf("set with %+v", w.opened)
	}
}

// TestPortsTaken: other ports of the range are tried, then any.
func TestPortsTaken(t *testing.T) {
	w := &watched{Transport: transport, taken: 3}
	if a := listen(t, 'a', harmony.Config{Transport: w}); a.Port() < 49152 || len(w.listens) < 4 {
		t.Errorf("port %d after %d attempts", a.Port(), len(w.listens))
	}
	w = &watched{Transport: transport, taken: 32}
	a := listen(t, 'a', harmony.Config{Transport: w})
	if last := w.listens[32].Endpoint; last != "tcp://0.0.0.0:*" || a.Port() == 0 {
		t.Errorf("port %d at endpoint %s, want any port", a.Port(), last)
	}
	w = &watched{Transport: transport, taken: 1000}
	if _, err := harmony.Listen(harmony.Config{Transport: w}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v, want EADDRINUSE", err)
	}
}

func TestStrangeIdentities(t *testing.T) {
	n := listen(t, 'n', harmony.Config{})
	good := listen(t, 'g', harmony.Config{})
	s, err := transport.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, identity := range []string{"", "\x01", "\x01" + strings.Repeat("i", 15), "\x01" + strings.Repeat("i", 17), strings.Repeat("i", 17), strings.Repeat("i", 255)} {
		l, err := s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: n.address(), Identity: []byte(identity)})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Send(octets("strange")); err != nil {
			t.Fatal(err)
		}
	}
	connect(t, good, n)
	for n.Stats().Dropped < 6 {
		send(t, good, n, "good")
		n.message(good, "good")
	}
}

func TestGoodbyeLeaves(t *testing.T) {
	b := listen(t, 'b', harmony.Config{})
	for range 10 {
		a := listen(t, 'a', harmony.Config{})
		connect(t, a, b)
		send(t, a, b, "hello")
		b.message(a, "hello")
		send(t, a, b, "goodbye")
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		b.message(a, "goodbye")
	}
}

func TestClose(t *testing.T) {
	a, b := listen(t, 'a', harmony.Config{}), listen(t, 'b', harmony.Config{})
	connect(t, a, b)
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for what, err := range map[string]error{
		"Connect": a.Connect(b.id, b.address()), "Send": a.Send(b.id, octets("x")), "Redial": a.Redial(b.id, b.address()),
	} {
		if !errors.Is(err, harmony.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", what, err)
		}
	}
	a.Disconnect(b.id)
}

// TestBusy does everything at once; the race detector is the judge.
func TestBusy(t *testing.T) {
	a, b := listen(t, 'a', harmony.Config{HighWater: 10}), listen(t, 'b', harmony.Config{Inbox: 10})
	connect(t, a, b)
	stop := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-a.Ready():
				a.Take(nil)
			}
		}
	})
	for i := range 2 {
		all.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				a.Send(b.id, octets("x"))
				switch {
				case n > 2000: // as fast as they can be asked for, new connections only test how a transport drowns
					runtime.Gosched()
				case n%100 == 0 && i == 0:
					a.Redial(b.id, b.address())
				case n%250 == 0 && i == 1:
					a.Connect(b.id, b.address())
				}
				a.Stats()
			}
		})
	}
	for range 200 {
		b.event()
	}
	close(stop)
	all.Wait()
}
