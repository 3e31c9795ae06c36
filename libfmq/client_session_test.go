package fmq

import (
	"context"
	"crypto/sha1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// A server that falls silent is taken for dead; the next conversation knows everything that was subscribed to.
func TestSilentServer(t *testing.T) {
	f := serve(t, "")
	c := start(t, func(cfg *ClientConfig) { cfg.Heartbeat, cfg.Expired = 20*time.Millisecond, 200*time.Millisecond }, f)
	subscribe(t, c, "/a", Subscription{})
	subscribe(t, c, "/b", Subscription{})
	f.letIn()
	f.confirm()
	f.confirm()
	f.await(fmq.IDNom)
	next(t, c, Connected)
	f.mute.Store(true)
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrSilent) || e.Server != f.endpoint() {
		t.Errorf("got %+v", e)
	}
	f.mute.Store(false)
	for f.await(fmq.IDOhai); len(f.heard) > 0; f.await(fmq.IDOhai) { // those of conversations that ended for want of an answer
	}
	f.say(fmq.Message{ID: fmq.IDOhaiOK})
	f.granted, f.sent, f.sequence = 0, 0, 0
	for _, want := range []string{"/a", "/b"} {
		if s := f.confirm(); string(s.Path) != want {
			t.Errorf("the client asks for %q, want %q", s.Path, want)
		}
	}
	f.await(fmq.IDNom)
	next(t, c, Connected)
	f.file("/b/x", "x")
	delivered(t, c, "/b/x", "x")
}

// A server that dies and comes back under its address is found again, and a transfer goes on.
func TestRestartedServer(t *testing.T) {
	f := serve(t, "")
	c := start(t, nil, f)
	subscribe(t, c, "/", Subscription{Resync: true})
	f.open()
	next(t, c, Connected)
	content := pattern(3_000_000)
	f.chunk("/x", 0, []byte(content[:1_000_000]), 0, "SIZE", "3000000")
	f.chunk("/x", 1_000_000, []byte(content[1_000_000:1_500_000]), 0)
	for f.granted-f.sent != 4_000_000 {
		f.await(fmq.IDNom)
	}
	endpoint := f.endpoint()
	f.close()
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrBroken) {
		t.Errorf("got %+v", e)
	}
	f = serve(t, endpoint)
	want := fmt.Sprintf("1500000 %X x\x00", sha1.Sum([]byte(content[:1_500_000])))
	if got := option(f.open(), "RESUME"); got != want {
		t.Errorf("the client has %q, want %q", got, want)
	}
	next(t, c, Connected)
	f.chunk("/x", 1_500_000, []byte(content[1_500_000:2_500_000]), 0, "SIZE", "3000000")
	f.chunk("/x", 2_500_000, []byte(content[2_500_000:]), 0)
	f.chunk("/x", 3_000_000, nil, 1, "SHA1", fmt.Sprintf("%X", sha1.Sum([]byte(content))))
	if e := delivered(t, c, "/x", content); e.Sent != 1_500_000 {
		t.Errorf("%d octets were sent", e.Sent)
	}
}

// A client may come before its server. It tells once that nobody is there.
func TestLateServer(t *testing.T) {
	early := serve(t, "")
	endpoint := early.endpoint()
	early.close()
	c := start(t, func(cfg *ClientConfig) { cfg.Servers = []string{endpoint} })
	subscribe(t, c, "/", Subscription{})
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrUnreachable) {
		t.Errorf("got %v", e.Cause)
	}
	f := serve(t, endpoint)
	f.open()
	next(t, c, Connected)
	f.file("/x", "x")
	delivered(t, c, "/x", "x")
}

// A server that refuses is not asked again, unless the user wants it. Others go on.
func TestDenied(t *testing.T) {
	for what, deny := range map[string]func(f *fake){
		"refused": func(f *fake) { f.await(fmq.IDOhai); f.say(fmq.Message{ID: fmq.IDSrsly, Reason: []byte("refused")}) },
		"no path": func(f *fake) {
			f.letIn()
			f.await(fmq.IDIcanhaz)
			f.say(fmq.Message{ID: fmq.IDSrsly, Reason: []byte("access")})
		},
		"mistaken": func(f *fake) {
			f.await(fmq.IDOhai)
			f.say(fmq.Message{ID: fmq.IDRtfm, Reason: []byte("invalid\xffcommand")})
		},
		"wrong password": func(f *fake) {
			f.await(fmq.IDOhai)
			f.say(fmq.Message{ID: fmq.IDOrly, Mechanisms: [][]byte{[]byte("ANONYMOUS"), []byte("PLAIN")}})
			if s := f.await(fmq.IDYarly); string(s.Mechanism) != "PLAIN" || string(s.Response) != "\x00joe\x00guess" {
				f.t.Errorf("the client says %s %q", s.Mechanism, s.Response)
			}
			f.say(fmq.Message{ID: fmq.IDSrsly, Reason: []byte("refused")})
		},
		"unknown mechanism": func(f *fake) {
			f.await(fmq.IDOhai)
			f.say(fmq.Message{ID: fmq.IDOrly, Mechanisms: [][]byte{[]byte("GSSAPI")}})
			f.await(fmq.IDKthxbai)
		},
	} {
		t.Run(what, func(t *testing.T) {
			f, other := serve(t, ""), serve(t, "")
			c := start(t, func(cfg *ClientConfig) { cfg.Login, cfg.Password = "joe", "guess" }, f)
			subscribe(t, c, "/", Subscription{})
			deny(f)
			e := news(t, c)
			if e.Type == Connected {
				e = news(t, c)
			}
			wantCause := ErrRefused
			if what == "mistaken" {
				wantCause = ErrMistake
			}
			if e.Type != Denied || !errors.Is(e.Cause, wantCause) || strings.ContainsRune(e.Cause.Error(), 0xFFFD) {
				t.Errorf("got %+v", e)
			}
			if err := c.Connect(other.endpoint()); err != nil {
				t.Fatal(err)
			}
			other.open()
			next(t, c, Connected)
			if n := len(f.heard); n > 0 {
				t.Errorf("the client says %d messages more", n)
			}
			if err := c.Connect(f.endpoint()); err != nil {
				t.Fatal(err)
			}
			f.open()
			next(t, c, Connected)
			f.file("/x", "x")
			delivered(t, c, "/x", "x")
		})
	}
}

