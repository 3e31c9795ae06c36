package zmtp

import (
	"bytes"
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// talk is how we say something to a foreign socket that sends everything back.
type talk struct {
	*ours
	peer string // where we are the ROUTER
	send func(frames [][]byte) error
}

// eachRole runs a test with every brand, with our Dealer and their ROUTER and the other way round, when both are connected.
func eachRole(t *testing.T, test func(t *testing.T, c *talk)) {
	t.Run("Dealer", func(t *testing.T) {
		eachBrand(t, every, func(t *testing.T, b brand) {
			far := b.open(t, "ROUTER", "bind", "tcp://127.0.0.1:*", "echo", "1")
			test(t, dealerTo(t, far.endpoint()))
		})
	})
	t.Run("Router", func(t *testing.T) {
		eachBrand(t, every, func(t *testing.T, b brand) {
			c, r := routerFor(t, "bob")
			b.open(t, "DEALER", "connect", r.Endpoint(), "identity", "bob", "echo", "1")
			c.met()
			test(t, c)
		})
	})
}

// dealerTo is our Dealer, connected.
func dealerTo(t *testing.T, endpoint string) *talk {
	t.Helper()
	o := open(t)
	l := o.dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint, Identity: []byte("alice")})
	if e := o.until(zsock.Up); e.Link != l {
		t.Fatalf("%+v instead of our link's Up", e)
	}
	return &talk{ours: o, send: l.Send}
}

// routerFor is our Router, for a peer of that identity.
func routerFor(t *testing.T, peer string) (*talk, zsock.Listener) {
	t.Helper()
	o := open(t)
	r := o.listen(zsock.ListenOptions{Kind: zsock.Router})
	return &talk{ours: o, peer: peer, send: func(frames [][]byte) error { return r.Send([]byte(peer), frames) }}, r
}

// met waits until our Router's peer is there.
func (c *talk) met() {
	c.t.Helper()
	if e := c.until(zsock.Up); string(e.Peer) != c.peer || e.Addr.String() != "127.0.0.1" {
		c.t.Fatalf("%q came from %s, not %q", e.Peer, e.Addr, c.peer)
	}
}

// echo says something and wants it back.
func (c *talk) echo(frames [][]byte) {
	c.t.Helper()
	if err := c.send(frames); err != nil {
		c.t.Fatal(err)
	}
	c.heard(frames)
}

func (c *talk) heard(frames [][]byte) {
	c.t.Helper()
	e := c.event()
	if e.Type != zsock.Message || !slices.EqualFunc(e.Frames, frames, bytes.Equal) {
		c.t.Fatalf("got %s of %d frames, %.40q, %v; want %d, %.40q", e.Type, len(e.Frames), e.Frames, e.Err, len(frames), frames)
	}
	if c.peer != "" && string(e.Peer) != c.peer {
		c.t.Errorf("it comes from %q", e.Peer)
	}
}

func TestMessages(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	some := func(sizes ...int) (frames [][]byte) {
		for _, n := range sizes {
			f := make([]byte, n)
			random.Read(f)
			frames = append(frames, f)
		}
		return frames
	}
	messages := [][][]byte{
		some(0), some(1), some(0, 0), some(1, 0, 2), some(255), some(256), some(65_535), some(65_536), some(1 << 20),
		some(1<<20, 0, 255, 1<<20), some(make([]int, 200)...), some(slices.Repeat([]int{300}, 200)...),
	}
	eachRole(t, func(t *testing.T, c *talk) {
		for _, m := range messages {
			c.echo(m)
		}
	})
}

func TestManyInOrder(t *testing.T) {
	const many, under = 10_000, 500 // of which so many may be on their way: fewer than any queue takes
	eachRole(t, func(t *testing.T, c *talk) {
		for said, heard := 0, 0; heard < many; heard++ {
			for ; said < many && said-heard < under; said++ {
				if err := c.send(octets("message", strconv.Itoa(said))); err != nil {
					t.Fatal(err)
				}
			}
			c.heard(octets("message", strconv.Itoa(heard)))
		}
	})
}

