package zmtp

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// pair makes keys for a test.
func pair(t *testing.T) keys {
	t.Helper()
	public, secret, err := zsock.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys{public, secret}
}

// client is what we show.
func (k keys) client(server zsock.Key) zsock.Security {
	return zsock.Security{Mechanism: zsock.Curve, Public: k.public, Secret: k.secret, Server: server}
}

// theirs are the options of their socket with those keys.
func (k keys) theirs(options ...string) []string {
	return append([]string{"secret", k.secret.String(), "public", k.public.String()}, options...)
}

var admin = zsock.Security{Mechanism: zsock.Plain, Username: "admin", Password: "secret"}

// some is what both ends say to each other once they have admitted each other.
func (c *talk) some() {
	c.t.Helper()
	c.echo(octets("hello"))
	c.echo(octets("", strings.Repeat("a", 255), strings.Repeat("b", 256), strings.Repeat("c", 70_000), ""))
	for i := range 1000 {
		c.echo(octets("message", strconv.Itoa(i)))
	}
}

// Their server admits who shows what is right, and we are told when it does not.
func TestTheirServer(t *testing.T) {
	far, near, other := pair(t), pair(t), pair(t)
	door, lock := []string{"accept", "admin:secret"}, far.theirs("admit", near.public.String())
	const (
		admitted = iota
		judged   // the server looked at what we showed, and did not like it
		unheard  // it did not come to that
	)
	for _, c := range []struct {
		name   string
		can    func(brand) bool
		server []string
		client zsock.Security
		want   int
	}{
		{"PLAIN", every, door, admin, admitted},
		{"PLAIN, wrong password", judges, door, zsock.Security{Mechanism: zsock.Plain, Username: "admin", Password: "guess"}, judged},
		{"PLAIN, no password", judges, door, zsock.Security{Mechanism: zsock.Plain, Username: "admin"}, judged},
		{"PLAIN, we speak NULL", every, door, zsock.Security{}, unheard},
		{"CURVE", curves, lock, near.client(far.public), admitted},
		{"CURVE, our key is not admitted", curves, lock, other.client(far.public), judged},
		{"CURVE, wrong server key", curves, lock, near.client(other.public), unheard},
		{"CURVE, we speak PLAIN", curves, lock, admin, unheard},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachBrand(t, c.can, func(t *testing.T, b brand) {
				server := b.open(t, "ROUTER", "bind", "tcp://127.0.0.1:*", slices.Concat(c.server, []string{"echo", "1"})...)
				o := open(t)
				l := o.dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: server.endpoint(), Security: c.client})
				e := o.event()
				if c.want == admitted {
					if e.Type != zsock.Up || e.Link != l {
						t.Fatalf("got %s: %v", e.Type, e.Err)
					}
					(&talk{ours: o, send: l.Send}).some()
					return
				}
				if e.Type != zsock.Failed || e.Link != l || e.Err == nil {
					t.Fatalf("got %s: %v", e.Type, e.Err)
				}
				t.Log(e.Err)
				if b.judges {
					if e := server.tells("REFUSED"); (e.Text == c.client.Mechanism.String()) != (c.want == judged) {
						t.Errorf("they refused us for another reason: %+v", e)
					}
				}
			})
		})
	}
}

// Our server admits who shows what is right, refuses everybody else, and goes on.
func TestOurServer(t *testing.T) {
	near, far, other := pair(t), pair(t), pair(t)
	door := zsock.Security{Mechanism: zsock.Plain}
	lock := zsock.Security{Mechanism: zsock.Curve, Public: near.public, Secret: near.secret}
	right := zsock.Credentials{Mechanism: zsock.Plain, Username: "admin", Password: "secret"}
	member := zsock.Credentials{Mechanism: zsock.Curve, Key: far.public}
	plain := []string{"username", "admin", "password", "secret"}
	curve := far.theirs("server", near.public.String())
	for _, c := range []struct {
		name     string
		can      func(brand) bool
		server   zsock.Security
		admitted zsock.Credentials
		right    []string
		wrong    []string // nil: nobody is wrong
	}{
		{"PLAIN", every, door, right, plain, nil},
		{"PLAIN, wrong password", every, door, right, plain, []string{"username", "admin", "password", "guess"}},
		{"PLAIN, they speak NULL", every, door, right, plain, []string{}},
		{"CURVE", curves, lock, member, curve, nil},
		{"CURVE, their key is not admitted", curves, lock, member, curve, other.theirs("server", near.public.String())},
		{"CURVE, wrong server key", curves, lock, member, curve, far.theirs("server", other.public.String())},
		{"CURVE, they speak PLAIN", curves, lock, member, curve, plain},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachBrand(t, c.can, func(t *testing.T, b brand) {
				var mu sync.Mutex
				var shown []zsock.Credentials
				server := c.server
				server.Authenticate = func(who zsock.Credentials) error {
					mu.Lock()
					defer mu.Unlock()
					shown = append(shown, who)
					if who.Addr.String() != "127.0.0.1" {
						return errors.New("from elsewhere")
					}
					if who.Addr = c.admitted.Addr; who != c.admitted {
						return errors.New("not known")
					}
					return nil
				}
				o := open(t)
				r := o.listen(zsock.ListenOptions{Kind: zsock.Router, Security: server})
				start := func(name string, options []string) *theirs {
					return b.open(t, "DEALER", "connect", r.Endpoint(), slices.Concat([]string{"identity", name, "echo", "1"}, options)...)
				}
				if c.wrong != nil {
					mallory := start("mallory", c.wrong)
					if e := o.event(); e.Type != zsock.Failed || e.Err == nil || e.Addr.String() != "127.0.0.1" {
						t.Fatalf("got %s of %s: %v", e.Type, e.Addr, e.Err)
					}
					mallory.tells("REFUSED")
					mallory.quit() // else it tries again and again
				}
				start("bob", c.right)
				e := o.event()
				for c.wrong != nil && e.Type == zsock.Failed { // of mallory's other attempts
					e = o.event()
				}
				if e.Type != zsock.Up || string(e.Peer) != "bob" {
					t.Fatalf("got %s of %q: %v", e.Type, e.Peer, e.Err)
				}
				(&talk{ours: o, peer: "bob", send: func(frames [][]byte) error { return r.Send([]byte("bob"), frames) }}).some()
				if err := r.Send([]byte("mallory"), octets("hello")); !errors.Is(err, zsock.ErrUnknownPeer) {
					t.Errorf("mallory is known: %v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				if len(shown) == 0 {
					t.Error("nobody was asked")
				}
			})
		})
	}
}

func curves(b brand) bool { return b.curve }
func judges(b brand) bool { return b.judges }
