package zmtp_test

import (
	"errors"
	"strconv"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/codecs/zsock/zsocktest"
)

// place is a set of sockets on a machine of a network in memory.
type place struct {
	t *testing.T
	zsock.Sockets
	*zsocktest.Host
	events []zsock.Event
}

func at(t *testing.T, n *zsocktest.Network, addr string) *place {
	t.Helper()
	h := n.Host(addr)
	s, err := zmtp.Transport{Listen: h.Listen, Dial: h.Dial}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &place{t: t, Sockets: s, Host: h}
}

func (p *place) listen(o zsock.ListenOptions) zsock.Listener {
	p.t.Helper()
	o.Kind = zsock.Router
	if o.Endpoint == "" {
		o.Endpoint = "tcp://*:*"
	}
	l, err := p.Sockets.Listen(o)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

func (p *place) dial(o zsock.DialOptions) zsock.Link {
	p.t.Helper()
	o.Kind, o.Identity = zsock.Dealer, []byte("alice")
	l, err := p.Sockets.Dial(o)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

// next is the next event, which must be of that type.
func (p *place) next(want zsock.EventType) zsock.Event {
	p.t.Helper()
	e := p.any()
	if e.Type != want {
		p.t.Fatalf("got %s (%v), want %s", e.Type, e.Err, want)
	}
	return e
}

// any is the next event.
func (p *place) any() zsock.Event {
	p.t.Helper()
	for len(p.events) == 0 {
		select {
		case <-p.Inbox().Ready():
			p.events = p.Inbox().Take(nil)
		case <-time.After(time.Hour):
			p.t.Fatal("no event within an hour")
		}
	}
	e := p.events[0]
	p.events = p.events[1:]
	return e
}

// TestVirtualTime: refused, connected, broken, redialled, over a network and in a time that do not exist.
func TestVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		a, b := at(t, &n, "10.0.0.1"), at(t, &n, "10.0.0.2")
		l := a.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000"})
		began := time.Now()
		for range 10 {
			e := a.next(zsock.Failed)
			if !errors.Is(e.Err, syscall.ECONNREFUSED) || e.Link != l || e.Addr.String() != "10.0.0.2" {
				t.Errorf("got %+v", e)
			}
		}
		// 0.1, 0.2, 0.4, 0.8, 1.6 and then 2 s at most, of which each wait is the half at least.
		if waited := time.Since(began); waited < 5*time.Second || waited > 12*time.Second {
			t.Errorf("ten attempts took %v", waited)
		}
		r := b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		if e := a.next(zsock.Up); e.Link != l || e.Addr.String() != "10.0.0.2" {
			t.Errorf("got %+v", e)
		}
		if e := b.next(zsock.Up); string(e.Peer) != "alice" || e.Addr.String() != "10.0.0.1" || e.Link != nil {
			t.Errorf("got %+v", e)
		}
		for i := range 1000 {
			for l.Send([][]byte{[]byte(strconv.Itoa(i))}) != nil {
				a.next(zsock.Writable)
			}
			if e := b.next(zsock.Message); string(e.Frames[0]) != strconv.Itoa(i) {
				t.Fatalf("got %q, want %d", e.Frames, i)
			}
		}
		time.Sleep(24 * time.Hour) // nothing happens to a silent connection
		a.Break()
		a.next(zsock.Down)
		if e := b.next(zsock.Down); string(e.Peer) != "alice" || e.Err == nil {
			t.Errorf("got %+v", e)
		}
		began = time.Now()
		a.next(zsock.Up)
		b.next(zsock.Up)
		if waited := time.Since(began); waited > 0 {
			t.Errorf("a connection that had stood was made anew after %v", waited)
		}
		for i := range 2 { // it stood for no time at all: the other end may do that for ever
			a.Break()
			a.next(zsock.Down)
			b.next(zsock.Down)
			a.next(zsock.Up)
			b.next(zsock.Up)
			if waited := time.Since(began); (waited < 50*time.Millisecond) != (i == 0) {
				t.Errorf("made anew, for the %d. time, after %v", i+1, waited)
			}
		}
		if err := r.Send([]byte("alice"), [][]byte{[]byte("back")}); err != nil {
			t.Error(err)
		}
		a.next(zsock.Message)
		l.Drop()
		b.next(zsock.Down)
	})
}

