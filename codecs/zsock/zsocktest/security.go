package zsocktest

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

var (
	serverPublic, serverSecret = keys('s')
	clientPublic, clientSecret = keys('c')
	errRefused                 = errors.New("this peer is not wanted")
)

// keys are the same in every process, so that the suite's children know them.
func keys(seed byte) (public, secret zsock.Key) {
	for i := range secret {
		secret[i] = seed + byte(i)
	}
	public, err := secret.PublicKey()
	if err != nil {
		panic(err) // every 32 octets are a secret key
	}
	return public, secret
}

// security is what a listener and a dialer use who get on with each other.
func security(m zsock.Mechanism) (server, client zsock.Security) {
	server.Mechanism, client.Mechanism = m, m
	switch m {
	case zsock.Plain:
		client.Username, client.Password = "alice", "secret"
	case zsock.Curve:
		server.Public, server.Secret = serverPublic, serverSecret
		client.Public, client.Secret, client.Server = clientPublic, clientSecret, serverPublic
	default:
		return server, client
	}
	server.Authenticate = only(client)
	return server, client
}

// only admits who shows what the client of that Security would.
func only(client zsock.Security) func(zsock.Credentials) error {
	return func(c zsock.Credentials) error {
		if c.Mechanism != client.Mechanism || c.Username != client.Username || c.Password != client.Password || c.Key != client.Public {
			return errRefused
		}
		return nil
	}
}

// testCredentials has a listener see what a dialer shows.
func testCredentials(t *testing.T, p pairing) {
	long := strings.Repeat("\x00\xff=", 85)
	for _, c := range []struct {
		name   string
		client zsock.Security
		want   zsock.Credentials
	}{
		{"NULL", zsock.Security{}, zsock.Credentials{}},
		{"PLAIN", zsock.Security{Mechanism: zsock.Plain, Username: "alice", Password: "secret"},
			zsock.Credentials{Username: "alice", Password: "secret"}},
		{"PLAIN/NoPassword", zsock.Security{Mechanism: zsock.Plain, Username: "alice"}, zsock.Credentials{Username: "alice"}},
		{"PLAIN/NoName", zsock.Security{Mechanism: zsock.Plain, Password: "secret"}, zsock.Credentials{Password: "secret"}},
		{"PLAIN/Long", zsock.Security{Mechanism: zsock.Plain, Username: long, Password: long[1:]},
			zsock.Credentials{Username: long, Password: long[1:]}},
		{"CURVE", zsock.Security{Mechanism: zsock.Curve, Public: clientPublic, Secret: clientSecret, Server: serverPublic},
			zsock.Credentials{Key: clientPublic}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.want.Mechanism, c.want.Addr = c.client.Mechanism, netip.MustParseAddr("127.0.0.1")
			server, _ := security(c.client.Mechanism)
			var seen atomic.Pointer[zsock.Credentials]
			server.Authenticate = func(c zsock.Credentials) error { seen.Store(&c); return nil }
			in, out, r, l := pair(t, p, zsock.ListenOptions{Security: server}, zsock.DialOptions{Security: c.client})
			big := strings.Repeat("b", 1<<20)
			send(t, l, "question", "", big)
			if e := in.message("question", "", big); string(e.Peer) != "alice" || e.Addr != c.want.Addr {
				t.Errorf("got peer %q at %v", e.Peer, e.Addr)
			}
			if err := r.Send([]byte("alice"), octets("", "answer", big)); err != nil {
				t.Fatal(err)
			}
			out.message("", "answer", big)
			if got := seen.Load(); got == nil || *got != c.want {
				t.Errorf("Authenticate was shown %+v, want %+v", got, c.want)
			}
		})
	}
}

