package zmtp

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func TestGreeting(t *testing.T) {
	for _, m := range []zsock.Mechanism{zsock.Null, zsock.Plain, zsock.Curve} {
		for _, server := range []bool{false, true} {
			b := appendGreeting(nil, m, server)
			g, err := parseGreeting(b)
			if err != nil || g != (greeting{minor: 1, mechanism: m.String(), server: server}) {
				t.Errorf("%s: got %+v, %v", m, g, err)
			}
		}
	}
	whole := appendGreeting(nil, zsock.Null, false)
	for _, c := range []struct {
		at    int
		octet byte
		want  string // of the error; empty: none
	}{
		{0, 'G', "does not speak ZMTP 3: it began with \"G"},
		{5, 77, ""}, // padding, of which nothing is said
		{9, 0x7E, "does not speak ZMTP 3"},
		{10, 0, "ZMTP 3 but 1.0"},
		{10, 1, "ZMTP 3 but 2.0"},
		{10, 4, ""},
		{11, 0, ""},
		{11, 9, ""},
		{17, 'X', "the mechanism in its greeting"},
		{63, 1, ""}, // filler
	} {
		b := bytes.Clone(whole)
		b[c.at] = c.octet
		_, err := parseGreeting(b)
		if (err == nil) != (c.want == "") || err != nil && (!errors.Is(err, errNotZMTP) || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("octet %d is %#x: got %v, want %q", c.at, c.octet, err, c.want)
		}
	}
}

func FuzzGreeting(f *testing.F) {
	f.Add(appendGreeting(nil, zsock.Curve, true))
	f.Add([]byte("GET / HTTP/1.1\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		early := checkGreeting(b)
		if len(b) < greetingSize {
			return
		}
		g, err := parseGreeting(b[:greetingSize])
		if early != nil && err == nil {
			t.Fatalf("refused early and taken late: %v", early)
		}
		if err == nil && (len(g.mechanism) > 20 || strings.Contains(g.mechanism, "\x00")) {
			t.Fatalf("mechanism %q", g.mechanism)
		}
	})
}

func TestProperties(t *testing.T) {
	good := appendProperty(appendProperty(nil, "socket-TYPE", []byte("DEALER")), "Identity", []byte("alice"))
	good = appendProperty(good, "Resource", []byte("ignored"))
	p, err := parseProperties(good)
	if err != nil || p.socketType != "DEALER" || string(p.identity) != "alice" {
		t.Errorf("got %+v, %v", p, err)
	}
	for i := 1; i < len(good); i++ {
		if _, err := parseProperties(good[:i]); err == nil && i != 22 && i != 40 { // where a property ends
			t.Errorf("taken when cut off after %d octets", i)
		}
	}
	for name, b := range map[string][]byte{
		"an identity of 256 octets":   appendProperty(nil, "Identity", make([]byte, 256)),
		"begins with a zero octet":    appendProperty(nil, "Identity", []byte{0, 1}),
		"metadata ends":               {0, 0, 0, 0, 0},
		"claims 4294967295 octets of": {1, 'x', 0xFF, 0xFF, 0xFF, 0xFF, 1},
	} {
		if _, err := parseProperties(b); !errors.Is(err, errCommand) || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q", err, name)
		}
	}
}

func FuzzProperties(f *testing.F) {
	f.Add(appendProperty(appendProperty(nil, "Socket-Type", []byte("DEALER")), "Identity", []byte("alice")))
	f.Add([]byte{1, 'x', 0xFF, 0xFF, 0xFF, 0xFF, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseProperties(b)
		if err == nil && (len(p.identity) > 255 || len(p.identity)+len(p.socketType) > len(b)) {
			t.Fatalf("%+v", p)
		}
	})
}

// FuzzCommand reads every command that may come over an established connection.
func FuzzCommand(f *testing.F) {
	f.Add(command("PING", []byte{0, 1}, []byte("context")))
	f.Add(command("SUBSCRIBE", []byte("topic")))
	f.Add(errorCommand("400"))
	f.Add([]byte{200})
	f.Fuzz(func(t *testing.T, body []byte) {
		open, _ := Transport{}.Open(zsock.Options{})
		s := open.(*sockets)
		for _, kind := range []zsock.Kind{zsock.Router, zsock.Pub} {
			c := newConn(s, nobody{}, &options{kind: kind}, &script{}, &admitted{})
			c.out = &queue{} // it is not connected: nothing is sent
			err := c.command(body)
			name, _, perr := parseCommand(body)
			if perr != nil && err == nil || name == "ERROR" && err == nil {
				t.Fatalf("%q was taken", body)
			}
			c.kill(err)
		}
	})
}