// Their ROUTER ends, and another takes its place: we connect to that.
func TestTheirRouterRestarts(t *testing.T) {
	eachBrand(t, every, func(t *testing.T, b brand) {
		far := b.open(t, "ROUTER", "bind", "tcp://127.0.0.1:*", "echo", "1")
		c := dealerTo(t, far.endpoint())
		for range 2 {
			c.echo(octets("hello"))
			far.quit()
			c.until(zsock.Down)
			far = b.open(t, "ROUTER", "bind", far.endpoint(), "echo", "1")
			c.until(zsock.Up)
		}
		c.echo(octets("hello again"))
	})
}

// Their DEALER ends, and one of the same identity comes: it is the same peer to us.
func TestTheirDealerRestarts(t *testing.T) {
	eachBrand(t, every, func(t *testing.T, b brand) {
		c, r := routerFor(t, "bob")
		for range 3 {
			far := b.open(t, "DEALER", "connect", r.Endpoint(), "identity", "bob", "echo", "1")
			c.met()
			c.echo(octets("hello"))
			far.quit()
			if e := c.until(zsock.Down); string(e.Peer) != "bob" {
				t.Errorf("%q is down", e.Peer)
			}
		}
	})
}

// We end, and another of us takes our place: they connect to that.
func TestOurRouterRestarts(t *testing.T) {
	eachBrand(t, func(b brand) bool { return b.name != "go-zeromq" }, func(t *testing.T, b brand) { // which forgets how to
		c, r := routerFor(t, "bob")
		b.open(t, "DEALER", "connect", r.Endpoint(), "identity", "bob", "echo", "1")
		c.met()
		c.echo(octets("hello"))
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c.ours = open(t)
		r = c.listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: r.Endpoint()})
		c.send = func(frames [][]byte) error { return r.Send([]byte("bob"), frames) }
		c.met()
		c.echo(octets("hello again"))
	})
}

func beats(b brand) bool { return b.beats }

// They ask whether we are alive, and we say so.
func TestTheirHeartbeat(t *testing.T) {
	answered := func(t *testing.T, tap *Tap, us Side) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := tap.Await(ctx, func(said []Said) bool { return Times(said, us, "PONG") >= 3 }); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("Dealer", func(t *testing.T) {
		eachBrand(t, beats, func(t *testing.T, b brand) {
			far := b.open(t, "ROUTER", "bind", "tcp://127.0.0.1:*", "echo", "1", "heartbeat", "100")
			tap, endpoint := tapped(t, far.endpoint())
			c := dealerTo(t, endpoint)
			answered(t, tap, Dialer)
			c.echo(octets("hello"))
		})
	})
	t.Run("Router", func(t *testing.T) {
		eachBrand(t, beats, func(t *testing.T, b brand) {
			c, r := routerFor(t, "bob")
			tap, endpoint := tapped(t, r.Endpoint())
			b.open(t, "DEALER", "connect", endpoint, "identity", "bob", "echo", "1", "heartbeat", "100")
			c.met()
			answered(t, tap, Listener)
			c.echo(octets("hello"))
		})
	})
}

// We ask whether they are alive, and understand the answer.
func TestOurHeartbeat(t *testing.T) {
	const heartbeat = 2 * time.Second // they have as long for an answer
	answered := func(t *testing.T, tap *Tap, us, them Side) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := tap.Await(ctx, func(said []Said) bool {
			return Times(said, us, "PING") >= 1 && Times(said, them, "PONG") >= 1
		}); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("Dealer", func(t *testing.T) {
		eachBrand(t, beats, func(t *testing.T, b brand) {
			far := b.open(t, "ROUTER", "bind", "tcp://127.0.0.1:*", "echo", "1")
			tap, endpoint := tapped(t, far.endpoint())
			o := open(t)
			l := o.dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint, Heartbeat: heartbeat})
			answered(t, tap, Dialer, Listener)
			o.until(zsock.Up)
			(&talk{ours: o, send: l.Send}).echo(octets("hello"))
		})
	})
	t.Run("Router", func(t *testing.T) {
		eachBrand(t, beats, func(t *testing.T, b brand) {
			o := open(t)
			r := o.listen(zsock.ListenOptions{Kind: zsock.Router, Heartbeat: heartbeat})
			tap, endpoint := tapped(t, r.Endpoint())
			b.open(t, "DEALER", "connect", endpoint, "identity", "bob", "echo", "1")
			answered(t, tap, Listener, Dialer)
			c := &talk{ours: o, peer: "bob", send: func(frames [][]byte) error { return r.Send([]byte("bob"), frames) }}
			c.met()
			c.echo(octets("hello"))
		})
	})
}
