package zmtp

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// theirEnd is an in-memory network of one connection: our end dials it, or it comes to our listener.
type theirEnd struct {
	net.Conn // what a test says and hears in libzmq's place
	ours     chan net.Conn
	closed   chan struct{}
}

func newTheirEnd() *theirEnd {
	near, far := net.Pipe()
	e := &theirEnd{Conn: far, ours: make(chan net.Conn, 1), closed: make(chan struct{})}
	e.ours <- near
	return e
}

func (e *theirEnd) transport() Transport {
	return Transport{
		Listen: func(context.Context, string, string) (net.Listener, error) { return theirListener{e}, nil },
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			select {
			case c := <-e.ours:
				return c, nil
			case <-ctx.Done(): // our end dials again as soon as the one connection is over
				return nil, ctx.Err()
			}
		},
	}
}

// theirListener gives out the one connection.
type theirListener struct{ *theirEnd }

func (l theirListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.ours:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}
func (l theirListener) Close() error { close(l.closed); return nil }
func (theirListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9} }

// utterance is what one end says before the other one has to answer: a greeting, a command, or all frames of a message.
type utterance struct {
	spoken
	frames [][]byte // of a message
}

func (c conversation) turns(t *testing.T) (all []utterance) {
	t.Helper()
	within := false
	for _, s := range c.said {
		if s.what != "frame" {
			all = append(all, utterance{spoken: s})
			continue
		}
		flags, body := s.frame(t)
		if !within {
			all = append(all, utterance{spoken: spoken{who: s.who, what: "message"}})
		}
		last := &all[len(all)-1]
		last.octets = append(last.octets, s.octets...)
		last.frames = append(last.frames, body)
		within = flags&flagMore != 0
	}
	return all
}

// replay has our end talk to what one end of libzmq's said, and wants of it what the other end said.
type replay struct {
	t       *testing.T
	ours    string // "dialer" or "listener"
	their   *theirEnd
	sockets zsock.Sockets
	send    func(frames [][]byte) error
}

func (r *replay) play(turns []utterance) {
	r.t.Helper()
	for i, s := range turns {
		r.their.SetDeadline(time.Now().Add(time.Minute)) // of the bubble's time
		if s.who != r.ours {
			if _, err := r.their.Write(s.octets); err != nil {
				r.t.Fatalf("turn %d: our end does not take %.40x: %v", i, s.octets, err)
			}
			synctest.Wait()
			if s.what == "message" {
				r.delivered(i, s.frames)
			}
			continue
		}
		if s.what == "message" {
			if err := r.send(s.frames); err != nil {
				r.t.Fatalf("turn %d: %v", i, err)
			}
		}
		got := make([]byte, len(s.octets))
		if n, err := io.ReadFull(r.their, got); err != nil {
			r.t.Fatalf("turn %d: our end says %.60x, and then %v; it should say %.60x", i, got[:n], err, s.octets)
		}
		want := bytes.Clone(s.octets)
		if s.what == "greeting" {
			greetingOnly(got)
			greetingOnly(want)
		}
		if !bytes.Equal(got, want) {
			r.t.Fatalf("turn %d: our end says %.200x, want %.200x", i, got, want)
		}
	}
}

// greetingOnly blots out where libzmq has ways of its own: padding, and as-server, which it never sets.
func greetingOnly(g []byte) {
	clear(g[1:9])
	g[atServer] = 0
}

// delivered wants a message in the inbox.
func (r *replay) delivered(i int, frames [][]byte) {
	r.t.Helper()
	for _, e := range r.sockets.Inbox().Take(nil) {
		if e.Type != zsock.Message {
			continue
		}
		if !slices.EqualFunc(e.Frames, frames, bytes.Equal) {
			r.t.Fatalf("turn %d: got %.60q, want %.60q", i, e.Frames, frames)
		}
		return
	}
	r.t.Fatalf("turn %d: no message came", i)
}

