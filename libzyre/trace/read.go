package trace

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds the octets of a line; the longest HELLO fits.
const maxLine = 16 << 20

// ErrCut says that a trace ends in the middle of a line. What was before it is good.
var ErrCut = errors.New("the trace ends in the middle of a line")

// Reader reads the lines of a trace.
type Reader struct {
	in     *bufio.Reader
	number int
	buf    []byte
}

// NewReader reads from r. It takes memory for one line at a time, 16 MiB at most.
func NewReader(r io.Reader) *Reader { return &Reader{in: bufio.NewReaderSize(r, 64<<10)} }

// Number is that of the line that Next read last, from 1.
func (r *Reader) Number() int { return r.number }

// Next returns the next line. The error is io.EOF at the end, ErrCut if the last
// line is not whole, and else says which line is none of a trace.
func (r *Reader) Next() (Line, error) {
	for {
		text, err := r.line()
		switch {
		case err != nil && !errors.Is(err, io.EOF):
			return Line{}, err
		case len(text) == 0:
			return Line{}, io.EOF
		case len(text) == 1 && text[0] == '\n': // an empty one
			continue
		}
		var l Line
		bad := json.Unmarshal(text, &l)
		if err != nil && bad != nil {
			return Line{}, ErrCut
		}
		if bad == nil {
			bad = l.check()
		}
		if bad != nil {
			return Line{}, fmt.Errorf("line %d is none of a trace: %w", r.number, bad)
		}
		return l, nil
	}
}

func (l *Line) check() error {
	kinds := 0
	for _, kind := range []string{l.In, l.Out, l.Event} {
		if kind != "" {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return errors.New(`it has not one of "in", "out" and "event"`)
	case l.Node == ID{}:
		return errors.New(`it has no "node"`)
	case l.Time.IsZero():
		return errors.New(`it has no "time"`)
	}
	return nil
}

// line reads up to the end of a line.
func (r *Reader) line() ([]byte, error) {
	r.buf = r.buf[:0]
	r.number++
	for {
		part, err := r.in.ReadSlice('\n')
		r.buf = append(r.buf, part...)
		switch {
		case len(r.buf) > maxLine:
			return nil, fmt.Errorf("line %d has more than %d octets: this is no trace", r.number, maxLine)
		case errors.Is(err, bufio.ErrBufferFull):
		default:
			return r.buf, err
		}
	}
}
