package wire

import (
	"encoding/binary"
	"fmt"
)

// Pair is an entry of a hash (dictionary). On the wire the key is a string (at most 255 octets) and the value
// a longstr. Order and repeated keys are kept as they came.
type Pair struct {
	Key, Value []byte // octets, as they are on the wire
}

// Reader reads the fields of one message, in order: those of the first frame, then whole frames. It never
// panics and never reads past what it was given. The first fault sticks: every later read gives a zero value,
// and [Reader.End] reports the fault. All slices it gives alias the frames. The zero Reader is of an empty frame; [Reader.Reset] gives it a message.
//
// The field names that the methods take appear in errors only.
type Reader struct {
	frame  []byte   // the first frame
	at     int      // octets of it that are read
	frames [][]byte // the frames after the first that are not read yet
	fault  *Error   // the first one, without the name of the message
	whole  bool     // each field is a frame of its own
}

// Reset makes r read the message that consists of frames, from its beginning. Without any frame the reader
// has failed already, with [ErrMissingFrame].
//
// It fills the reader in place because a constructor's copy costs more than reading a short message.
func (r *Reader) Reset(frames [][]byte) {
	r.at, r.fault, r.whole = 0, nil, false
	if len(frames) == 0 {
		*r = Reader{fault: &Error{Err: ErrMissingFrame}}
		return
	}
	r.frame = frames[0]
	r.frames = frames[1:len(frames):len(frames)]
}

// Fail records a fault that the caller found in a field, unless there was one before, and ends the reading.
//
//go:noinline
func (r *Reader) Fail(field string, err error) {
	if r.fault == nil {
		r.fault = &Error{Field: field, Offset: r.at, Err: err}
	}
	r.at = len(r.frame)
	r.frames = nil
}

// Err gives the first fault so far without its place, nil if there was none.
func (r *Reader) Err() error {
	if r.fault == nil {
		return nil
	}
	return r.fault.Err
}

// Done tells whether the message was read without a fault and to its end.
func (r *Reader) Done() bool {
	return r.fault == nil && r.at == len(r.frame) && len(r.frames) == 0
}

// End says why the message is not [Reader.Done]: an [*Error] with the given message name, or nil if it is. Octets left are
// [ErrTrailing], frames left are [ErrExtraFrame].
func (r *Reader) End(message fmt.Stringer) error {
	if r.Done() {
		return nil
	}
	switch {
	case r.fault != nil:
	case r.at < len(r.frame):
		r.Fail("", ErrTrailing)
	default:
		r.Fail("", ErrExtraFrame)
	}
	e := *r.fault
	if message != nil {
		e.Message = message.String()
	}
	if r.whole {
		e.Offset = -1
	}
	return &e
}

// take gives the next n octets; n ≥ 0.
func (r *Reader) take(field string, n int) []byte {
	if len(r.frame)-r.at < n {
		r.Fail(field, ErrTruncated)
		return nil
	}
	v := r.frame[r.at : r.at+n : r.at+n]
	r.at += n
	return v
}

// Signature reads the two octets that name the protocol. Anything else, and a frame too short for them, is [ErrSignature].
func (r *Reader) Signature(want uint16) {
	if v := r.frame[r.at:]; len(v) >= 2 && binary.BigEndian.Uint16(v) == want {
		r.at += 2
		return
	}
	r.Fail("signature", ErrSignature)
}

// short says that the frame ends inside a field. It gives 0, for what cannot be read.
//
//go:noinline
func (r *Reader) short(field string) uint8 {
	r.Fail(field, ErrTruncated)
	return 0
}

// Number1 reads a number of one octet. It is just small enough to be inlined.
func (r *Reader) Number1(field string) uint8 {
	if r.at < len(r.frame) {
		r.at++
		return r.frame[r.at-1]
	}
	return r.short(field)
}

// Number2 reads a number of two octets.
func (r *Reader) Number2(field string) uint16 {
	if v := r.frame[r.at:]; len(v) >= 2 {
		r.at += 2
		return binary.BigEndian.Uint16(v)
	}
	return uint16(r.short(field))
}

// Number4 reads a number of four octets.
func (r *Reader) Number4(field string) uint32 {
	if v := r.frame[r.at:]; len(v) >= 4 {
		r.at += 4
		return binary.BigEndian.Uint32(v)
	}
	return uint32(r.short(field))
}

// Number8 reads a number of eight octets.
func (r *Reader) Number8(field string) uint64 {
	if v := r.frame[r.at:]; len(v) >= 8 {
		r.at += 8
		return binary.BigEndian.Uint64(v)
	}
	return uint64(r.short(field))
}

// Octets copies len(dst) octets into dst: the field types octets and uuid.
func (r *Reader) Octets(field string, dst []byte) {
	copy(dst, r.take(field, len(dst)))
}

