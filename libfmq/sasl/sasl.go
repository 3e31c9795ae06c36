package sasl

import (
	"errors"
	"fmt"
)

// Errors, to be met with errors.Is.
var (
	// ErrRefused: the server does not accept the client. A client is told no more than this.
	ErrRefused = errors.New("sasl: refused")
	// ErrMechanism: no mechanism is acceptable to both sides, or it was changed on the way. For a server it is a refusal too.
	ErrMechanism = errors.New("sasl: no such mechanism")
	// ErrMalformed: a challenge or a response does not have the form of its mechanism. For a server it is a refusal too.
	ErrMalformed = errors.New("sasl: malformed message")
	// ErrInvalid: mechanisms that cannot be offered, or credentials that cannot be sent.
	ErrInvalid = errors.New("sasl: invalid")
)

// Bounds of everything that comes from outside.
const (
	MaxText       = 255     // octets of a login, a password, an identity to act as, a trace
	MaxMessage    = 1 << 16 // octets of a challenge or a response
	MaxMechanisms = 64      // names in a list
	MaxName       = 20      // characters of a mechanism's name (RFC 4422, section 3.1)
	MaxRounds     = 16      // challenges that one exchange may take
)

// Identity is whom a server has accepted.
type Identity struct {
	Mechanism string // which way
	Login     string // who has shown to be who; empty for an anonymous client
	As        string // whom the login acts for; usually the same
	Trace     string // what an anonymous client says of itself. Not proved in any way
}

// ServerMechanism is the server's side of a way to authenticate. One value serves all clients.
type ServerMechanism interface {
	// Name is the registered name, capitals, digits, "-" and "_": "PLAIN".
	Name() string
	// Start begins an exchange with a client.
	Start() ServerExchange
}

// ServerExchange is the server's side of one exchange.
type ServerExchange interface {
	// Respond takes a response of the client. Its result is one of three: a challenge, to which the client responds in
	// turn; who the client is; or an error, which refuses it.
	Respond(response []byte) (challenge []byte, who *Identity, err error)
}

// ClientMechanism is the client's side of a way to authenticate.
type ClientMechanism interface {
	// Name is as in ServerMechanism.
	Name() string
	// Start begins an exchange with a server.
	Start() ClientExchange
}

// ClientExchange is the client's side of one exchange.
type ClientExchange interface {
	// Answer takes a challenge, which at first is empty, and gives the response. An error ends the exchange.
	Answer(challenge []byte) (response []byte, err error)
}

// validName tells whether RFC 4422 allows the name.
func validName(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != "" && len(s) <= MaxName
}

func checkNames(names []string) error {
	if len(names) == 0 || len(names) > MaxMechanisms {
		return fmt.Errorf("%w: %d mechanisms: give 1 to %d", ErrInvalid, len(names), MaxMechanisms)
	}
	seen := map[string]bool{}
	for _, n := range names {
		if !validName(n) {
			return fmt.Errorf("%w: %q is no name of a mechanism: it has 1 to %d of A–Z, 0–9, \"-\" and \"_\"", ErrInvalid, n, MaxName)
		}
		if seen[n] {
			return fmt.Errorf("%w: the mechanism %s is given twice", ErrInvalid, n)
		}
		seen[n] = true
	}
	return nil
}