// testRefused: who shows the wrong thing is not let in, and told nothing else, while others are.
func testRefused(t *testing.T, p pairing) {
	otherPublic, otherSecret := keys('o')
	for _, c := range []struct {
		name  string
		m     zsock.Mechanism
		wrong func(*zsock.Security)
		asked bool // Authenticate is what refuses
	}{
		{"NULL", zsock.Null, func(*zsock.Security) {}, true},
		{"PLAIN/Password", zsock.Plain, func(s *zsock.Security) { s.Password = "guessed" }, true},
		{"PLAIN/Name", zsock.Plain, func(s *zsock.Security) { s.Username = "mallory" }, true},
		{"CURVE/Key", zsock.Curve, func(s *zsock.Security) { s.Public, s.Secret = otherPublic, otherSecret }, true},
		{"CURVE/Server", zsock.Curve, func(s *zsock.Security) { s.Server = otherPublic }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server, client := security(c.m)
			wrong := client
			c.wrong(&wrong)
			admits := only(client)
			var null atomic.Bool // NULL shows nothing that could be wrong: it depends on when one comes
			server.Authenticate = func(c zsock.Credentials) error {
				if c.Mechanism == zsock.Null && !null.Load() {
					return errRefused
				}
				return admits(c)
			}
			refused(t, p, server, wrong, client, c.asked, func() { null.Store(true) })
		})
	}
}

// testOtherMechanism: a listener and a dialer that do not agree on the mechanism do not talk.
func testOtherMechanism(t *testing.T, p pairing) {
	mechanisms := []zsock.Mechanism{zsock.Null, zsock.Plain, zsock.Curve}
	for _, listens := range mechanisms {
		for _, dials := range mechanisms {
			if listens == dials {
				continue
			}
			t.Run(fmt.Sprintf("%s-%s", listens, dials), func(t *testing.T) {
				server, right := security(listens)
				_, wrong := security(dials)
				refused(t, p, server, wrong, right, false, func() {})
			})
		}
	}
}

// refused dials with a wrong Security until the connection has ended, and then with a right one.
func refused(t *testing.T, p pairing, server, wrong, right zsock.Security, asked bool, between func()) {
	t.Helper()
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Security: server})
	hops := newProxy(t, r.Endpoint(), manyOctets)
	intruder := out.dial(zsock.DialOptions{Endpoint: hops.endpoint(), Identity: []byte("intruder"), Security: wrong})
	try(t, intruder, "let me in")
	hops.wait("a connection that ended", func() bool { return hops.ended > 0 })
	if e, ok := out.told(zsock.Failed, intruder); ok && e.Err == nil {
		t.Error("Failed without an Err")
	}
	if asked || !in.end.silent {
		eventually(t, "refusal in Stats", func() bool { return in.Stats().Refused > 0 })
	}
	if e, ok := in.told(zsock.Failed, nil); ok && (e.Err == nil || e.Addr.String() != "127.0.0.1") {
		t.Errorf("the listener: Failed of %v, with Err %v", e.Addr, e.Err)
	}
	if err := intruder.Drop(); err != nil {
		t.Fatal(err)
	}
	between()
	l := out.dial(zsock.DialOptions{Endpoint: r.Endpoint(), Identity: []byte("alice"), Security: right})
	send(t, l, "hello")
	in.message("hello")
	if err := r.Send([]byte("alice"), octets("welcome")); err != nil {
		t.Fatal(err)
	}
	out.message("welcome")
	if err := r.Send([]byte("intruder"), octets("x")); !errors.Is(err, zsock.ErrUnknownPeer) {
		t.Errorf("send to the refused: got %v, want ErrUnknownPeer", err)
	}
	for _, e := range slices.Concat(in.news, out.news) {
		if e.Link == intruder && e.Type != zsock.Failed || string(e.Peer) == "intruder" && e.Type == zsock.Up {
			t.Errorf("got event %s of who was refused", e.Type)
		}
	}
	in.quiet()
}

// try sends by a link that may have been refused, and then may say so from now on by being full.
func try(t *testing.T, l zsock.Link, frames ...string) {
	t.Helper()
	if err := l.Send(octets(frames...)); err != nil && !errors.Is(err, zsock.ErrFull) {
		t.Fatalf("send: %v", err)
	}
}