// TestHeartbeat: a PING for each silence, and an end of a connection that does not answer.
func TestHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		a, b := at(t, &n, "10.0.0.1"), at(t, &n, "10.0.0.2")
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		l := a.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000", Heartbeat: time.Second})
		a.next(zsock.Up)
		b.next(zsock.Up)
		time.Sleep(time.Hour)
		if err := l.Send([][]byte{[]byte("still there")}); err != nil {
			t.Fatal(err)
		}
		b.next(zsock.Message) // PINGs were answered, for an hour
	})
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		a := at(t, &n, "10.0.0.1")
		deaf, err := n.Host("10.0.0.2").Listen(t.Context(), "tcp4", "0.0.0.0:5000")
		if err != nil {
			t.Fatal(err)
		}
		defer deaf.Close()
		a.dial(zsock.DialOptions{Endpoint: "tcp://10.0.0.2:5000", Heartbeat: time.Second})
		c, err := deaf.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go c.Write(zmtp.GreetingAndReady("ROUTER", ""))
		c.Read(make([]byte, 64)) // its greeting
		c.Read(make([]byte, 64)) // its READY; after that it hears nothing more
		a.next(zsock.Up)
		began := time.Now()
		a.next(zsock.Down)
		if silent := time.Since(began); silent != 2*time.Second {
			t.Errorf("broken after %v, want 2 s", silent)
		}
	})
}

// TestTTL: who says how long it may be silent is taken at its word.
func TestTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := at(t, &n, "10.0.0.2")
		r := b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		c, err := n.Host("10.0.0.1").Dial(t.Context(), "tcp4", "10.0.0.2:5000")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		hear := make(chan int)
		go func() {
			defer close(hear)
			for b := make([]byte, 1000); ; {
				n, err := c.Read(b)
				if err != nil {
					return
				}
				hear <- n
			}
		}()
		go c.Write(zmtp.GreetingAndReady("DEALER", ""))
		<-hear // greeting and READY
		b.next(zsock.Up)
		time.Sleep(time.Hour)
		go c.Write(zmtp.Ping(15))
		if n := <-hear; n != 2+5 { // a PONG
			t.Errorf("got %d octets", n)
		}
		began := time.Now()
		b.next(zsock.Down)
		if silent := time.Since(began); silent != 1500*time.Millisecond {
			t.Errorf("broken after %v, want 1.5 s", silent)
		}
		r.Close()
	})
}

// TestHandshakeTakesTooLong: a stranger that says nothing is sent away, and one that drips too.
func TestHandshakeTakesTooLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n zsocktest.Network
		b := at(t, &n, "10.0.0.2")
		b.listen(zsock.ListenOptions{Endpoint: "tcp://*:5000"})
		for _, every := range []time.Duration{time.Hour, 300 * time.Millisecond} {
			c, err := n.Host("10.0.0.1").Dial(t.Context(), "tcp4", "10.0.0.2:5000")
			if err != nil {
				t.Fatal(err)
			}
			went := make(chan struct{})
			go func() {
				defer close(went)
				for b := make([]byte, 100); ; {
					if _, err := c.Read(b); err != nil {
						return
					}
				}
			}()
			began := time.Now()
			go func() {
				for _, octet := range zmtp.GreetingAndReady("DEALER", "") {
					if _, err := c.Write([]byte{octet}); err != nil {
						return
					}
					select {
					case <-went:
						return
					case <-time.After(every):
					}
				}
			}()
			e := b.next(zsock.Failed)
			if e.Addr.String() != "10.0.0.1" || e.Err == nil {
				t.Errorf("got %+v", e)
			}
			<-went
			if took := time.Since(began); took != zmtp.DefaultHandshakeTimeout {
				t.Errorf("sent away after %v", took)
			}
		}
		if got := b.Stats().Refused; got != 2 {
			t.Errorf("%d refused, want 2", got)
		}
	})
}
