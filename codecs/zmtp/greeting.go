package zmtp

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// greetingSize is the length of what both ends send first (ZMTP 3.1, "Greeting").
const greetingSize = 64

// Where things stand in a greeting.
const (
	atVersion   = 10
	atMechanism = 12
	atServer    = 32
	atFiller    = 33
)

// errNotZMTP: whoever is there speaks something else.
var errNotZMTP = errors.New("zmtp: the other end does not speak ZMTP 3")

// greeting is what an end says of itself before anything else.
type greeting struct {
	minor     byte
	mechanism string
	server    bool
}

// appendGreeting appends ours: we speak 3.1.
func appendGreeting(dst []byte, m zsock.Mechanism, server bool) []byte {
	var g [greetingSize]byte
	g[0], g[8], g[9] = 0xFF, 1, 0x7F // the 1 is how libzmq fills what older versions read as a length
	g[atVersion], g[atVersion+1] = 3, 1
	copy(g[atMechanism:atServer], m.String())
	if server {
		g[atServer] = 1
	}
	return append(dst, g[:]...)
}

// checkGreeting refuses as early as possible what is no beginning of a greeting.
func checkGreeting(b []byte) error {
	if len(b) > 0 && b[0] != 0xFF || len(b) > 9 && b[9]&1 == 0 {
		return fmt.Errorf("%w: it began with %.16q", errNotZMTP, b)
	}
	if len(b) > atVersion && b[atVersion] < 3 {
		version := "2.0"
		if b[atVersion] == 0 {
			version = "1.0"
		}
		return fmt.Errorf("%w but %s: update ZeroMQ there to version 4 or later", errNotZMTP, version)
	}
	return nil
}

// parseGreeting reads the peer's, which is whole. Its major version may be higher than ours: we go on with what we have.
func parseGreeting(b []byte) (greeting, error) {
	if err := checkGreeting(b); err != nil {
		return greeting{}, err
	}
	g := greeting{minor: b[atVersion+1], server: b[atServer]&1 != 0}
	if b[atVersion] > 3 {
		g.minor = 1
	}
	name, rest, _ := bytes.Cut(b[atMechanism:atServer], []byte{0})
	for _, c := range rest {
		if c != 0 {
			return greeting{}, fmt.Errorf("%w: the mechanism in its greeting is %.20q", errNotZMTP, b[atMechanism:atServer])
		}
	}
	g.mechanism = string(name)
	return g, nil
}
