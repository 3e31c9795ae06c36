package zmtp

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"strconv"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/rfcs"
)

// spoken is a line of a vector: what one end of libzmq said at once. Package rfcs describes the form.
type spoken struct {
	who, what string // "dialer" or "listener"; "greeting", "command" or "frame"
	octets    []byte
}

// frame takes a spoken frame apart.
func (s spoken) frame(t *testing.T) (flags byte, body []byte) {
	t.Helper()
	flags, size, n := parseHeader(s.octets)
	if n == 0 || uint64(len(s.octets)) != uint64(n)+size {
		t.Fatalf("%s %s: the header of %.40x says %d and %d octets", s.who, s.what, s.octets, n, size)
	}
	return flags &^ flagLong, s.octets[n:]
}

// conversation is a vector.
type conversation struct {
	name  string
	said  []spoken
	given map[string][][]byte // keys, and what was drawn at random: "dialer secret" for instance
}

func (c conversation) mechanism() string {
	name, _, _ := strings.Cut(c.name, "-")
	return strings.ToUpper(name)
}

func conversations(t *testing.T) (all []conversation) {
	t.Helper()
	names, err := fs.Glob(rfcs.Vectors(), "zmtp/*.txt")
	if err != nil || len(names) != 7 {
		t.Fatalf("there are %d vectors, not 7: %v", len(names), err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(rfcs.Vectors(), name)
		if err != nil {
			t.Fatal(err)
		}
		c := conversation{name: strings.TrimSuffix(strings.TrimPrefix(name, "zmtp/"), ".txt"), given: map[string][][]byte{}}
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(line, "#")
			subject, fields, ok := strings.Cut(line, " | ")
			if !ok {
				continue
			}
			who, what, _ := strings.Cut(subject, " ")
			switch octets := unhex(t, fields); what {
			case "greeting", "command", "frame":
				c.said = append(c.said, spoken{who, what, octets})
			default:
				c.given[subject] = append(c.given[subject], octets)
			}
		}
		all = append(all, c)
	}
	return all
}

