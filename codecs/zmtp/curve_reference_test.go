package zmtp

import (
	"cmp"
	"crypto/rand"
	"encoding/binary"
	"testing"

	"golang.org/x/crypto/nacl/box"
	"golang.org/x/crypto/nacl/secretbox"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// curvePair is a pair of keys, as package box takes them.
type curvePair struct{ public, secret *[32]byte }

func newCurvePair(t testing.TB) curvePair {
	t.Helper()
	public, secret, err := box.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return curvePair{public, secret}
}

// curveReference is either end of RFC 26 as simply as it can be written, on package box: what the mechanism is compared
// with, and an attacker that makes any command, since every field can be set to what it should not be.
type curveReference struct {
	own, transient     curvePair
	server             *[32]byte // S; only a client needs it
	peerTransient      *[32]byte
	cookie             []byte
	nonce              uint64
	metadata, zeros    []byte
	vouched, vouchedTo *[32]byte // what the vouch says; nil: what it should say
	helloKey, vouchKey *[32]byte // of the boxes of HELLO and of the vouch; nil: what they should be
}

func newCurveReference(t testing.TB, own curvePair, server *[32]byte) *curveReference {
	return &curveReference{own: own, transient: newCurvePair(t), server: server, zeros: make([]byte, 64),
		cookie: make([]byte, 96), metadata: []byte("metadata of the reference")}
}

// short is the next short nonce.
func (r *curveReference) short() []byte {
	r.nonce++
	return binary.BigEndian.AppendUint64(nil, r.nonce)
}

// sharedKey is the key of the boxes between two pairs of keys. It takes any point.
func sharedKey(public, secret *[32]byte) *[32]byte {
	var k [32]byte
	box.Precompute(&k, public, secret)
	return &k
}

func referenceNonce(prefix string, rest []byte) *[24]byte {
	return (*[24]byte)(append([]byte(prefix), rest...))
}

func (r *curveReference) hello() []byte {
	n := r.short()
	b := append([]byte("\x05HELLO\x01\x00"), make([]byte, 72)...)
	b = append(append(b, r.transient.public[:]...), n...)
	key := cmp.Or(r.helloKey, sharedKey(r.server, r.transient.secret))
	return secretbox.Seal(b, r.zeros, referenceNonce("CurveZMQHELLO---", n), key)
}

func (r *curveReference) takeHello(t testing.TB, b []byte) {
	t.Helper()
	r.peerTransient = (*[32]byte)(b[80:112])
	text, ok := box.Open(nil, b[120:200], referenceNonce("CurveZMQHELLO---", b[112:120]), r.peerTransient, r.own.secret)
	begin := "\x05HELLO\x01\x00" + string(make([]byte, 72))
	if !ok || len(b) != 200 || string(text) != string(make([]byte, 64)) || string(b[:80]) != begin {
		t.Fatalf("HELLO: %x", b)
	}
}

func (r *curveReference) welcome() []byte {
	n := random(16)
	b := append([]byte("\x07WELCOME"), n...)
	text := append(r.transient.public[:], r.cookie...)
	return box.Seal(b, text, referenceNonce("WELCOME-", n), r.peerTransient, r.own.secret)
}

func (r *curveReference) takeWelcome(t testing.TB, b []byte) {
	t.Helper()
	text, ok := box.Open(nil, b[24:], referenceNonce("WELCOME-", b[8:24]), r.server, r.transient.secret)
	if !ok || len(b) != 168 || string(b[:8]) != "\x07WELCOME" {
		t.Fatalf("WELCOME: %x", b)
	}
	r.peerTransient, r.cookie = (*[32]byte)(text), text[32:]
}

func (r *curveReference) proof() []byte {
	vouched, to := cmp.Or(r.vouched, r.transient.public), cmp.Or(r.vouchedTo, r.server)
	key := cmp.Or(r.vouchKey, sharedKey(r.peerTransient, r.own.secret))
	n := random(16)
	b := append(append([]byte(nil), r.own.public[:]...), n...)
	return secretbox.Seal(b, append(vouched[:], to[:]...), referenceNonce("VOUCH---", n), key)
}

func (r *curveReference) initiate() []byte { return r.initiateWith(append(r.proof(), r.metadata...)) }

// initiateWith is an INITIATE with any text in its box.
func (r *curveReference) initiateWith(text []byte) []byte {
	n := r.short()
	b := append(append([]byte("\x08INITIATE"), r.cookie...), n...)
	return box.Seal(b, text, referenceNonce("CurveZMQINITIATE", n), r.peerTransient, r.transient.secret)
}

// takeInitiate gives C and the metadata.
func (r *curveReference) takeInitiate(t testing.TB, b []byte) (client zsock.Key, metadata []byte) {
	t.Helper()
	text, ok := box.Open(nil, b[113:], referenceNonce("CurveZMQINITIATE", b[105:113]), r.peerTransient, r.transient.secret)
	if !ok || string(b[:9]) != "\x08INITIATE" || string(b[9:105]) != string(r.cookie) || len(text) < 128 {
		t.Fatalf("INITIATE: %x", b)
	}
	client = zsock.Key(text[:32])
	vouch, ok := box.Open(nil, text[48:128], referenceNonce("VOUCH---", text[32:48]), (*[32]byte)(text), r.transient.secret)
	if !ok || string(vouch) != string(r.peerTransient[:])+string(r.own.public[:]) {
		t.Fatalf("the vouch in INITIATE: %x", text)
	}
	return client, text[128:]
}

func (r *curveReference) ready() []byte {
	n := r.short()
	b := append([]byte("\x05READY"), n...)
	return box.Seal(b, r.metadata, referenceNonce("CurveZMQREADY---", n), r.peerTransient, r.transient.secret)
}

func (r *curveReference) takeReady(t testing.TB, b []byte) (metadata []byte) {
	t.Helper()
	text, ok := box.Open(nil, b[14:], referenceNonce("CurveZMQREADY---", b[6:14]), r.peerTransient, r.transient.secret)
	if !ok || string(b[:6]) != "\x05READY" {
		t.Fatalf("READY: %x", b)
	}
	return text
}

// session is the key of MESSAGEs.
func (r *curveReference) session() *[32]byte { return sharedKey(r.peerTransient, r.transient.secret) }

// referenceMessage is a MESSAGE of that nonce with any octet of flags.
func referenceMessage(key *[32]byte, prefix string, nonce uint64, flags byte, body []byte) []byte {
	n := binary.BigEndian.AppendUint64(nil, nonce)
	b := append([]byte("\x07MESSAGE"), n...)
	return secretbox.Seal(b, append([]byte{flags}, body...), referenceNonce(prefix, n), key)
}

// takeReferenceMessage opens a MESSAGE.
func takeReferenceMessage(t testing.TB, key *[32]byte, prefix string, b []byte) (flags byte, body []byte) {
	t.Helper()
	text, ok := secretbox.Open(nil, b[16:], referenceNonce(prefix, b[8:16]), key)
	if !ok || string(b[:8]) != "\x07MESSAGE" {
		t.Fatalf("MESSAGE: %x", b)
	}
	return text[0], text[1:]
}