// RTFM in an open peering may come of a restart that we did not see; once a minute that is good for another attempt.
func TestMistakeInAnOpenPeering(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	f.say(fmq.Message{ID: fmq.IDRtfm})
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrMistake) {
		t.Errorf("got %+v", e)
	}
	f.open()
	next(t, c, Connected)
	f.say(fmq.Message{ID: fmq.IDRtfm})
	if e := next(t, c, Denied); !errors.Is(e.Cause, ErrMistake) {
		t.Errorf("got %+v", e)
	}
}

// When RTFM is final.
func TestMistakesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &session{}
		var got []bool
		for _, after := range []time.Duration{0, 59 * time.Second, 61 * time.Second, 30 * time.Second} {
			time.Sleep(after)
			got = append(got, s.final(ending{cause: ErrMistake, opened: true}))
		}
		if !slices.Equal(got, []bool{false, true, false, true}) {
			t.Errorf("got %v", got)
		}
		if s := (&session{}); !s.final(ending{cause: ErrMistake}) || !s.final(ending{cause: ErrRefused, opened: true}) || s.final(ending{cause: ErrGoodbye}) {
			t.Error("what is final is not")
		}
	})
}

// How long the client waits before it comes back.
func TestPauses(t *testing.T) {
	var got []time.Duration
	pause := time.Duration(0)
	for range 8 {
		pause = nextPause(pause, ending{cause: ErrSilent})
		got = append(got, pause)
	}
	got = append(got, nextPause(pause, ending{cause: ErrGoodbye, lasted: time.Minute}), nextPause(pause, ending{cause: ErrBroken, lasted: time.Minute}),
		nextPause(0, ending{cause: ErrBroken, lasted: time.Millisecond}))
	const ms = time.Millisecond
	if want := []time.Duration{100 * ms, 200 * ms, 400 * ms, 800 * ms, 1600 * ms, 3200 * ms, 5000 * ms, 5000 * ms, 100 * ms, 0, 100 * ms}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

// A server that says goodbye is asked again.
func TestServerLeaves(t *testing.T) {
	f, c := begin(t, "/", Subscription{})
	for range 2 {
		f.say(fmq.Message{ID: fmq.IDKthxbai})
		if e := next(t, c, Lost); !errors.Is(e.Cause, ErrGoodbye) {
			t.Errorf("got %+v", e)
		}
		f.open()
		next(t, c, Connected)
	}
}

// HUGZ is answered; HUGZ-OK is never said unasked.
func TestHeartbeats(t *testing.T) {
	f, _ := begin(t, "/", Subscription{})
	for range 3 {
		f.say(fmq.Message{ID: fmq.IDHugz})
		f.await(fmq.IDHugzOK)
	}
}

// Two servers fill one inbox at the same time; of two files with one name the last whole one counts, and they never mix.
func TestTwoServers(t *testing.T) {
	a, b := serve(t, ""), serve(t, "")
	c := start(t, nil, a, b)
	subscribe(t, c, "/", Subscription{Resync: true})
	a.open()
	b.open()
	next(t, c, Connected)
	next(t, c, Connected)
	ones, twos := strings.Repeat("1", 200_000), strings.Repeat("2", 200_000)
	a.chunk("/x", 0, []byte(ones[:100_000]), 0, "SIZE", "200000")
	b.chunk("/x", 0, []byte(twos[:100_000]), 0, "SIZE", "200000")
	a.chunk("/x", 100_000, []byte(ones[100_000:]), 1)
	if e := delivered(t, c, "/x", ones); e.Server != a.endpoint() {
		t.Errorf("got %+v", e)
	}
	b.chunk("/x", 100_000, []byte(twos[100_000:]), 1)
	if e := delivered(t, c, "/x", twos); e.Server != b.endpoint() {
		t.Errorf("got %+v", e)
	}
	// The first one's delete does not concern the second one's file, be it for a mirror.
	subscribe(t, c, "/", Subscription{Mirror: true})
	a.confirm()
	b.confirm()
	a.remove("/x")
	a.file("/y", "y")
	delivered(t, c, "/y", "y")
	b.remove("/x")
	next(t, c, Delete)
	if err := c.Disconnect(a.endpoint()); err != nil {
		t.Fatal(err)
	}
	a.await(fmq.IDKthxbai)
	b.file("/z", "z")
	delivered(t, c, "/z", "z")
	if s := c.Stats(); s.Servers != 1 || s.Files != 4 || s.Deleted != 1 {
		t.Errorf("stats are %+v", s)
	}
}

// A new path in an open conversation is asked for at once.
func TestNewPath(t *testing.T) {
	f, c := begin(t, "/a", Subscription{})
	subscribe(t, c, "/b", Subscription{})
	subscribe(t, c, "/c", Subscription{})
	var got []string
	for range 2 {
		got = append(got, string(f.confirm().Path))
	}
	if !slices.Equal(got, []string{"/b", "/c"}) {
		t.Errorf("the client asks for %q", got)
	}
	f.file("/c/x", "x")
	delivered(t, c, "/c/x", "x")
}

// What happens at the end of a client.
func TestEnd(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	f := serve(t, "")
	c, err := Dial(ctx, ClientConfig{Inbox: t.TempDir(), Servers: []string{f.endpoint()}})
	if err != nil {
		t.Fatal(err)
	}
	subscribe(t, c, "/", Subscription{})
	f.open()
	next(t, c, Connected)
	if err := c.Err(); err != nil {
		t.Error(err)
	}
	why := errors.New("enough")
	cancel(why)
	f.await(fmq.IDKthxbai)
	if _, more := <-c.Events(); more {
		t.Error("there is another event")
	}
	if err := c.Err(); !errors.Is(err, why) {
		t.Errorf("got %v", err)
	}
	for _, f := range []func() error{
		func() error { return c.Connect(f.endpoint()) },
		func() error { return c.Disconnect(f.endpoint()) },
		func() error { return c.Subscribe(t.Context(), "/", Subscription{}) },
	} {
		if err := f(); !errors.Is(err, ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
	for range 2 {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// Close does not wait for a server that is not there, nor for a reader of events.
func TestCloseWithoutAnybody(t *testing.T) {
	early := serve(t, "")
	endpoint := early.endpoint()
	early.close()
	c := start(t, func(cfg *ClientConfig) { cfg.Servers, cfg.Queue = []string{endpoint}, 1 })
	next(t, c, Lost)
	closed := make(chan struct{})
	go func() { c.Close(); close(closed) }()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}

// Nobody reads events: files wait, heartbeats do not, nothing is lost, and the client can be closed meanwhile.
func TestSlowReader(t *testing.T) {
	f := serve(t, "")
	c := start(t, func(cfg *ClientConfig) {
		cfg.Queue, cfg.Heartbeat, cfg.Expired = 2, 20*time.Millisecond, 500*time.Millisecond
	}, f)
	subscribe(t, c, "/", Subscription{})
	f.open()
	const n = 50
	for i := range n {
		f.file(fmt.Sprintf("/%d", i), pattern(10_000))
	}
	for deadline := time.Now().Add(patience); c.Stats().Waiting < 2; {
		if time.Now().After(deadline) {
			t.Fatal("no events")
		}
		f.say(fmq.Message{ID: fmq.IDHugz})
		f.await(fmq.IDHugzOK)
	}
	for range 100 {
		f.say(fmq.Message{ID: fmq.IDHugz})
		f.await(fmq.IDHugzOK)
	}
	if s := c.Stats(); s.Files > 3 || s.Messages == 0 {
		t.Errorf("stats are %+v", s)
	}
	next(t, c, Connected)
	for i := range n / 2 {
		delivered(t, c, fmt.Sprintf("/%d", i), pattern(10_000))
	}
	c.Close()
}

// broken is a transport that has no sockets now and then.
type broken struct {
	zmtp.Transport
	opened atomic.Int32
}

func (b *broken) Open(o zsock.Options) (zsock.Sockets, error) {
	if n := b.opened.Add(1); n > 1 && n < 5 {
		return nil, zsock.ErrLimit
	}
	return b.Transport.Open(o)
}

// A transport that has no more sockets is tried again.
func TestTransportFails(t *testing.T) {
	f := serve(t, "")
	transport := &broken{}
	c := start(t, func(cfg *ClientConfig) { cfg.Transport = transport }, f)
	if err := c.Connect("tcp://127.0.0.1:1"); !errors.Is(err, zsock.ErrLimit) {
		t.Errorf("got %v", err)
	}
	f.letIn()
	next(t, c, Connected)
	f.say(fmq.Message{ID: fmq.IDKthxbai})
	if e := next(t, c, Lost); !errors.Is(e.Cause, ErrGoodbye) {
		t.Errorf("got %+v", e)
	}
	f.letIn()
	next(t, c, Connected)
	if n := transport.opened.Load(); n != 5 {
		t.Errorf("the transport was opened %d times", n)
	}
}
