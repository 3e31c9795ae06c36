package zmtp_test

import (
	"context"
	"io"
	"net"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// come connects as a DEALER of that identity that says nothing by itself, and hears what is said to it, or not.
func come(t *testing.T, c net.Conn, identity string, hears bool) net.Conn {
	t.Helper()
	t.Cleanup(func() { c.Close() })
	go c.Write(zmtp.GreetingAndReady("DEALER", identity))
	if _, err := io.ReadFull(c, make([]byte, len(zmtp.GreetingAndReady("ROUTER", "")))); err != nil {
		t.Fatal(err)
	}
	if hears {
		go io.Copy(io.Discard, c)
	}
	return c
}

// TestProbeWithoutSystem: where no system tells what it acknowledged, who answers a PING within a second is alive, and whoever says
// anything.
func TestProbeWithoutSystem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		a, b, c := at(t, &n, "10.0.0.1"), at(t, &n, "10.0.0.2"), at(t, &n, "10.0.0.3")
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		l := a.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000", SendOnly: true})
		b.next(zsock.Up)
		began := time.Now()
		impostor := c.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000"})
		if e := b.next(zsock.Failed); e.Addr.String() != "10.0.0.3" {
			t.Errorf("got %+v", e)
		}
		if took := time.Since(began); took >= time.Second/2 {
			t.Errorf("it took %v to find out that somebody is alive", took)
		}
		impostor.Drop()
		<-time.After(2 * time.Second) // it may have come once more, and then that is being found out about
		b.events = nil
		b.Inbox().Take(nil)
		taken := b.Stats().Taken
		l.Drop()
		b.next(zsock.Down)
		dial := func(h string, hears bool) net.Conn {
			conn, err := n.Host(h).Dial(t.Context(), "tcp4", "10.0.0.2:5000")
			if err != nil {
				t.Fatal(err)
			}
			return come(t, conn, "alice", hears)
		}
		old := dial("10.0.0.4", true)
		b.next(zsock.Up)
		began = time.Now()
		newer := dial("10.0.0.5", true)
		if e := b.next(zsock.Down); e.Addr.String() != "10.0.0.4" {
			t.Errorf("got %+v", e)
		}
		if e := b.next(zsock.Up); e.Addr.String() != "10.0.0.5" {
			t.Errorf("got %+v", e)
		}
		if took := time.Since(began); took < time.Second || took > 1100*time.Millisecond {
			t.Errorf("taken over after %v, want 1 s", took)
		}
		old.Close()
		dial("10.0.0.6", true)
		<-time.After(time.Second / 2)
		if _, err := newer.Write(zmtp.Frame([]byte("I am here"))); err != nil {
			t.Error(err)
		}
		b.next(zsock.Message)
		if e := b.next(zsock.Failed); e.Addr.String() != "10.0.0.6" {
			t.Errorf("got %+v", e)
		}
		if s := b.Stats(); s.Taken != taken+1 {
			t.Errorf("Stats: %+v", s)
		}
	})
}

// TestProbeTwo: of two who come for what a dead one had, one gets it.
func TestProbeTwo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := at(t, &n, "10.0.0.2")
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		for _, h := range []string{"10.0.0.3", "10.0.0.4", "10.0.0.5"} {
			c, err := n.Host(h).Dial(t.Context(), "tcp4", "10.0.0.2:5000")
			if err != nil {
				t.Fatal(err)
			}
			come(t, c, "alice", false)
			if h == "10.0.0.3" {
				b.next(zsock.Up)
			}
		}
		counts := map[zsock.EventType]int{}
		for range 3 {
			counts[b.any().Type]++
		}
		if counts[zsock.Down] != 1 || counts[zsock.Up] != 1 || counts[zsock.Failed] != 1 {
			t.Errorf("got %v", counts)
		}
	})
}

