package libzmq

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// TestRequestsForAuthentication puts questions of every form to a set, as libzmq does.
func TestRequestsForAuthentication(t *testing.T) {
	opened, err := Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := opened.(*sockets)
	defer s.Close()
	_, secret, err := zsock.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	public, err := secret.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	var listeners []zsock.Listener
	for _, security := range []zsock.Security{ // domains 1 to 4
		{},
		{Mechanism: zsock.Plain},
		{Mechanism: zsock.Curve, Public: public, Secret: secret},
		{},
	} {
		security.Authenticate = func(c zsock.Credentials) error {
			if c.Password == "wrong" {
				return errors.New("a secret of ours")
			}
			return nil
		}
		l, err := s.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", Security: security})
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, l)
	}
	if err := listeners[3].Close(); err != nil {
		t.Fatal(err)
	}
	ask, err := s.ctx.NewSocket(zmq4.REQ)
	if err != nil {
		t.Fatal(err)
	}
	defer ask.Close()
	if err := errors.Join(ask.SetRcvtimeo(20*time.Second), ask.SetLinger(0), ask.Connect("inproc://zeromq.zap.01")); err != nil {
		t.Fatal(err)
	}
	key := strings.Repeat("k", 32)
	refused := uint64(0)
	for _, c := range []struct {
		status  string
		request []string
	}{
		{"200", []string{"1.0", "7", "1", "127.0.0.1", "", "NULL"}},
		{"200", []string{"1.0", "7", "2", "127.0.0.1", "peer", "PLAIN", "name", "right"}},
		{"200", []string{"1.0", "7", "3", "no address", "", "CURVE", key}},
		{"400", []string{""}},
		{"400", []string{"1.0", "7"}},
		{"400", []string{"1.0", "7", "1", "127.0.0.1", ""}},
		{"400", []string{"2.0", "7", "1", "127.0.0.1", "", "NULL"}},
		{"400", []string{"1.0", "7", "", "127.0.0.1", "", "NULL"}},
		{"400", []string{"1.0", "7", "4", "127.0.0.1", "", "NULL"}}, // is closed
		{"400", []string{"1.0", "7", "5", "127.0.0.1", "", "NULL"}},
		{"400", []string{"1.0", "7", "1", "127.0.0.1", "", "NULL", "more"}},
		{"400", []string{"1.0", "7", "1", "127.0.0.1", "", "PLAIN", "name", "right"}},
		{"400", []string{"1.0", "7", "2", "127.0.0.1", "", "PLAIN", "name"}},
		{"400", []string{"1.0", "7", "2", "127.0.0.1", "", "PLAIN", "name", "wrong"}},
		{"400", []string{"1.0", "7", "2", "127.0.0.1", "", "NULL"}},
		{"400", []string{"1.0", "7", "3", "127.0.0.1", "", "CURVE", key[1:]}},
		{"400", []string{"1.0", "7", "3", "127.0.0.1", "", "CURVE", key, key}},
	} {
		if _, err := ask.SendMessage(c.request); err != nil {
			t.Fatal(err)
		}
		answer, err := ask.RecvMessage(0)
		if err != nil {
			t.Fatal(err)
		}
		id := ""
		if len(c.request) > 1 {
			id = c.request[1]
		}
		if len(answer) != 6 || answer[0] != "1.0" || answer[1] != id || answer[2] != c.status || answer[4] != "" || answer[5] != "" {
			t.Errorf("%q: got %q, want status %s", c.request, answer, c.status)
		}
		if strings.Contains(strings.Join(answer, " "), "secret") {
			t.Errorf("%q: the answer tells why: %q", c.request, answer)
		}
		if c.status != "200" {
			refused++
		}
	}
	if got := s.Stats().Refused; got != refused {
		t.Errorf("Stats: %d refused, want %d", got, refused)
	}
}

// TestSecurityThatLibzmqCannot would otherwise be left out silently.
func TestSecurityThatLibzmqCannot(t *testing.T) {
	s, err := Transport{}.Open(zsock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	admit := func(zsock.Credentials) error { return nil }
	for _, o := range []zsock.ListenOptions{
		{Endpoint: "inproc://x", Security: zsock.Security{Authenticate: admit}},
		{Endpoint: "inproc://x", Security: zsock.Security{Mechanism: zsock.Plain, Authenticate: admit}},
	} {
		o.Kind = zsock.Router
		if _, err := s.Listen(o); !errors.Is(err, zsock.ErrInvalid) {
			t.Errorf("Listen %+v: got %v, want ErrInvalid", o, err)
		}
	}
	plain := zsock.Security{Mechanism: zsock.Plain, Username: "alice"}
	for _, o := range []zsock.DialOptions{
		{Endpoint: "inproc://x", Security: plain},
		{Endpoint: "tcp://127.0.0.1:1", Security: zsock.Security{Mechanism: zsock.Plain}},
	} {
		o.Kind = zsock.Dealer
		if _, err := s.Dial(o); !errors.Is(err, zsock.ErrInvalid) {
			t.Errorf("Dial %+v: got %v, want ErrInvalid", o, err)
		}
	}
	l, err := s.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1", Security: plain})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Redial("inproc://x"); !errors.Is(err, zsock.ErrInvalid) {
		t.Errorf("Redial: got %v, want ErrInvalid", err)
	}
}

func TestHeartbeatTTL(t *testing.T) {
	for heartbeat, want := range map[time.Duration]time.Duration{
		time.Millisecond:       100 * time.Millisecond,
		50 * time.Millisecond:  100 * time.Millisecond,
		51 * time.Millisecond:  200 * time.Millisecond,
		time.Second:            2 * time.Second,
		zsock.MaxHeartbeat:     2 * zsock.MaxHeartbeat,
		zsock.MaxHeartbeat - 1: 2 * zsock.MaxHeartbeat,
	} {
		if got := heartbeatTTL(heartbeat); got != want {
			t.Errorf("%v: got %v, want %v", heartbeat, got, want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	f.Add("1.0", "1", "1", "127.0.0.1", "", "NULL", []byte(nil))
	f.Add("1.0", "1", "1", "::1", "peer", "CURVE", make([]byte, 32))
	z := &zap{listeners: map[string]zsock.Security{}}
	domain := z.register(zsock.Security{Mechanism: zsock.Curve, Authenticate: func(zsock.Credentials) error { return nil }})
	f.Fuzz(func(t *testing.T, version, id, asked, addr, identity, mechanism string, credentials []byte) {
		request := [][]byte{[]byte(version), []byte(id), []byte(asked), []byte(addr), []byte(identity), []byte(mechanism), credentials}
		for n := range request {
			if z.judge(request[:n], &addresses{}) == nil {
				t.Fatalf("a request of %d frames is admitted", n)
			}
		}
		whole := version == "1.0" && asked == domain && mechanism == "CURVE" && len(credentials) == 32
		if err := z.judge(request, &addresses{}); (err == nil) != whole {
			t.Fatalf("%q: got %v", request, err)
		}
	})
}