// TestReplay is our end in the place of each end of libzmq's.
func TestReplay(t *testing.T) {
	admin := zsock.Security{Mechanism: zsock.Plain, Username: "admin", Password: "secret"}
	door := zsock.Security{Mechanism: zsock.Plain, Authenticate: func(c zsock.Credentials) error {
		if c.Username != admin.Username || c.Password != admin.Password {
			return errors.New("unknown")
		}
		return nil
	}}
	for _, c := range []struct {
		vector string
		turns  int // 0: all
		dial   *zsock.DialOptions
		listen *zsock.ListenOptions
		peer   string
	}{
		{vector: "null", dial: &zsock.DialOptions{Kind: zsock.Dealer, Identity: []byte("alice")}},
		{vector: "null", listen: &zsock.ListenOptions{Kind: zsock.Router}, peer: "alice"},
		{vector: "plain", dial: &zsock.DialOptions{Kind: zsock.Dealer, Identity: []byte("alice"), Security: admin}},
		{vector: "plain", listen: &zsock.ListenOptions{Kind: zsock.Router, Security: door}, peer: "alice"},
		{vector: "null-heartbeat", dial: &zsock.DialOptions{Kind: zsock.Dealer, Heartbeat: 15 * time.Second}}, // a TTL of twice that
		{vector: "null-heartbeat", listen: &zsock.ListenOptions{Kind: zsock.Router}},
		// Our Sub does not change its mind: up to there.
		{vector: "null-pubsub", turns: 7, dial: &zsock.DialOptions{Kind: zsock.Sub, Subscribe: [][]byte{[]byte("weather")}}},
		{vector: "null-pubsub", listen: &zsock.ListenOptions{Kind: zsock.Pub}},
		{vector: "plain-refused", turns: 3, listen: &zsock.ListenOptions{Kind: zsock.Router, Security: door}}, // up to ERROR
	} {
		ours := "dialer"
		if c.listen != nil {
			ours = "listener"
		}
		t.Run(c.vector+" "+ours, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				their := newTheirEnd()
				sockets, err := their.transport().Open(zsock.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer sockets.Close()
				defer their.Close()
				r := &replay{t: t, ours: ours, their: their, sockets: sockets}
				if c.dial != nil {
					c.dial.Endpoint = "tcp://127.0.0.1:9"
					l, err := sockets.Dial(*c.dial)
					if err != nil {
						t.Fatal(err)
					}
					r.send = l.Send
				} else {
					c.listen.Endpoint = "tcp://127.0.0.1:9"
					l, err := sockets.Listen(*c.listen)
					if err != nil {
						t.Fatal(err)
					}
					r.send = func(frames [][]byte) error { return l.Send([]byte(c.peer), frames) }
				}
				turns := named(t, c.vector).turns(t)
				if c.turns > 0 {
					turns = turns[:c.turns]
				}
				r.play(turns)
				if c.vector == "plain-refused" {
					r.hears(appendFrame(nil, flagCommand, errorCommand("400")))
				}
			})
		})
	}
}

// hears wants of our end what libzmq would have said if it could spell.
func (r *replay) hears(want []byte) {
	r.t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r.their, got); err != nil || !bytes.Equal(got, want) {
		r.t.Errorf("our end says %q, %v; want %q", got[:n], err, want)
	}
}

// TestReplayRefused: our dialer understands that it is refused, the misspelt way too.
func TestReplayRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		their := newTheirEnd()
		sockets, err := their.transport().Open(zsock.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer sockets.Close()
		defer their.Close()
		_, err = sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:9",
			Security: zsock.Security{Mechanism: zsock.Plain, Username: "admin", Password: "guess"}})
		if err != nil {
			t.Fatal(err)
		}
		r := &replay{t: t, ours: "dialer", their: their, sockets: sockets}
		r.play(named(t, "plain-refused").turns(t))
		<-sockets.Inbox().Ready()
		events := sockets.Inbox().Take(nil)
		if len(events) != 1 || events[0].Type != zsock.Failed || events[0].Err == nil {
			t.Errorf("got %v, want that it failed", events)
		}
		t.Log(events[0].Err)
	})
}