// testRefusedThenAdmitted: a link that was refused gets in by Redial once it is welcome.
func testRefusedThenAdmitted(t *testing.T, p pairing) {
	for _, m := range []zsock.Mechanism{zsock.Null, zsock.Plain, zsock.Curve} {
		t.Run(m.String(), func(t *testing.T) {
			server, client := security(m)
			var welcome atomic.Bool
			server.Authenticate = func(zsock.Credentials) error {
				if !welcome.Load() {
					return errRefused
				}
				return nil
			}
			in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
			r := in.listen(zsock.ListenOptions{Security: server})
			hops := newProxy(t, r.Endpoint(), manyOctets)
			l := out.dial(zsock.DialOptions{Endpoint: hops.endpoint(), Security: client})
			hops.wait("a connection that ended", func() bool { return hops.ended > 0 })
			welcome.Store(true)
			if err := l.Redial(hops.endpoint()); err != nil {
				t.Fatal(err)
			}
			in.until(func() { try(t, l, "at last") }, "at last")
		})
	}
}

// testManyKeys has many dialers at once, each with a key of its own, of which every other one is refused.
func testManyKeys(t *testing.T, p pairing) {
	const peers = 30
	server, client := security(zsock.Curve)
	var mu sync.Mutex
	numbers := map[zsock.Key]int{}
	asked := map[int]bool{}
	server.Authenticate = func(c zsock.Credentials) error {
		mu.Lock()
		defer mu.Unlock()
		n, ok := numbers[c.Key]
		if !ok || n%2 == 1 {
			return errRefused
		}
		asked[n] = true
		return nil
	}
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	endpoint := in.listen(zsock.ListenOptions{Security: server}).Endpoint()
	for i := range peers {
		own := client
		own.Public, own.Secret = keys(byte(100 + i))
		mu.Lock()
		numbers[own.Public] = i
		mu.Unlock()
		l := out.dial(zsock.DialOptions{Endpoint: endpoint, Identity: fmt.Append(nil, i), Security: own})
		try(t, l, "I am", strconv.Itoa(i))
	}
	got := map[string]bool{}
	for len(got) < peers/2 {
		e := in.event()
		n := string(e.Frames[1])
		if i, err := strconv.Atoi(n); err != nil || i%2 == 1 || string(e.Peer) != n {
			t.Fatalf("got %q from %q", e.Frames, e.Peer)
		}
		got[n] = true
	}
	in.quiet()
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != peers/2 {
		t.Errorf("%d were admitted, want %d", len(asked), peers/2)
	}
}

// testListenersOfOneSet: each listener asks for itself; one that asks nobody admits everybody who can.
func testListenersOfOneSet(t *testing.T, p pairing) {
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	curve, curveClient := security(zsock.Curve)
	plain, plainClient := security(zsock.Plain)
	shut, public, stranger := curve, curve, curveClient
	shut.Authenticate = func(zsock.Credentials) error { return errRefused }
	public.Authenticate = nil
	stranger.Public, stranger.Secret = keys('x')
	listeners := []struct {
		name           string
		server, client zsock.Security
		listener       zsock.Listener
	}{
		{"CURVE", curve, curveClient, nil},
		{"shut CURVE", shut, curveClient, nil},
		{"PLAIN", plain, plainClient, nil},
		{"public CURVE", public, stranger, nil},
		{"NULL", zsock.Security{}, zsock.Security{}, nil},
	}
	for i := range listeners {
		listeners[i].listener = in.listen(zsock.ListenOptions{Security: listeners[i].server})
	}
	for _, c := range listeners {
		try(t, out.dial(zsock.DialOptions{Endpoint: c.listener.Endpoint(), Security: c.client}), c.name)
		if c.name != "shut CURVE" {
			in.message(c.name)
		}
		if c.name == "CURVE" { // closing it concerns no other
			if err := c.listener.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	in.quiet()
}
