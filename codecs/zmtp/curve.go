package zmtp

import (
	"crypto/ecdh"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/crypto/nacl/secretbox"
	//lint:ignore SA1019 CurveZMQ is made of HSalsa20, as NaCl is
	"golang.org/x/crypto/salsa20/salsa"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// The names are those of RFC 26: C and S are the long-term public keys of client and server, C' and S' the transient
// ones that each makes for one connection; c, s, c', s' are the secret keys to them. Box[text](c'->S) is a text that
// only who knows c' or s can make or read.
//
//	client                                           server
//	HELLO     C', Box[64 zeros](c'->S)          -->
//	                                            <--  WELCOME   Box[S', cookie](s->C')
//	INITIATE  cookie, Box[C, vouch, metadata](c'->S')
//	          vouch is Box[C', S](c->S')        -->
//	                                            <--  READY     Box[metadata](s'->C')
//	MESSAGE   Box[flags, body](c'->S')         <-->  MESSAGE   Box[flags, body](s'->C')

// errCurve: a command was not made with the keys that it should have been made with, or was changed on its way.
var errCurve = errors.New("zmtp: CURVE: a command does not open")

// The steps of either end. Whatever fails leaves an end in the first, where it takes no command any more.
const (
	curveEnded = iota
	curveHello
	curveWelcome
	curveInitiate
	curveReady
)

// Sizes in octets.
const (
	curveKeySize     = 32
	curveShortNonce  = 8  // counted up, behind a prefix of 16
	curveLongNonce   = 16 // random, behind a prefix of 8
	curveZeros       = 64 // in the box of HELLO
	curvePadding     = 72 // in HELLO, so that WELCOME is shorter
	curveCookieSize  = 96
	curveVouchSize   = secretbox.Overhead + 2*curveKeySize
	curveHelloSize   = 2 + curvePadding + curveKeySize + curveShortNonce + secretbox.Overhead + curveZeros
	curveWelcomeSize = curveLongNonce + secretbox.Overhead + curveKeySize + curveCookieSize
	// without metadata:
	curveInitiateSize = curveCookieSize + curveShortNonce + secretbox.Overhead + curveProofSize
	curveProofSize    = curveKeySize + curveLongNonce + curveVouchSize
	curveReadySize    = curveShortNonce + secretbox.Overhead
)

// The prefixes of nonces: each box is of one kind and one way only.
const (
	curveHelloNonce    = "CurveZMQHELLO---"
	curveWelcomeNonce  = "WELCOME-"
	curveVouchNonce    = "VOUCH---"
	curveInitiateNonce = "CurveZMQINITIATE"
	curveReadyNonce    = "CurveZMQREADY---"
	curveClientNonce   = "CurveZMQMESSAGEC"
	curveServerNonce   = "CurveZMQMESSAGES"
)

// newCurve makes an end of the CURVE mechanism.
func newCurve(e end) (mechanism, error) {
	if e.secret != nil {
		return newCurveWith(e, e.secret), nil
	}
	secret, err := curveSecret(e.security.Secret)
	if err != nil {
		return nil, err
	}
	return newCurveWith(e, secret), nil
}

// curveSecret makes a socket's own secret key ready. That costs a quarter of what an end's handshake does, so who makes
// many ends does it once.
func curveSecret(k zsock.Key) (*ecdh.PrivateKey, error) {
	secret, err := ecdh.X25519().NewPrivateKey(k[:])
	if err != nil {
		return nil, fmt.Errorf("zmtp: CURVE: Security.Secret: %w", err)
	}
	return secret, nil
}

// newCurveWith is newCurve where curveSecret has been called before.
func newCurveWith(e end, secret *ecdh.PrivateKey) mechanism {
	if e.server {
		return &curveServer{end: e, secret: secret, step: curveHello}
	}
	return &curveClient{end: e, secret: secret}
}

// boxKey is the key of every box between two pairs of keys. It is one scalar multiplication, and those are what a
// handshake's time goes to: so each is made once, and not by box.Precompute, which multiplies twice.
func boxKey(secret *ecdh.PrivateKey, public []byte) (*[32]byte, error) {
	// The highest bit does not count in a multiplication: a key would have a second form, which Authenticate may not know.
	if public[curveKeySize-1]&0x80 != 0 {
		return nil, fmt.Errorf("%w: a public key is above 2^255", errCurve)
	}
	point, err := ecdh.X25519().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCurve, err)
	}
	product, err := secret.ECDH(point) // refuses a point of low order, with which every secret gives the same product
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCurve, err)
	}
	return hsalsa(product, make([]byte, 16)), nil
}

// hsalsa makes a key from a key and 16 octets.
func hsalsa(key, in []byte) *[32]byte {
	var k [32]byte
	salsa.HSalsa20(&k, (*[16]byte)(in), (*[32]byte)(key), &salsa.Sigma)
	return &k
}

// curveNonce is a whole nonce: which command it is for, and the part that travels.
func curveNonce(prefix string, rest []byte) *[24]byte {
	var n [24]byte
	copy(n[copy(n[:], prefix):], rest)
	return &n
}

// appendBox appends a nonce's travelling part and the box of a text.
func appendBox(dst []byte, prefix string, nonce, text []byte, key *[32]byte) []byte {
	dst = append(dst, nonce...)
	return secretbox.Seal(dst, text, curveNonce(prefix, nonce), key)
}

// openBox opens what appendBox appended. The command's name is for the error.
func openBox(command, prefix string, b []byte, key *[32]byte) ([]byte, error) {
	n := 24 - len(prefix)
	text, ok := secretbox.Open(nil, b[n:], curveNonce(prefix, b[:n]), key)
	if !ok {
		return nil, fmt.Errorf("%w: %s", errCurve, command)
	}
	return text, nil
}

// shortNonce is a counter as it travels.
func shortNonce(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// random makes n random octets.
func random(n int) []byte {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return b
}
