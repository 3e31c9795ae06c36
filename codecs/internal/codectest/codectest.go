// Package codectest is what the tests of the generated codecs have in common: messages in readable hex, both
// directions, and a fuzzer.
package codectest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
)

// Codec encodes and decodes the messages of a protocol, whose type is M.
type Codec[M any] struct {
	Encode func(m *M) ([][]byte, error)
	Parse  func(m *M, frames [][]byte) error
}

// Case is a message and what it looks like on the wire.
type Case[M any] struct {
	Name   string
	M      M
	Frames [][]byte
}

// BothDirections encodes and decodes each case. One value decodes all of them, as a reader does.
func (c Codec[M]) BothDirections(t *testing.T, cases []Case[M]) {
	t.Helper()
	var got M
	for i := range cases {
		v := &cases[i]
		if frames, err := c.Encode(&v.M); err != nil || !slices.EqualFunc(frames, v.Frames, bytes.Equal) {
			t.Errorf("%s: wrote %x, %v, want %x", v.Name, frames, err, v.Frames)
		}
		if err := c.Parse(&got, v.Frames); err != nil || !Same(&got, &v.M) {
			t.Errorf("%s: read %+v, %v, want %+v", v.Name, got, err, v.M)
		}
	}
}

// Refusal is something that is no message. (An alias, so that tables need no names of fields.)
type Refusal = struct {
	Frames [][]byte
	Err    error  // one of wire's
	Text   string // how the error begins
}

// Refused decodes what must not be decoded.
func (c Codec[M]) Refused(t *testing.T, cases []Refusal) {
	t.Helper()
	var m M
	for _, v := range cases {
		if err := c.Parse(&m, v.Frames); !errors.Is(err, v.Err) || !strings.HasPrefix(err.Error(), v.Text) {
			t.Errorf("%x: got %v, want %s%v", v.Frames, err, v.Text, v.Err)
		}
	}
}

// known are all errors that decoding may end with.
var known = []error{
	wire.ErrTruncated, wire.ErrTrailing, wire.ErrSignature, wire.ErrVersion, wire.ErrConstant, wire.ErrUnknownID,
	wire.ErrMissingFrame, wire.ErrExtraFrame, wire.ErrNUL, wire.ErrPair,
}

// Fuzz decodes anything. What is accepted encodes to the same frames again, since each message has one encoding only,
// and what is refused has one of wire's errors. The input is data and the sizes of the frames that it is cut into; the
// last frame is what is left.
func (c Codec[M]) Fuzz(f *testing.F, cases []Case[M]) {
	for _, v := range cases {
		var sizes []byte
		for _, frame := range v.Frames[:len(v.Frames)-1] {
			sizes = append(sizes, byte(len(frame)))
		}
		f.Add(sizes, bytes.Join(v.Frames, nil))
	}
	var m M
	f.Fuzz(func(t *testing.T, sizes, data []byte) {
		var frames [][]byte
		for _, size := range sizes[:min(len(sizes), 16)] {
			n := min(int(size), len(data))
			frames, data = append(frames, data[:n]), data[n:]
		}
		frames = append(frames, data)
		if err := c.Parse(&m, frames); err != nil {
			if !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
				t.Fatalf("unknown error %v", err)
			}
			return
		}
		again, err := c.Encode(&m)
		if err != nil {
			t.Fatalf("accepted, but it cannot be encoded: %v", err)
		}
		if !slices.EqualFunc(again, frames, bytes.Equal) {
			t.Fatalf("accepted %x, encoded %x", frames, again)
		}
	})
}

// Frames reads a message in hex, with blanks anywhere and "|" between frames.
func Frames(tb testing.TB, text string) [][]byte {
	tb.Helper()
	var frames [][]byte
	for part := range strings.SplitSeq(text, "|") {
		frame, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			tb.Fatal(err)
		}
		frames = append(frames, frame)
	}
	return frames
}

// Texts makes frames of texts.
func Texts(texts ...string) [][]byte {
	var frames [][]byte
	for _, t := range texts {
		frames = append(frames, []byte(t))
	}
	return frames
}

// Vector is a line of a file of vectors: protocol, name of the message, "|", frames in hex with "|" between them.
type Vector struct {
	Name   string
	Frames [][]byte
}

// Vectors reads a file of vectors.
func Vectors(tb testing.TB, file string) []Vector {
	tb.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	var list []Vector
	for line := range strings.Lines(string(data)) {
		head, frames, _ := strings.Cut(strings.TrimSpace(line), "|")
		_, name, _ := strings.Cut(strings.TrimSpace(head), " ")
		list = append(list, Vector{name, Frames(tb, frames)})
	}
	return list
}

// Same compares messages; nil and empty are the same.
func Same[M any](a, b *M) bool {
	va, vb := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range va.NumField() {
		fa, fb := va.Field(i), vb.Field(i)
		if fa.Kind() == reflect.Slice && fa.Len() == 0 && fb.Len() == 0 {
			continue
		}
		if !reflect.DeepEqual(fa.Interface(), fb.Interface()) {
			return false
		}
	}
	return true
}
