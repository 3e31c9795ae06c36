package zsock

import (
	"crypto/ecdh"
	"crypto/rand"
	"fmt"
	"net/netip"
)

// Mechanism is how the two ends of a connection prove who they are (ZMTP 3.1, "Security Mechanisms").
type Mechanism uint8

const (
	// Null proves nothing and hides nothing.
	Null Mechanism = iota
	// Plain shows a name and a password, to anybody who listens in too (RFC 24).
	Plain
	// Curve proves both ends by their keys and encrypts everything (RFC 25, RFC 26).
	Curve
)

// String gives the mechanism's name on the wire: "NULL", "PLAIN", "CURVE".
func (m Mechanism) String() string {
	switch m {
	case Null:
		return "NULL"
	case Plain:
		return "PLAIN"
	case Curve:
		return "CURVE"
	}
	return "invalid"
}

// Security says how a socket's connections are made sure of. The zero value is Null. A socket that listens is the server
// of the mechanism, one that dials the client; both ends must name the same mechanism, else they do not connect.
type Security struct {
	// Mechanism is Null, Plain or Curve.
	Mechanism Mechanism
	// Username and Password are what a Plain client shows: at most 255 octets each.
	Username, Password string
	// Public and Secret are a Curve socket's own keys; see NewKeys.
	Public, Secret Key
	// Server is the public key of the listener that a Curve client dials.
	Server Key
	// Authenticate is asked, on a listener, about each peer before it is admitted; an error refuses the peer, and its
	// text stays here. It is called from the transport's goroutines, several at a time, and must not block. A Plain
	// listener must have one. Without it a Null listener admits everybody, a Curve listener everybody who knows Public.
	Authenticate func(Credentials) error
}

// Credentials are what a peer shows of itself to a listener.
type Credentials struct {
	Mechanism          Mechanism  // which of the three it used
	Addr               netip.Addr // where it comes from, as far as known
	Username, Password string     // of Plain
	Key                Key        // of Curve: the peer's public key, proved
}

// Key is a Curve25519 key of 32 octets. Its text form is Z85 (RFC 32), 40 characters.
type Key [32]byte

// NewKeys makes a pair of Curve keys.
func NewKeys() (public, secret Key, err error) {
	k, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return Key{}, Key{}, fmt.Errorf("zsock: make keys: %w", err)
	}
	return Key(k.PublicKey().Bytes()), Key(k.Bytes()), nil
}

// PublicKey is the public key that belongs to a secret one.
func (k Key) PublicKey() (Key, error) {
	secret, err := ecdh.X25519().NewPrivateKey(k[:])
	if err != nil {
		return Key{}, fmt.Errorf("%w: not a secret key: %w", ErrInvalid, err)
	}
	return Key(secret.PublicKey().Bytes()), nil
}

// ParseKey reads a key in Z85.
func ParseKey(text string) (Key, error) {
	var k Key
	b, err := decodeZ85(text)
	if err != nil {
		return k, fmt.Errorf("%w: key: %w", ErrInvalid, err)
	}
	if len(b) != len(k) {
		return k, fmt.Errorf("%w: a key has 40 characters, not %d", ErrInvalid, len(text))
	}
	return Key(b), nil
}

// String is the key in Z85.
func (k Key) String() string { return encodeZ85(k[:]) }

// check refuses what no transport can honour.
func (s *Security) check(listens bool) error {
	switch s.Mechanism {
	case Null:
	case Plain:
		if len(s.Username) > 255 || len(s.Password) > 255 {
			return fmt.Errorf("%w: PLAIN: Username and Password have at most 255 octets each", ErrInvalid)
		}
		if listens && s.Authenticate == nil {
			return fmt.Errorf("%w: PLAIN: a listener needs Authenticate, else every password would do", ErrInvalid)
		}
	case Curve:
		if s.Public == (Key{}) || s.Secret == (Key{}) {
			return fmt.Errorf("%w: CURVE: Public or Secret is missing: make them with NewKeys", ErrInvalid)
		}
		if own, err := s.Secret.PublicKey(); err != nil || own != s.Public {
			return fmt.Errorf("%w: CURVE: Public does not belong to Secret", ErrInvalid)
		}
		if !listens && s.Server == (Key{}) {
			return fmt.Errorf("%w: CURVE: Server, the listener's public key, is missing", ErrInvalid)
		}
	default:
		return fmt.Errorf("%w: Mechanism %d: it must be Null, Plain or Curve", ErrInvalid, s.Mechanism)
	}
	if !listens && s.Authenticate != nil {
		return fmt.Errorf("%w: Authenticate is for listeners", ErrInvalid)
	}
	return nil
}
