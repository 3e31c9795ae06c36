package lampclient

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/machine/internal/lamp"
	"github.com/zeromq/gozyre/codecs/machine/internal/lampserver"
	"github.com/zeromq/gozyre/codecs/machine/internal/pipe"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// A bubble of synctest has a clock of its own, and fails if a goroutine is left.
type bubble struct {
	t       *testing.T
	net     *pipe.Network
	server  *machine.Server
	service *machine.Service
	stop    context.CancelFunc
}

const endpoint = "inproc://lamps"

func serve(t *testing.T, cfg machine.Config) *bubble {
	b := &bubble{t: t, net: pipe.New(), server: lampserver.New(cfg)}
	var err error
	b.service, err = machine.Listen(b.open(), zsock.ListenOptions{Endpoint: endpoint}, b.server, nil)
	if err != nil {
		t.Fatal(err)
	}
	b.stop = run(t, b.service.Run)
	return b
}

// run runs until the function it gives is called, which waits for the end.
func run(t *testing.T, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func (b *bubble) open() zsock.Sockets {
	sockets, err := b.net.Open(zsock.Options{})
	if err != nil {
		b.t.Fatal(err)
	}
	return sockets
}

func (b *bubble) client(identity string) (*Client, func()) {
	engine := NewEngine(machine.Config{}, &actions{})
	c, err := Dial(b.open(), zsock.DialOptions{Endpoint: endpoint, Identity: []byte(identity)}, engine, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return c, run(b.t, c.Run)
}

// clients asks the server how many it has.
func (b *bubble) clients() (n int) {
	b.t.Helper()
	if err := b.service.Do(func(time.Time) []machine.Effect { n = b.server.Stats().Clients; return nil }); err != nil {
		b.t.Error(err)
	}
	return n
}

func TestOverSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, machine.Config{Heartbeat: -1})
		defer b.stop()
		c, stop := b.client("joe")
		if err := c.SetLevel(t.Context(), "hall", 1); !errors.Is(err, machine.ErrUnexpected) {
			t.Errorf("before connect: got %v", err)
		}
		if err := c.Connect(t.Context(), "thief"); !errors.Is(err, errRefused) {
			t.Errorf("the server's answer: got %v", err)
		}
		for _, f := range []func() error{
			func() error { return c.Connect(t.Context(), "joe") },
			func() error { return c.SetLevel(t.Context(), "hall", 200) },
		} {
			if err := f(); err != nil {
				t.Error(err)
			}
		}
		if err := c.SetLevel(t.Context(), "attic", 200); err == nil || err.Error() != "the server refuses\nno attic" {
			t.Errorf("the server's reason: got %v", err)
		}
		time.Sleep(time.Hour) // the client sends PING all the time
		if n := b.clients(); n != 1 {
			t.Errorf("the server has %d clients", n)
		}
		if err := c.Leave(t.Context()); err != nil {
			t.Error(err)
		}
		stop()
		if err := c.Connect(t.Context(), "joe"); !errors.Is(err, machine.ErrClosed) {
			t.Errorf("after the end: got %v", err)
		}
		if n := b.clients(); n != 0 {
			t.Errorf("the server has %d clients at the end", n)
		}
	})
}

func TestContextOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, net: pipe.New()}
		if _, err := b.open().Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint}); err != nil { // never answers
			t.Fatal(err)
		}
		c, stop := b.client("joe")
		defer stop()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if err := c.Connect(ctx, "joe"); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
		if err := c.Connect(t.Context(), "joe"); !errors.Is(err, machine.ErrUnexpected) {
			t.Errorf("the conversation has begun nevertheless, but: got %v", err)
		}
		time.Sleep(time.Minute)
		if err := c.Connect(ctx, "joe"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that has ended: got %v", err)
		}
		for range 100 { // calls that are given up leave nothing behind
			c.SetLevel(t.Context(), "hall", 1)
		}
		if err := c.Do(func(time.Time) []machine.Effect {
			if s := c.engine.Stats(); s.Calls != 0 {
				t.Errorf("stats are %+v", s)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
}

func TestEndAnswersCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, net: pipe.New()}
		if _, err := b.open().Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint}); err != nil { // never answers
			t.Fatal(err)
		}
		c, stop := b.client("joe")
		answer := make(chan error, 1)
		go func() { answer <- c.Connect(t.Context(), "joe") }()
		synctest.Wait()
		stop()
		if err := <-answer; !errors.Is(err, machine.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}

