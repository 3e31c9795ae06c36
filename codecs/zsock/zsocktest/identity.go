package zsocktest

import (
	"errors"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// testHandover: who has lost its connection is heard again under its identity, over a new one.
func testHandover(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	for range p.some(10) {
		send(t, l, "old")
		in.message("old")
		if err := l.Drop(); err != nil {
			t.Fatal(err)
		}
		l = out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice")})
		send(t, l, "new")
		if e := in.message("new"); string(e.Peer) != "alice" {
			t.Errorf("got peer %q, want alice", e.Peer)
		}
		for _, what := range []zsock.EventType{zsock.Up, zsock.Down, zsock.Up} {
			if e, ok := in.told(what, nil); ok && string(e.Peer) != "alice" {
				t.Errorf("%s of %q, want alice", what, e.Peer)
			}
		}
		if err := r.Send([]byte("alice"), octets("answer")); err != nil {
			t.Fatal(err)
		}
		if e := out.message("answer"); e.Link != l {
			t.Error("the answer went to the old connection")
		}
		l.Drop()
		in.told(zsock.Down, nil)
		l = out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice")})
	}
}

// testIdentityTaken: a stranger under an identity that somebody else uses does not come in, and disturbs nobody, until that one is
// gone.
func testIdentityTaken(t *testing.T, p pairing) {
	in, out, r, l := pair(t, p, zsock.ListenOptions{}, zsock.DialOptions{})
	talk := func() {
		t.Helper()
		send(t, l, "here")
		if e := in.message("here"); string(e.Peer) != "alice" {
			t.Fatalf("got peer %q, want alice", e.Peer)
		}
		if err := r.Send([]byte("alice"), octets("there")); err != nil {
			t.Fatal(err)
		}
		if e := out.message("there"); e.Link != l {
			t.Fatal("the answer went to somebody else")
		}
	}
	talk()
	in.told(zsock.Up, nil)
	other := open(t, p.dials, zsock.Options{})
	impostor := other.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice")})
	for in.Stats().Taken < 3 {
		talk()
	}
	if e, _ := in.told(zsock.Failed, nil); e.Err == nil || e.Addr.String() != "127.0.0.1" {
		t.Errorf("got %+v", e)
	}
	if s := in.Stats(); s.Refused < s.Taken {
		t.Errorf("Stats: %+v", s)
	}
	for _, e := range in.news {
		if e.Type != zsock.Failed {
			t.Errorf("got %s (%v)", e.Type, e.Err)
		}
	}
	if err := l.Drop(); err != nil {
		t.Fatal(err)
	}
	in.told(zsock.Down, nil)
	in.until(func() { impostor.Send(octets("mine now")) }, "mine now")
}

// testOurIdentity: nobody comes in under the listener's own identity.
func testOurIdentity(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Identity: []byte("alice")})
	out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice")})
	in.told(zsock.Failed, nil)
	if in.Stats().Taken == 0 {
		t.Errorf("Stats: %+v", in.Stats())
	}
	send(t, out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("bob")}), "hello")
	if e := in.message("hello"); string(e.Peer) != "bob" {
		t.Errorf("got peer %q, want bob", e.Peer)
	}
}

// testStranger: who expects somebody sends nothing to anybody else, and what is queued reaches whom it is for; who tells no identity
// may be anybody.
func testStranger(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	stranger := in.listen(zsock.ListenOptions{Identity: []byte("mallory")})
	l := out.dial(zsock.DialOptions{Endpoint: stranger.Endpoint(), Identity: []byte("alice"), Expect: []byte("bob")})
	send(t, l, "for bob")
	for range 2 {
		if e, _ := out.told(zsock.Failed, l); !errors.Is(e.Err, zsock.ErrStranger) {
			t.Fatalf("got Err %v, want ErrStranger", e.Err)
		}
	}
	in.quiet()
	for i, identity := range []string{"bob", ""} {
		there := open(t, p.listens, zsock.Options{})
		if err := l.Redial(there.listen(zsock.ListenOptions{Identity: []byte(identity)}).Endpoint()); err != nil {
			t.Fatal(err)
		}
		if e, _ := out.told(zsock.Up, l); string(e.Peer) != identity {
			t.Errorf("got %q, want %q", e.Peer, identity)
		}
		if i > 0 {
			send(t, l, "for bob")
		}
		there.message("for bob")
	}
}
