package zmtp

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// converse lets two ends of a mechanism talk, and returns what the server and the client end with.
func converse(server, client mechanism) (serverErr, clientErr error) {
	toServer, _ := client.first()
	toClient, _ := server.first()
	serverDone, clientDone := false, false
	for range 10 {
		if toServer != nil && !serverDone {
			var answer []byte
			answer, serverDone, serverErr = server.next(toServer)
			toServer = nil
			if answer != nil {
				toClient = answer
			}
		}
		if toClient != nil && !clientDone {
			if name, data, err := parseCommand(toClient); err == nil && name == "ERROR" {
				return serverErr, parseError(data)
			}
			var answer []byte
			answer, clientDone, clientErr = client.next(toClient)
			toClient = nil
			if answer != nil {
				toServer = answer
			}
		}
		if serverErr != nil || clientErr != nil || serverDone && clientDone {
			return serverErr, clientErr
		}
	}
	return errors.New("no end"), errors.New("no end")
}

// ends are a server's and a client's, of NULL or PLAIN.
func ends(m zsock.Mechanism, ask func(zsock.Credentials) error) (server, client mechanism) {
	server, _ = newMechanism(&end{server: true, security: zsock.Security{Mechanism: m, Authenticate: ask}, metadata: []byte("server's"), addr: netip.MustParseAddr("10.1.2.3")})
	client, _ = newMechanism(&end{security: zsock.Security{Mechanism: m, Username: "alice", Password: "secret"}, metadata: []byte("client's")})
	return server, client
}

func TestNullAndPlain(t *testing.T) {
	for _, m := range []zsock.Mechanism{zsock.Null, zsock.Plain} {
		var asked zsock.Credentials
		server, client := ends(m, func(c zsock.Credentials) error { asked = c; return nil })
		if serr, cerr := converse(server, client); serr != nil || cerr != nil {
			t.Fatalf("%s: %v, %v", m, serr, cerr)
		}
		if string(server.metadata()) != "client's" || string(client.metadata()) != "server's" {
			t.Errorf("%s: metadata %q and %q", m, server.metadata(), client.metadata())
		}
		want := zsock.Credentials{Mechanism: m, Addr: netip.MustParseAddr("10.1.2.3")}
		if m == zsock.Plain {
			want.Username, want.Password = "alice", "secret"
		}
		if asked != want {
			t.Errorf("%s: asked about %+v", m, asked)
		}
		no := errors.New("not on a Monday")
		serr, cerr := converse(ends(m, func(zsock.Credentials) error { return no }))
		if !errors.Is(serr, no) || cerr == nil || !strings.Contains(cerr.Error(), `"400"`) || strings.Contains(cerr.Error(), "Monday") {
			t.Errorf("%s, refused: %v, %v", m, serr, cerr)
		}
	}
}

// TestPlainOutOfOrder: every command where another one is due, and commands that are not whole.
func TestPlainOutOfOrder(t *testing.T) {
	welcome := func(zsock.Credentials) error { return nil }
	hello := command("HELLO", []byte{5}, []byte("alice"), []byte{6}, []byte("secret"))
	all := [][]byte{hello, command("WELCOME"), command("INITIATE"), command("READY"), command("MESSAGE"), nil, {0}}
	for _, role := range []struct {
		server bool
		order  []int // of all
	}{{true, []int{0, 2}}, {false, []int{1, 3}}} {
		for step := range role.order {
			for i, wrong := range all {
				if i == role.order[step] {
					continue
				}
				m, client := ends(zsock.Plain, welcome)
				if !role.server {
					m = client
				}
				for _, right := range role.order[:step] {
					if _, _, err := m.next(all[right]); err != nil {
						t.Fatal(err)
					}
				}
				if _, done, err := m.next(wrong); err == nil || done {
					t.Errorf("server %t, step %d: %q was taken", role.server, step, wrong)
				}
			}
		}
	}
	for i := range hello {
		server, _ := ends(zsock.Plain, welcome)
		if _, _, err := server.next(hello[:i]); err == nil {
			t.Errorf("HELLO was taken when cut off after %d octets", i)
		}
	}
	server, client := ends(zsock.Plain, welcome)
	if _, _, err := server.next(append(bytes.Clone(hello), 0)); err == nil {
		t.Error("HELLO was taken with an octet too many")
	}
	if _, _, err := client.next(command("WELCOME", []byte{1})); err == nil {
		t.Error("WELCOME was taken with an octet too many")
	}
}

func FuzzNull(f *testing.F) { fuzzEnds(f, zsock.Null, command("READY", []byte("metadata"))) }

func FuzzPlain(f *testing.F) {
	fuzzEnds(f, zsock.Plain, command("HELLO", []byte{5}, []byte("alice"), []byte{6}, []byte("secret")))
}

// fuzzEnds gives two commands to a server and to a client: nobody is admitted whose name was not asked about.
func fuzzEnds(f *testing.F, m zsock.Mechanism, first []byte) {
	f.Add(first, command("INITIATE", []byte("metadata")))
	f.Add(command("WELCOME"), command("READY", []byte("metadata")))
	f.Add([]byte{5, 'H', 'E', 'L', 'L', 'O', 255}, []byte{})
	f.Fuzz(func(t *testing.T, one, two []byte) {
		asked := false
		server, client := ends(m, func(c zsock.Credentials) error {
			asked = true
			if m == zsock.Plain && (c.Username != "alice" || c.Password != "secret") {
				return errors.New("no")
			}
			return nil
		})
		for _, b := range [][]byte{one, two} {
			_, done, err := server.next(b)
			if done && (!asked || err != nil) {
				t.Fatalf("admitted after %q, %q: %v", one, two, err)
			}
			if done || err != nil {
				break
			}
		}
		for _, b := range [][]byte{one, two} {
			if _, done, err := client.next(b); done || err != nil {
				break
			}
		}
	})
}