// TestProbeAndClose: who closes a listener need not wait until a probe is over.
func TestProbeAndClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := at(t, &n, "10.0.0.2")
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		for range 2 {
			c, err := n.Host("10.0.0.3").Dial(t.Context(), "tcp4", "10.0.0.2:5000")
			if err != nil {
				t.Fatal(err)
			}
			come(t, c, "alice", false)
		}
		synctest.Wait()
		began := time.Now()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took >= time.Second/2 {
			t.Errorf("it took %v", took)
		}
	})
}

// TestSquatter: who came under an identity, and said nothing for a second, has to give way to who comes after it.
func TestSquatter(t *testing.T) {
	for _, spoke := range []string{"nobody", "listener", "dealer"} {
		synctest.Test(t, func(t *testing.T) {
			var n zsocktest.Network
			a, b, c := at(t, &n, "10.0.0.1"), at(t, &n, "10.0.0.2"), at(t, &n, "10.0.0.3")
			r := b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
			l := a.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000"})
			b.next(zsock.Up)
			switch spoke {
			case "listener":
				if err := r.Send([]byte("alice"), [][]byte{[]byte("hello")}); err != nil {
					t.Fatal(err)
				}
			case "dealer":
				if err := l.Send([][]byte{[]byte("hello")}); err != nil {
					t.Fatal(err)
				}
				b.next(zsock.Message)
			}
			time.Sleep(1100 * time.Millisecond)
			c.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000"})
			want := zsock.Failed
			if spoke == "nobody" {
				want = zsock.Down
			}
			b.next(want)
		})
	}
}

// TestProbeKnowing: a connection that knows that it has acknowledged everything is alive.
func TestProbeKnowing(t *testing.T) {
	for _, outstanding := range []time.Duration{0, time.Second} {
		synctest.Test(t, func(t *testing.T) {
			var n zsocktest.Network
			h := n.Host("10.0.0.2")
			s, err := zmtp.Transport{Dial: h.Dial, Listen: func(ctx context.Context, network, address string) (net.Listener, error) {
				l, err := h.Listen(ctx, network, address)
				return knowingListener{l, outstanding}, err
			}}.Open(zsock.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			b := &place{t: t, Sockets: s, Host: h}
			b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
			for range 2 {
				c, err := n.Host("10.0.0.3").Dial(t.Context(), "tcp4", "10.0.0.2:5000")
				if err != nil {
					t.Fatal(err)
				}
				come(t, c, "alice", true)
			}
			b.next(zsock.Up)
			want := zsock.Failed
			if outstanding > 0 {
				want = zsock.Down
			}
			b.next(want)
		})
	}
}

type knowingListener struct {
	net.Listener
	outstanding time.Duration
}

func (l knowingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return knowing{c, l.outstanding}, nil
}

// TestProbeIPC: who is on the same machine and has not hung up is alive, even if it does not answer.
func TestProbeIPC(t *testing.T) {
	endpoint := ipc(t)
	in := real(t, zmtp.Transport{}, zsock.Options{})
	in.listen(zsock.ListenOptions{Endpoint: endpoint})
	join := func() net.Conn {
		c, err := net.Dial("unix", endpoint[len("ipc://"):])
		if err != nil {
			t.Fatal(err)
		}
		return come(t, c, "alice", false)
	}
	old := join()
	in.next(zsock.Up)
	join()
	in.next(zsock.Failed)
	old.Close()
	in.next(zsock.Down)
	join()
	in.next(zsock.Up)
}

// TestProbeInproc: a link of the same set that is not read from is alive.
func TestProbeInproc(t *testing.T) {
	s := real(t, zmtp.Transport{}, zsock.Options{Inbox: 1})
	r := s.listen(zsock.ListenOptions{Endpoint: "inproc://here"})
	s.dial(zsock.DialOptions{Endpoint: "inproc://here"})
	for ups := 0; ups < 2; {
		if s.any().Type == zsock.Up {
			ups++
		}
	}
	for range 5 {
		if err := r.Send([]byte("alice"), [][]byte{[]byte("hello")}); err != nil {
			t.Fatal(err)
		}
	}
	s.dial(zsock.DialOptions{Endpoint: "inproc://here"})
	for deadline := time.Now().Add(patience); s.Stats().Taken == 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("nobody was refused")
		}
	}
}
