package zmtp

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"slices"

	//lint:ignore SA1019 CurveZMQ is made of Poly1305, as NaCl is
	"golang.org/x/crypto/poly1305"
	//lint:ignore SA1019 CurveZMQ is made of HSalsa20, as NaCl is
	"golang.org/x/crypto/salsa20/salsa"
)

// A MESSAGE is the name, a short nonce, and a box (tag and text) of one octet of flags and the body.
const (
	curveMessage  = "\x07MESSAGE"
	curveTag      = len(curveMessage) + curveShortNonce
	curveText     = curveTag + poly1305.TagSize
	curveOverhead = curveText + 1
)

// The flags in a MESSAGE are not those of a frame.
const (
	curveMore    = 1
	curveCommand = 2
)

// curveCipher makes MESSAGEs and opens them. It does to the octet what secretbox does with the session's key and the
// nonce (the tests compare them), but a short message takes three quarters of the time: what depends on the nonce's
// prefix alone is done once, and no copy of the body with the flags before it is needed. Packages salsa and poly1305 are
// marked as deprecated because alone they protect nothing; here they are what secretbox is made of.
type curveCipher struct {
	sealing, opening curveWay
}

// curveWay is one way of a connection.
type curveWay struct {
	key  [32]byte // made from the session's key and the prefix
	last uint64   // the last short nonce
	_    [24]byte // the two ways are used by two processors: no cache line holds parts of both
}

func newCurveCipher(session *[32]byte, sealing string, sent uint64, opening string, received uint64) *curveCipher {
	return &curveCipher{
		sealing: curveWay{key: *hsalsa(session[:], []byte(sealing)), last: sent},
		opening: curveWay{key: *hsalsa(session[:], []byte(opening)), last: received},
	}
}

func (c *curveCipher) overhead() int { return curveOverhead }

// seal needs a dst that does not overlap body.
func (c *curveCipher) seal(dst []byte, flags byte, body []byte) []byte {
	w := &c.sealing
	w.last++
	start, size := len(dst), curveOverhead+len(body)
	dst = slices.Grow(dst, size)[:start+size]
	message := dst[start:]
	copy(message, curveMessage)
	binary.BigEndian.PutUint64(message[len(curveMessage):], w.last)
	text := message[curveText:]

	var block [64]byte
	counter := w.begin(message, &block)
	text[0] = block[32] ^ flags&flagMore
	if flags&flagCommand != 0 {
		text[0] ^= curveCommand
	}
	n := subtle.XORBytes(text[1:], body, block[33:])
	salsa.XORKeyStream(text[1+n:], body[n:], &counter, &w.key)
	poly1305.Sum((*[16]byte)(message[curveTag:]), text, (*[32]byte)(block[:]))
	return dst
}

// open needs a dst that does not overlap message. Of a message that does not open nothing gets there.
func (c *curveCipher) open(dst []byte, message []byte) (plain []byte, flags byte, err error) {
	if len(message) < curveOverhead || string(message[:len(curveMessage)]) != curveMessage {
		return nil, 0, fmt.Errorf("%w: not a MESSAGE of CURVE", errCommand)
	}
	w := &c.opening
	nonce := binary.BigEndian.Uint64(message[len(curveMessage):])
	if nonce <= w.last {
		return nil, 0, fmt.Errorf("%w: MESSAGE with nonce %d after %d: repeated", errCurve, nonce, w.last)
	}
	text := message[curveText:]

	var block [64]byte
	counter := w.begin(message, &block)
	if !poly1305.Verify((*[16]byte)(message[curveTag:]), text, (*[32]byte)(block[:])) {
		return nil, 0, fmt.Errorf("%w: MESSAGE", errCurve)
	}
	w.last = nonce
	switch block[32] ^ text[0] {
	case 0:
	case curveMore:
		flags = flagMore
	case curveCommand:
		flags = flagCommand
	default:
		return nil, 0, fmt.Errorf("%w: MESSAGE with flags %#x", errCommand, block[32]^text[0])
	}
	body := text[1:]
	start := len(dst)
	dst = slices.Grow(dst, len(body))[:start+len(body)]
	n := subtle.XORBytes(dst[start:], body, block[33:])
	salsa.XORKeyStream(dst[start+n:], body[n:], &counter, &w.key)
	return dst, flags, nil
}

// begin makes the first block of the key stream: the tag's key, and 32 octets for the text. The counter is for the rest.
func (w *curveWay) begin(message []byte, block *[64]byte) (counter [16]byte) {
	copy(counter[:], message[len(curveMessage):curveTag])
	salsa.XORKeyStream(block[:], block[:], &counter, &w.key)
	counter[8] = 1
	return counter
}