// While the link is full the client stands still; then everything goes on, in order, and nothing is lost.
func TestFullLink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, net: pipe.New()}
		server := b.open()
		router, err := server.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint})
		if err != nil {
			t.Fatal(err)
		}
		c, stop := b.client("joe")
		defer stop()
		connected := make(chan error, 1)
		go func() { connected <- c.Connect(t.Context(), "joe") }()
		synctest.Wait()
		server.Inbox().Take(nil) // HELLO
		if err := router.Send([]byte("joe"), octets(t, lamp.Message{ID: lamp.IDWelcome})); err != nil {
			t.Fatal(err)
		}
		if err := <-connected; err != nil {
			t.Fatal(err)
		}
		const calls = 3 * pipe.Room
		answers := make(chan error, calls)
		for i := range calls {
			go func() { answers <- c.SetLevel(t.Context(), "hall", uint64(i)) }()
			synctest.Wait() // one after the other, as far as it goes
		}
		time.Sleep(20 * time.Second) // no heartbeat either
		got := 0
		for range calls {
			batch := server.Inbox().Take(nil)
			synctest.Wait() // the client goes on before it hears anything
			for _, e := range batch {
				var m lamp.Message
				if err := m.Parse(e.Frames); err != nil || m.ID != lamp.IDSet {
					t.Fatalf("got %v, %v", m.ID, err)
				}
				got++
				if err := router.Send([]byte("joe"), octets(t, lamp.Message{ID: lamp.IDSetOK})); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
			}
		}
		if got != calls {
			t.Errorf("got %d messages of %d", got, calls)
			return
		}
		for range calls {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
	})
}

// A server that takes nothing is given up, and who calls is told.
func TestFullLinkForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, net: pipe.New()}
		server := b.open()
		if _, err := server.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint}); err != nil {
			t.Fatal(err)
		}
		c, stop := b.client("joe")
		defer stop()
		const calls = 2 * pipe.Room
		answers := make(chan error, calls)
		for range calls {
			go func() { answers <- c.Connect(t.Context(), "joe") }() // one HELLO each, when the one before it has expired
			time.Sleep(31 * time.Second)
		}
		for range calls {
			if err := <-answers; err == nil {
				t.Error("an absent server has answered")
			}
		}
	})
}

// What arrived while the link was full is not forgotten, though nothing else happens.
func TestFullLinkLeavesMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, net: pipe.New()}
		server := b.open()
		router, err := server.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint})
		if err != nil {
			t.Fatal(err)
		}
		c, stop := b.client("joe")
		defer stop()
		tell := func(id lamp.ID) {
			if err := router.Send([]byte("joe"), octets(t, lamp.Message{ID: id})); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		go c.Connect(t.Context(), "joe")
		synctest.Wait()
		tell(lamp.IDWelcome)
		for range pipe.Room { // with HELLO, one too many
			go c.SetLevel(t.Context(), "hall", 1)
			synctest.Wait()
		}
		time.Sleep(20 * time.Second) // who does not read must not judge others for their silence
		tell(lamp.IDPing)
		var got []lamp.ID
		for range 2 {
			for _, e := range server.Inbox().Take(nil) {
				var m lamp.Message
				if err := m.Parse(e.Frames); err != nil {
					t.Fatal(err)
				}
				got = append(got, m.ID)
			}
			synctest.Wait()
		}
		want := []lamp.ID{lamp.IDHello, lamp.IDSet, lamp.IDSet, lamp.IDSet, lamp.IDSet, lamp.IDPingOK}
		if !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// A conversation ends with its connection, also that of a client which chose its identity: whoever came under it next would
// be taken for that client.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, machine.Config{Expired: time.Hour})
		defer b.stop()
		for _, identity := range []string{"", "joe"} {
			c, stop := b.client(identity)
			if err := c.Connect(t.Context(), "joe"); err != nil {
				t.Fatal(err)
			}
			stop()
			synctest.Wait()
			if n := b.clients(); n != 0 {
				t.Errorf("identity %q: the server has %d clients", identity, n)
			}
		}
	})
}

// What comes in before the deadline is taken in before the deadline is judged, however late we are.
func TestBusyServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, machine.Config{Heartbeat: -1, Expired: 10 * time.Second})
		defer b.stop()
		link, err := b.open().Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint, Identity: []byte("joe")})
		if err != nil {
			t.Fatal(err)
		}
		if err := link.Send(octets(t, lamp.Message{ID: lamp.IDHello, Name: []byte("joe")})); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := b.service.Do(func(time.Time) []machine.Effect {
			time.Sleep(5 * time.Second)
			link.Send(octets(t, lamp.Message{ID: lamp.IDPing}))
			time.Sleep(15 * time.Second) // an action that takes its time
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := b.clients(); n != 1 {
			t.Errorf("the server has %d clients, but one was heard", n)
		}
	})
}

func TestServiceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := serve(t, machine.Config{})
		b.stop()
		if err := b.service.Do(func(time.Time) []machine.Effect { return nil }); !errors.Is(err, machine.ErrClosed) {
			t.Errorf("got %v", err)
		}
	})
}