// String reads a text with a length of one octet.
func (r *Reader) String(field string) []byte {
	if r.at < len(r.frame) {
		from := r.at + 1
		to := from + int(r.frame[r.at])
		if to <= len(r.frame) {
			r.at = to
			return r.frame[from:to:to]
		}
	}
	r.Fail(field, ErrTruncated)
	return nil
}

// LongStr reads a text with a length of four octets.
func (r *Reader) LongStr(field string) []byte {
	v, n := longstr(r.frame[r.at:])
	if n == 0 {
		r.Fail(field, ErrTruncated)
		return nil
	}
	r.at += n
	return v
}

// Chunk reads data with a length of four octets.
func (r *Reader) Chunk(field string) []byte { return r.LongStr(field) }

// longstr gives the text at the front of b and the octets it took, or 0 when b ends before.
func longstr(b []byte) ([]byte, int) {
	if len(b) < 4 {
		return nil, 0
	}
	// Compared as 64 bits: where int has 32, a claimed 2^31 must not become negative.
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, 0
	}
	to := 4 + int(n)
	return b[4:to:to], to
}

// Strings reads a list of texts into the memory of into, or into new memory when that is too small (or had
// room for more than 1024 entries). The count is checked against the octets left before anything is
// allocated: each text takes four octets on the wire, and 24 in the list, so the list has at most six times
// the size of the frame.
func (r *Reader) Strings(field string, into [][]byte) [][]byte {
	into = into[:0]
	n, ok := r.count(field, 4)
	if !ok {
		return into
	}
	into = room(into, n)
	b := r.frame[r.at:]
	for i := range into {
		v, size := longstr(b)
		if size == 0 {
			r.Fail(field, ErrTruncated)
			return into[:0]
		}
		into[i] = v
		b = b[size:]
	}
	r.at = len(r.frame) - len(b)
	return into
}

// Hash reads a dictionary into the memory of into, or into new memory, as [Reader.Strings] does. Each entry
// takes five octets on the wire at least and 48 in the list, so the list has at most ten times the size of the
// frame.
func (r *Reader) Hash(field string, into []Pair) []Pair {
	into = into[:0]
	n, ok := r.count(field, 5)
	if !ok {
		return into
	}
	into = room(into, n)
	b := r.frame[r.at:]
	for i := range into {
		if len(b) == 0 || len(b) <= int(b[0]) {
			r.Fail(field, ErrTruncated)
			return into[:0]
		}
		to := 1 + int(b[0])
		v, size := longstr(b[to:])
		if size == 0 {
			r.Fail(field, ErrTruncated)
			return into[:0]
		}
		p := &into[i] // not a Pair{…}: building one aside and copying it doubles the time of the loop
		p.Key, p.Value = b[1:to:to], v
		b = b[to+size:]
	}
	r.at = len(r.frame) - len(b)
	return into
}

// count reads the four octets before a list whose entries take at least least octets each.
func (r *Reader) count(field string, least int) (int, bool) {
	left := len(r.frame) - r.at - 4
	if left < 0 {
		r.Fail(field, ErrTruncated)
		return 0, false
	}
	n := binary.BigEndian.Uint32(r.frame[r.at:])
	if uint64(n) > uint64(left/least) {
		r.Fail(field, ErrTruncated)
		return 0, false
	}
	r.at += 4
	return int(n), true
}

// keepEntries bounds the memory that a reused list holds on to after one message had very many entries.
const keepEntries = 1024

// room gives n entries, in the memory of into if it has them. What stood behind them is cleared, so that it
// keeps no old frame alive.
func room[T any](into []T, n int) []T {
	if n > cap(into) || cap(into) > keepEntries {
		return make([]T, n)
	}
	if n < cap(into) {
		clear(into[n:cap(into)])
	}
	return into[:n]
}

// Frame takes the next whole frame. None left is [ErrMissingFrame].
func (r *Reader) Frame(field string) []byte {
	if len(r.frames) == 0 {
		r.Fail(field, ErrMissingFrame)
		return nil
	}
	v := r.frames[0]
	r.frames = r.frames[1:]
	return v
}

// Msg takes all frames that are left, zero or more. The slice aliases the one the reader was made with.
func (r *Reader) Msg() [][]byte {
	v := r.frames
	r.frames = nil
	return v
}

// NoNUL makes a NUL octet in one of the texts a fault of the field, [ErrNUL].
func (r *Reader) NoNUL(field string, texts ...[]byte) {
	if err := CheckNUL(texts...); err != nil {
		r.Fail(field, err)
	}
}

// NoNULKeys makes a NUL octet in a key a fault of the field, [ErrNUL]. Values may hold any octets.
func (r *Reader) NoNULKeys(field string, pairs []Pair) {
	if err := CheckKeys(pairs); err != nil {
		r.Fail(field, err)
	}
}
