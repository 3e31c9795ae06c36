package zmtp

import (
	"bytes"
	"testing"
	"testing/cryptotest"

	"golang.org/x/crypto/nacl/secretbox"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// curveScript reads fuzzed octets as what an attacker does. Each action is two octets and so many more as the second
// says; those change the command that the action makes, from its end backwards: what is interesting stands there.
type curveScript struct {
	octets []byte
	taken  int
}

func (s *curveScript) next() (action byte, change []byte, ok bool) {
	b := s.octets
	if s.taken++; len(b) < 2 || s.taken > 6 { // a handshake takes two commands, and each costs much time
		return 0, nil, false
	}
	n := min(int(b[1]), len(b)-2)
	s.octets = b[2+n:]
	return b[0] % actions, b[2 : 2+n], true
}

func xorEnd(b, change []byte) []byte {
	b = bytes.Clone(b)
	for i := range min(len(b), len(change)) {
		b[len(b)-1-i] ^= change[i]
	}
	return b
}

// The actions.
const (
	actRaw      = iota // the octets are the command
	actName            // a name (its number is the first octet) and data
	actCommand         // the command that is due, changed
	actContent         // the command that is due, with a box that opens and changed content
	actShortBox        // the same, but the octets are all of the content
	actions
)

func FuzzCurveServer(f *testing.F) {
	k := newCurveKeys(f)
	f.Add([]byte{actCommand, 0, actCommand, 0})
	f.Add([]byte{actCommand, 0, actContent, 2, 0, 1})
	f.Add([]byte{actContent, 1, 1})
	f.Add(append([]byte{actCommand, 0, actContent, 26}, make([]byte, 26)...))
	f.Add(append([]byte{actCommand, 0, actContent, 26}, append(make([]byte, 25), 1)...)) // the last octet of the vouch
	f.Add([]byte{actCommand, 0, actShortBox, 3, 1, 2, 3})
	f.Add([]byte{actName, 9, 0, 1, 0, 0, 0, 0, 0, 0, 0})
	f.Add(append([]byte{actRaw, 7}, "\x05HELLO\x01"...))
	f.Fuzz(func(t *testing.T, octets []byte) {
		cryptotest.SetGlobalRandom(t, 1) // the same octets do the same again
		script := curveScript{octets: octets}
		client, e := newCurveReference(t, k.client, k.server.public), k.serverEnd()
		var asked *zsock.Credentials
		e.security.Authenticate = func(c zsock.Credentials) error { asked = &c; return nil }
		server := newCurveEnd[*curveServer](t, e)
		failed := false
		for {
			action, change, ok := script.next()
			if !ok {
				return
			}
			due := client.hello
			var metadata []byte // that of an INITIATE with nothing wrong
			if client.peerTransient != nil {
				due = client.initiate
			}
			var c []byte
			switch action {
			case actRaw:
				c = change
			case actName:
				c = namedCommand(change)
			case actCommand:
				right := due()
				if c = xorEnd(right, change); bytes.Equal(c, right) {
					metadata = client.metadata
				}
			case actContent:
				if client.peerTransient == nil {
					client.zeros = xorEnd(make([]byte, 64), change)
					c = due()
					break
				}
				proof := client.proof()
				text := xorEnd(append(proof, client.metadata...), change)
				if c = client.initiateWith(text); bytes.HasPrefix(text, proof) {
					metadata = text[len(proof):]
				}
			case actShortBox:
				if client.peerTransient == nil {
					client.zeros = change
					c = due()
					break
				}
				c = client.initiateWith(change)
			}
			answer, done, err := server.next(c)
			if failed && (answer != nil || done || err == nil) {
				t.Fatalf("after an error: %q, %v, %v", answer, done, err)
			}
			failed = failed || err != nil
			switch {
			case done:
				if asked == nil || asked.Key != *k.client.public || !bytes.Equal(server.metadata(), metadata) {
					t.Fatalf("admitted %v, metadata %q, want %q", asked, server.metadata(), metadata)
				}
				client.takeReady(t, answer)
				failed = true // so it shall be as after an error
			case answer != nil:
				client.takeWelcome(t, answer)
			}
		}
	})
}

func namedCommand(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	names := []string{"HELLO", "WELCOME", "INITIATE", "READY", "MESSAGE"}
	// With zeros behind, so that few octets make the right lengths.
	return append(command(names[int(b[0])%len(names)], b[1:]), make([]byte, int(b[0]))...)
}

func FuzzCurveClient(f *testing.F) {
	k := newCurveKeys(f)
	f.Add([]byte{actCommand, 0, actCommand, 0})
	f.Add([]byte{actCommand, 0, actContent, 2, 0, 1})
	f.Add([]byte{actContent, 1, 1})
	f.Add([]byte{actShortBox, 3, 1, 2, 3})
	f.Add([]byte{actName, 9, 1, 1, 0, 0, 0, 0, 0, 0, 0})
	f.Add(append([]byte{actRaw, 8}, "\x07WELCOME"...))
	f.Fuzz(func(t *testing.T, octets []byte) {
		cryptotest.SetGlobalRandom(t, 1) // the same octets do the same again
		script := curveScript{octets: octets}
		client, server := newCurveEnd[*curveClient](t, k.clientEnd()), newCurveReference(t, k.server, nil)
		server.takeHello(t, curveFirst(t, client))
		welcomed, failed := false, false
		for {
			action, change, ok := script.next()
			if !ok {
				return
			}
			due := server.welcome
			if welcomed {
				due = server.ready
			}
			var c []byte
			switch action {
			case actRaw:
				c = change
			case actName:
				c = namedCommand(change)
			case actCommand:
				c = xorEnd(due(), change)
			case actContent:
				if !welcomed {
					server.cookie = xorEnd(server.cookie, change)
				}
				server.metadata = xorEnd(server.metadata, change)
				c = due()
			case actShortBox:
				if !welcomed {
					server.cookie = change
				}
				server.metadata = change
				c = due()
			}
			answer, done, err := client.next(c)
			if failed && (answer != nil || done || err == nil) {
				t.Fatalf("after an error: %q, %v, %v", answer, done, err)
			}
			failed = failed || err != nil
			switch {
			case done:
				if !welcomed || !bytes.Equal(client.metadata(), server.metadata) || client.cipher() == nil {
					t.Fatalf("admitted; metadata %q, want %q", client.metadata(), server.metadata)
				}
				failed = true
			case answer != nil:
				server.takeInitiate(t, answer)
				welcomed = true
			}
		}
	})
}

// FuzzCurveOpen gives any octets to open, as they are and as what is inside of a MESSAGE.
func FuzzCurveOpen(f *testing.F) {
	f.Add([]byte("\x07MESSAGE\x00\x00\x00\x00\x00\x00\x00\x02"))
	f.Add([]byte("\x01body"))
	f.Add([]byte("\x02\x04PING\x00\x00"))
	f.Add(make([]byte, 200))
	key := (*[32]byte)(bytes.Repeat([]byte("key!"), 8))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := newCurveCipher(key, curveServerNonce, 0, curveClientNonce, 0)
		given := bytes.Clone(b)
		if plain, _, err := c.open(nil, b); err == nil {
			t.Fatalf("%x opened to %x", b, plain)
		}
		if len(b) == 0 {
			return
		}
		nonce := []byte{0, 0, 0, 0, 0, 0, 0, 1}
		message := append([]byte("\x07MESSAGE"), nonce...)
		message = secretbox.Seal(message, given, referenceNonce("CurveZMQMESSAGEC", nonce), key)
		plain, flags, err := c.open([]byte("before"), message)
		if known := given[0] <= 2; known != (err == nil) {
			t.Fatalf("flags %d: %v", given[0], err)
		} else if !known {
			return
		}
		if string(plain[:6]) != "before" || !bytes.Equal(plain[6:], given[1:]) {
			t.Fatalf("%x opened to %x", given, plain)
		}
		// And back: what we seal is to the octet what secretbox makes of it.
		back := newCurveCipher(key, curveClientNonce, 0, curveServerNonce, 0)
		if got := back.seal(nil, flags, plain[6:]); !bytes.Equal(got, message) {
			t.Fatalf("sealed to %x, want %x", got, message)
		}
	})
}
