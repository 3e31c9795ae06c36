package zsock_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// The first pair of the tests of RFC 32's reference implementation, taken to 32 octets by repeating.
func TestKeyText(t *testing.T) {
	var k zsock.Key
	copy(k[:], strings.Repeat("\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B", 4))
	if got, want := k.String(), strings.Repeat("HelloWorld", 4); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if back, err := zsock.ParseKey(k.String()); err != nil || back != k {
		t.Errorf("got %v, %v", back, err)
	}
	for text, want := range map[string]string{
		"":                              "40 characters, not 0",
		"HelloWorld":                    "40 characters, not 10",
		strings.Repeat("Hello", 9):      "40 characters, not 45",
		"x":                             "divisible by 5",
		strings.Repeat("#", 40):         "stands for no four octets",
		strings.Repeat("HelloWorl ", 4): `' ' is no character`,
	} {
		if _, err := zsock.ParseKey(text); !errors.Is(err, zsock.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestNewKeys(t *testing.T) {
	public, secret, err := zsock.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	if own, err := secret.PublicKey(); err != nil || own != public {
		t.Errorf("got %v, %v", own, err)
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add(strings.Repeat("HelloWorld", 4))
	f.Add(strings.Repeat("#", 40))
	f.Fuzz(func(t *testing.T, text string) {
		if k, err := zsock.ParseKey(text); err == nil && k.String() != text {
			t.Errorf("%q became %q", text, k)
		}
	})
}

func TestSecurityIsChecked(t *testing.T) {
	public, secret, err := zsock.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	ask := func(zsock.Credentials) error { return nil }
	for _, c := range []struct {
		listens, dials bool // whether it is allowed there
		s              zsock.Security
	}{
		{true, true, zsock.Security{}},
		{true, false, zsock.Security{Authenticate: ask}},
		{false, true, zsock.Security{Mechanism: zsock.Plain}},
		{true, false, zsock.Security{Mechanism: zsock.Plain, Authenticate: ask}},
		{false, false, zsock.Security{Mechanism: zsock.Plain, Username: strings.Repeat("n", 256), Authenticate: ask}},
		{false, false, zsock.Security{Mechanism: zsock.Curve}},
		{false, false, zsock.Security{Mechanism: zsock.Curve, Public: secret, Secret: secret}},
		{true, false, zsock.Security{Mechanism: zsock.Curve, Public: public, Secret: secret}},
		{true, true, zsock.Security{Mechanism: zsock.Curve, Public: public, Secret: secret, Server: public}},
		{false, false, zsock.Security{Mechanism: 77}},
	} {
		l := zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", Security: c.s}
		if err := l.Check(); (err == nil) != c.listens || err != nil && !errors.Is(err, zsock.ErrInvalid) {
			t.Errorf("%+v: Listen: got %v", c.s, err)
		}
		d := zsock.DialOptions{Kind: zsock.Dealer, Endpoint: "tcp://127.0.0.1:1", Security: c.s}
		if err := d.Check(); (err == nil) != c.dials || err != nil && !errors.Is(err, zsock.ErrInvalid) {
			t.Errorf("%+v: Dial: got %v", c.s, err)
		}
	}
}