func named(t *testing.T, name string) conversation {
	t.Helper()
	for _, c := range conversations(t) {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("there is no vector %s", name)
	panic("unreachable")
}

func unhex(t *testing.T, fields string) (octets []byte) {
	t.Helper()
	for _, word := range strings.FieldsFunc(fields, func(r rune) bool { return strings.ContainsRune(" |<>\n", r) }) {
		digits, times, repeated := strings.Cut(word, "*")
		b, err := hex.DecodeString(digits)
		n := 1
		if repeated && err == nil {
			n, err = strconv.Atoi(times)
		}
		if err != nil {
			t.Fatal(err)
		}
		octets = append(octets, bytes.Repeat(b, n)...)
	}
	return octets
}

// misspelt is how libzmq's PLAIN begins its ERROR.
const misspelt = "\x5eRROR"

// TestVectors reads everything that libzmq said in the recorded conversations.
func TestVectors(t *testing.T) {
	for _, c := range conversations(t) {
		for i, s := range c.said {
			if s.what == "greeting" {
				g, err := parseGreeting(s.octets)
				if err != nil || g.minor != 1 || g.mechanism != c.mechanism() {
					t.Errorf("%s: %s's greeting is of 3.%d and %s: %v", c.name, s.who, g.minor, g.mechanism, err)
				}
				continue
			}
			flags, body := s.frame(t)
			if again := appendFrame(nil, flags, body); !bytes.Equal(again, s.octets) {
				t.Errorf("%s: frame %d comes out as %.40x, not %.40x", c.name, i, again, s.octets)
			}
			if (flags&flagCommand != 0) != (s.what == "command") {
				t.Errorf("%s: frame %d is a %s with flags %d", c.name, i, s.what, flags)
			}
			if s.what == "command" && !bytes.HasPrefix(body, []byte(misspelt)) {
				checkCommand(t, c, s.who, body)
			}
		}
	}
}

func checkCommand(t *testing.T, c conversation, who string, body []byte) {
	t.Helper()
	name, data, err := parseCommand(body)
	if err != nil {
		t.Errorf("%s: %q: %v", c.name, body, err)
		return
	}
	switch {
	case name == "READY" && c.mechanism() != "CURVE", name == "INITIATE" && c.mechanism() == "PLAIN":
		p, err := parseProperties(data)
		dialer, listener := "DEALER", "ROUTER"
		if c.name == "null-pubsub" {
			dialer, listener = "SUB", "PUB"
		}
		identity := ""
		if who == "dialer" && (c.name == "null" || c.name == "plain") {
			identity = "alice"
		}
		if want := map[string]string{"dialer": dialer, "listener": listener}[who]; err != nil ||
			p.socketType != want || string(p.identity) != identity {
			t.Errorf("%s: %s is a %q of the identity %q: %v", c.name, who, p.socketType, p.identity, err)
		}
	case name == "PING":
		if ttl, context, err := parsePing(data); ttl != 300 || len(context) > 0 || err != nil {
			t.Errorf("%s: PING of %d, %q: %v", c.name, ttl, context, err)
		}
	case name == "ERROR":
		if err := parseError(data); !strings.Contains(err.Error(), `"400"`) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestVectorsCurve does what each end of the recorded CURVE conversation did, with its keys, and compares. Only the vouch differs:
// its nonce is drawn within.
func TestVectorsCurve(t *testing.T) {
	c := named(t, "curve")
	one := func(what string, i int) []byte { return c.given[what][i] }
	body := func(i int) []byte { _, b := c.said[i].frame(t); return bytes.Clone(b) }
	hello, welcome, initiate, ready := body(2), body(3), body(4), body(5)
	security := zsock.Security{Mechanism: zsock.Curve, Server: zsock.Key(one("listener public", 0))}

	mine := end{security: security, metadata: appendProperty(appendProperty(nil, "Socket-Type", []byte("DEALER")), "Identity", []byte("alice"))}
	mine.security.Public, mine.security.Secret = zsock.Key(one("dialer public", 0)), zsock.Key(one("dialer secret", 0))
	client := newCurveEnd[*curveClient](t, mine)
	var err error
	if client.transient, err = curveSecret(zsock.Key(one("dialer random", 0))); err != nil {
		t.Fatal(err)
	}
	if client.hello, err = boxKey(client.transient, security.Server[:]); err != nil {
		t.Fatal(err)
	}
	client.step = curveWelcome
	ours := curveNext(t, client, welcome, false)
	if at := len("\x08INITIATE") + curveCookieSize + curveShortNonce; len(ours) != len(initiate) || !bytes.Equal(ours[:at], initiate[:at]) {
		t.Errorf("INITIATE: got %x, want %x", ours, initiate)
	}
	curveNext(t, client, ready, true)

	theirs := end{server: true, security: security, metadata: appendProperty(appendProperty(nil, "Socket-Type", []byte("ROUTER")), "Identity", nil)}
	theirs.security.Public, theirs.security.Secret = security.Server, zsock.Key(one("listener secret", 0))
	var shown zsock.Credentials
	theirs.security.Authenticate = func(c zsock.Credentials) error { shown = c; return nil }
	server := newCurveEnd[*curveServer](t, theirs)
	curveNext(t, server, hello, false) // with a cookie and a transient key of its own, in whose place come libzmq's
	if server.transient, err = curveSecret(zsock.Key(one("listener random", 0))); err != nil {
		t.Fatal(err)
	}
	server.cookie = initiate[len("\x08INITIATE"):][:curveCookieSize]
	if ours := curveNext(t, server, initiate, true); !bytes.Equal(ours, ready) {
		t.Errorf("READY: got %x, want %x", ours, ready)
	}
	if shown.Key != mine.security.Public {
		t.Errorf("the key shown is %s", shown.Key)
	}

	messages := named(t, "null").said[4:]
	for i, s := range c.said[6:] {
		from, to := client.crypt, server.crypt
		if s.who == "listener" {
			from, to = to, from
		}
		flags, plain := messages[i].frame(t)
		_, sealed := s.frame(t)
		if ours := from.seal(nil, flags, plain); !bytes.Equal(ours, sealed) {
			t.Errorf("MESSAGE %d of the %s: got %x, want %x", i, s.who, ours, sealed)
		}
		if got, gotFlags, err := to.open(nil, bytes.Clone(sealed)); err != nil || gotFlags != flags || !bytes.Equal(got, plain) {
			t.Errorf("MESSAGE %d of the %s: got flags %d, %.40q: %v", i, s.who, gotFlags, got, err)
		}
	}
}
