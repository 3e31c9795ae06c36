package wire

import (
	"errors"
	"fmt"
	"strconv"
)

// What can be wrong with a message. Every error of a generated codec wraps exactly one of these, so a caller
// tells them apart with errors.Is; errors.As with [*Error] gives message, field and place.
var (
	// ErrTruncated: the frame ends inside a field, or a length or a count claims more than the frame has left.
	ErrTruncated = errors.New("the frame ends inside the field")
	// ErrTrailing: octets follow the last field of the first frame, or the number that has a frame of its own.
	ErrTrailing = errors.New("octets follow the last field")
	// ErrSignature: the message does not begin with the protocol's signature. On a reused port that is a
	// stranger's message and normal life: drop it without a word.
	ErrSignature = errors.New("the signature is of another protocol")
	// ErrVersion: the peer speaks another version of the protocol.
	ErrVersion = errors.New("the version is another one")
	// ErrConstant: a field that the model fixes to a value holds something else.
	ErrConstant = errors.New("the field does not hold its fixed value")
	// ErrUnknownID: the model has no message of this number or name; signature, version and header are right.
	ErrUnknownID = errors.New("there is no message of this id")
	// ErrFrames: the number of frames does not fit the message. [ErrMissingFrame] and [ErrExtraFrame] are
	// the two ways, and each of them is an ErrFrames for errors.Is.
	ErrFrames = errors.New("the number of frames is wrong")
	// ErrMissingFrame: a frame that the message needs is not there.
	ErrMissingFrame = fmt.Errorf("%w: a frame is missing", ErrFrames)
	// ErrExtraFrame: frames follow the last field.
	ErrExtraFrame = fmt.Errorf("%w: frames follow the last field", ErrFrames)
	// ErrTooLong: a value does not fit the length or count of its encoding. Encoders only; nothing is ever cut.
	ErrTooLong = errors.New("the value is longer than its encoding can say")
	// ErrNUL: a text that must not hold a NUL octet holds one.
	ErrNUL = errors.New("the text holds a NUL octet")
	// ErrPair: an entry of a dictionary in the first encoding is not "key=value". A key that holds "=" cannot be
	// written as one.
	ErrPair = errors.New("the entry of the dictionary is not key=value")
)

// Error says where in which message something is wrong. It wraps one of the Err values of this package.
type Error struct {
	Message string // name in the model, "HELLO"; empty while the message is not known yet
	Field   string // name in the model, "groups"; empty when no single field is at fault
	Offset  int    // octets of the first frame that were read without fault; -1 when encoding, and where each field is a frame
	Err     error  // one of the Err values of this package, never nil
}

// Error implements error: "HELLO groups, octet 26: the frame ends inside the field".
func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = "message"
	}
	if e.Field != "" {
		s += " " + e.Field
	}
	if e.Offset >= 0 {
		s += ", octet " + strconv.Itoa(e.Offset)
	}
	return s + ": " + e.Err.Error()
}

// Unwrap gives the sentinel, for errors.Is.
func (e *Error) Unwrap() error { return e.Err }

// At names the place of an encoding error. Err must not be nil.
func At(message, field string, err error) error {
	return &Error{Message: message, Field: field, Offset: -1, Err: err}
}
