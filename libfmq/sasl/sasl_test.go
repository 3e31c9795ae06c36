package sasl_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libfmq/sasl"
)

var long = strings.Repeat("x", sasl.MaxText+1)

func server(t *testing.T, mechanisms ...sasl.ServerMechanism) *sasl.Server {
	t.Helper()
	s, err := sasl.NewServer(mechanisms...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func client(t *testing.T, mechanisms ...sasl.ClientMechanism) *sasl.Client {
	t.Helper()
	c, err := sasl.NewClient(mechanisms...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var logins = sasl.NewLogins(map[string]string{"joe": "secret", "ann": "geheim", "empty": ""})

// talk lets both sides exchange messages until the server has decided.
func talk(s *sasl.Server, c *sasl.Client) (*sasl.Identity, int, error) {
	exchange, answers := s.Start(), c.Start()
	var challenge []byte
	for rounds := 1; ; rounds++ {
		name, response, err := answers.Answer(s.Offer(), challenge)
		if err != nil {
			return nil, rounds, err
		}
		next, who, err := exchange.Respond(name, response)
		if who != nil || err != nil {
			return who, rounds, err
		}
		challenge = next
	}
}

func TestBothSides(t *testing.T) {
	both := server(t, sasl.PlainServer{Check: logins.Check}, sasl.AnonymousServer{})
	plain := server(t, sasl.PlainServer{Check: logins.Check})
	anonymous := server(t, sasl.AnonymousServer{})
	joe, nobody := sasl.PlainClient{Login: "joe", Password: "secret"}, sasl.AnonymousClient{Trace: "who@example"}
	is := sasl.Identity{Mechanism: "PLAIN", Login: "joe", As: "joe"}
	trace := sasl.Identity{Mechanism: "ANONYMOUS", Trace: "who@example"}
	for _, c := range []struct {
		name   string
		server *sasl.Server
		client *sasl.Client
		who    sasl.Identity
		err    error
	}{
		{"right", both, client(t, joe), is, nil},
		{"PLAIN preferred", both, client(t, joe, nobody), is, nil},
		{"ANONYMOUS preferred", both, client(t, nobody, joe), trace, nil},
		{"only ANONYMOUS offered", anonymous, client(t, joe, nobody), trace, nil},
		{"only PLAIN offered", plain, client(t, nobody, joe), is, nil},
		{"nothing in common", plain, client(t, nobody), sasl.Identity{}, sasl.ErrMechanism},
		{"no trace", anonymous, client(t, sasl.AnonymousClient{}), sasl.Identity{Mechanism: "ANONYMOUS"}, nil},
		{"wrong password", both, client(t, sasl.PlainClient{Login: "joe", Password: "Secret"}), sasl.Identity{}, sasl.ErrRefused},
		{"no password", both, client(t, sasl.PlainClient{Login: "joe"}), sasl.Identity{}, sasl.ErrInvalid},
		{"a password that begins right", both, client(t, sasl.PlainClient{Login: "joe", Password: "secret1"}), sasl.Identity{}, sasl.ErrRefused},
		{"the password of another", both, client(t, sasl.PlainClient{Login: "joe", Password: "geheim"}), sasl.Identity{}, sasl.ErrRefused},
		{"unknown login", both, client(t, sasl.PlainClient{Login: "bob", Password: "secret"}), sasl.Identity{}, sasl.ErrRefused},
		{"empty password that is right", both, client(t, sasl.PlainClient{Login: "empty"}), sasl.Identity{}, sasl.ErrInvalid},
		{"empty login", both, client(t, sasl.PlainClient{Password: "secret"}), sasl.Identity{}, sasl.ErrInvalid},
		{"login too long", both, client(t, sasl.PlainClient{Login: long}), sasl.Identity{}, sasl.ErrInvalid},
		{"NUL in a login", both, client(t, sasl.PlainClient{Login: "j\x00e"}), sasl.Identity{}, sasl.ErrInvalid},
		{"trace too long", both, client(t, sasl.AnonymousClient{Trace: long}), sasl.Identity{}, sasl.ErrInvalid},
		{"nothing to check with", server(t, sasl.PlainServer{}), client(t, joe), sasl.Identity{}, sasl.ErrRefused},
		{"several challenges", server(t, sum(3)), client(t, sumSide{}), sasl.Identity{Mechanism: "X-SUM", Login: "adder"}, nil},
		{"one challenge too many", server(t, sum(sasl.MaxRounds+1)), client(t, sumSide{}), sasl.Identity{}, sasl.ErrMalformed},
	} {
		who, _, err := talk(c.server, c.client)
		if !errors.Is(err, c.err) || (who == nil) != (c.err != nil) || who != nil && *who != c.who {
			t.Errorf("%s: got %+v, %v; want %+v, %v", c.name, who, err, c.who, c.err)
		}
	}
	if _, rounds, _ := talk(server(t, sum(3)), client(t, sumSide{})); rounds != 4 {
		t.Errorf("three challenges took %d responses, want 4: the first has nothing to respond to", rounds)
	}
}

// sum is a mechanism that somebody may invent: the server gives that many numbers, and the client answers each with the sum so far.
type sum int

func (sum) Name() string { return "X-SUM" }

type (
	sumServer struct{ sum, rounds, most int }
	sumClient struct{ sum int }
	sumSide   struct{}
)

func (m sum) Start() sasl.ServerExchange { return &sumServer{most: int(m)} }

func (sumSide) Name() string { return "X-SUM" }

func (sumSide) Start() sasl.ClientExchange { return &sumClient{} }

func (e *sumServer) Respond(response []byte) ([]byte, *sasl.Identity, error) {
	if e.rounds > 0 && string(response) != fmt.Sprint(e.sum) {
		return nil, nil, sasl.ErrRefused
	}
	if e.rounds++; e.rounds > e.most {
		return nil, &sasl.Identity{Login: "adder"}, nil
	}
	e.sum += e.rounds
	return []byte{byte(e.rounds)}, nil, nil
}

func (e *sumClient) Answer(challenge []byte) ([]byte, error) {
	if len(challenge) == 0 {
		return nil, nil
	}
	e.sum += int(challenge[0])
	return []byte(fmt.Sprint(e.sum)), nil
}

// What a client may send that is not meant well.
func TestHostileResponses(t *testing.T) {
	s := server(t, sasl.PlainServer{Check: logins.Check}, sasl.AnonymousServer{}, sum(5))
	for _, c := range []struct {
		name, mechanism, response string
		err                       error
	}{
		{"unknown mechanism", "GSSAPI", "", sasl.ErrMechanism},
		{"no mechanism", "", "", sasl.ErrMechanism},
		{"small letters", "plain", "\x00joe\x00secret", sasl.ErrMechanism},
		{"a mechanism without end", strings.Repeat("A", 1<<16), "", sasl.ErrMechanism},
		{"empty", "PLAIN", "", sasl.ErrMalformed},
		{"one NUL", "PLAIN", "\x00joe", sasl.ErrMalformed},
		{"three NULs", "PLAIN", "\x00joe\x00secret\x00", sasl.ErrMalformed},
		{"nobody", "PLAIN", "\x00\x00secret", sasl.ErrMalformed},
		{"login too long", "PLAIN", "\x00" + long + "\x00secret", sasl.ErrMalformed},
		{"password too long", "PLAIN", "\x00joe\x00" + long, sasl.ErrMalformed},
		{"acts for too long a name", "PLAIN", long + "\x00joe\x00secret", sasl.ErrMalformed},
		{"acts for somebody else", "PLAIN", "ann\x00joe\x00secret", sasl.ErrRefused},
		{"trace too long", "ANONYMOUS", long, sasl.ErrMalformed},
		{"larger than any", "X-SUM", strings.Repeat("x", sasl.MaxMessage+1), sasl.ErrMalformed},
	} {
		e := s.Start()
		challenge, who, err := e.Respond(c.mechanism, []byte(c.response))
		if challenge != nil || who != nil || !errors.Is(err, c.err) || len(err.Error()) > 200 {
			t.Errorf("%s: got %q, %v, %v; want %v", c.name, challenge, who, err, c.err)
		}
		if _, who, err := e.Respond("PLAIN", []byte("\x00joe\x00secret")); who != nil || !errors.Is(err, sasl.ErrRefused) {
			t.Errorf("%s: an exchange that is over goes on: %v, %v", c.name, who, err)
		}
	}
	e := s.Start()
	if challenge, _, err := e.Respond("X-SUM", nil); len(challenge) != 1 || err != nil {
		t.Fatalf("got %q, %v", challenge, err)
	}
	if _, who, err := e.Respond("ANONYMOUS", nil); who != nil || !errors.Is(err, sasl.ErrMechanism) {
		t.Errorf("the mechanism changes on the way: got %v, %v", who, err)
	}
	e = s.Start()
	if _, who, err := e.Respond("PLAIN", []byte("joe\x00joe\x00secret")); err != nil || who.As != "joe" {
		t.Errorf("acts for itself: got %v, %v", who, err)
	}
	if _, who, err := e.Respond("PLAIN", []byte("\x00ann\x00geheim")); who != nil || !errors.Is(err, sasl.ErrRefused) {
		t.Errorf("a client that is accepted becomes another: got %v, %v", who, err)
	}
}

// endless challenges for ever.
type endless struct{}

func (endless) Name() string                                   { return "X-ENDLESS" }
func (e endless) Start() sasl.ServerExchange                   { return e }
func (endless) Respond([]byte) ([]byte, *sasl.Identity, error) { return []byte("?"), nil, nil }

func TestServerEndsWhatHasNoEnd(t *testing.T) {
	e := server(t, endless{}).Start()
	for i := 0; ; i++ {
		_, _, err := e.Respond("X-ENDLESS", nil)
		if err == nil && i < sasl.MaxRounds {
			continue
		}
		if i != sasl.MaxRounds || !errors.Is(err, sasl.ErrRefused) {
			t.Errorf("after %d rounds: %v", i, err)
		}
		return
	}
}

// What a server may send that is not meant well.
func TestHostileChallenges(t *testing.T) {
	joe := sasl.PlainClient{Login: "joe", Password: "secret"}
	for name, offered := range map[string][]string{"none": nil, "others": {"GSSAPI", "plain", ""}, "too many": make([]string, 1000)} {
		if _, response, err := client(t, joe).Start().Answer(offered, nil); response != nil || err == nil || len(err.Error()) > 300 {
			t.Errorf("%s: got %q, %v", name, response, err)
		}
	}
	if _, _, err := client(t, joe).Start().Answer(append(make([]string, sasl.MaxMechanisms), "PLAIN"), nil); !errors.Is(err, sasl.ErrMalformed) {
		t.Errorf("a list that is too long: got %v", err)
	}
	for name, m := range map[string]sasl.ClientMechanism{"PLAIN": joe, "ANONYMOUS": sasl.AnonymousClient{}} {
		a := client(t, m).Start()
		if _, _, err := a.Answer([]string{name}, make([]byte, sasl.MaxMessage+1)); !errors.Is(err, sasl.ErrMalformed) {
			t.Errorf("%s answers a challenge of any size: %v", name, err)
		}
		if _, _, err := a.Answer([]string{name}, nil); err != nil {
			t.Error(err)
		}
		if _, response, err := a.Answer([]string{name}, []byte("again")); response != nil || !errors.Is(err, sasl.ErrMalformed) {
			t.Errorf("%s answers twice: %q, %v", name, response, err)
		}
	}
}

func TestMechanismsThatCannotBeOffered(t *testing.T) {
	for _, c := range []struct {
		mechanisms []sasl.ServerMechanism
		want       string
	}{
		{nil, "sasl: invalid: 0 mechanisms: give 1 to 64"},
		{[]sasl.ServerMechanism{named("x")}, `sasl: invalid: "x" is no name of a mechanism: it has 1 to 20 of A–Z, 0–9, "-" and "_"`},
		{[]sasl.ServerMechanism{named("A B")}, `sasl: invalid: "A B" is no name of a mechanism: it has 1 to 20 of A–Z, 0–9, "-" and "_"`},
		{[]sasl.ServerMechanism{named("")}, `sasl: invalid: "" is no name of a mechanism: it has 1 to 20 of A–Z, 0–9, "-" and "_"`},
		{[]sasl.ServerMechanism{sasl.AnonymousServer{}, sasl.AnonymousServer{}}, "sasl: invalid: the mechanism ANONYMOUS is given twice"},
	} {
		if _, err := sasl.NewServer(c.mechanisms...); err == nil || err.Error() != c.want || !errors.Is(err, sasl.ErrInvalid) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if _, err := sasl.NewClient(); !errors.Is(err, sasl.ErrInvalid) {
		t.Errorf("a client without mechanisms: %v", err)
	}
}

type named string

func (n named) Name() string               { return string(n) }
func (n named) Start() sasl.ServerExchange { return nil }

func FuzzPlain(f *testing.F) {
	f.Add([]byte("\x00joe\x00secret"))
	f.Add([]byte("ann\x00joe\x00"))
	f.Fuzz(func(t *testing.T, response []byte) {
		m, err := sasl.ParsePlain(response)
		if err != nil {
			if !errors.Is(err, sasl.ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		again, err := m.Append(nil)
		if err != nil || !bytes.Equal(again, response) {
			t.Fatalf("%q came back as %q, %v", response, again, err)
		}
	})
}

func FuzzAnonymous(f *testing.F) {
	f.Add([]byte("who@example"))
	f.Fuzz(func(t *testing.T, response []byte) {
		trace, err := sasl.ParseAnonymous(response)
		if (err == nil) != (len(response) <= sasl.MaxText) || err == nil && !bytes.Equal(trace, response) {
			t.Fatalf("got %q, %v", trace, err)
		}
	})
}
