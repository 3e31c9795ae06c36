package zproto

import (
	"bytes"
	"encoding/binary"
	"math"
)

// Encode gives the frames of the message, or a [Fault] where they cannot be made.
func (v *Values) Encode() ([][]byte, error) {
	e := encoding{}
	e.message(v)
	if e.fault != "" {
		return nil, e.fault
	}
	return e.frames, nil
}

// encoding is a message in the making.
type encoding struct {
	frames  [][]byte
	fault   Fault // the first one
	lengths []length

	// For messages that are wrong on purpose:
	lax     bool              // NUL is no fault, nor are too few frames
	instead map[*Field]*Value // what to send instead of the fixed values of fields
}

// length is the place of a length or a count in the first frame.
type length struct {
	field    *Field
	what     string // "length", "count", "length of entry 2"
	at, size int
}

func (e *encoding) fail(f Fault) {
	if e.fault == "" {
		e.fault = f
	}
}

func (e *encoding) message(v *Values) {
	c := v.Class
	if c.Layout == Binary {
		e.frames = [][]byte{nil}
		if c.Signature >= 0 {
			e.number(2, uint64(c.SignatureValue()))
		}
		e.number(1, uint64(v.Message.ID))
	}
	values := map[*Field]*Value{}
	for i := range v.List {
		values[v.List[i].Field] = &v.List[i]
	}
	for _, f := range c.all(v.Message) {
		value := values[f]
		switch other := e.instead[f]; {
		case other != nil:
			value = other
		case f.Fixed:
			value = &Value{Field: f, Number: f.Number, Octets: []byte(f.Value)}
		case f == c.IDField():
			value = &Value{Field: f, Number: uint64(v.Message.ID), Octets: []byte(v.Message.Name)}
		}
		e.checkNUL(value)
		if c.Layout == Binary {
			e.field(c, value)
		} else {
			e.frame(value)
		}
	}
}

func (e *encoding) checkNUL(v *Value) {
	if !v.Field.Text || e.lax {
		return
	}
	texts := append([][]byte{v.Octets}, v.List...)
	for _, p := range v.Pairs {
		texts = append(texts, p.Key)
	}
	for _, t := range texts {
		if bytes.IndexByte(t, 0) >= 0 {
			e.fail(HoldsNUL)
		}
	}
}

// frame encodes a field in the layout frames.
func (e *encoding) frame(v *Value) {
	switch v.Field.Type {
	case Number:
		e.frames = append(e.frames, nil)
		frame := binary.BigEndian.AppendUint64(nil, v.Number)
		e.frames[len(e.frames)-1] = frame[8-v.Field.Size:]
	case Msg:
		e.msg(v)
	default:
		e.frames = append(e.frames, v.Octets)
	}
}

func (e *encoding) msg(v *Value) {
	if len(v.List) < v.Field.Least && !e.lax {
		e.fail(MissingFrame)
	}
	e.frames = append(e.frames, v.List...)
}

// field encodes a field in the layout binary.
func (e *encoding) field(c *Class, v *Value) {
	switch v.Field.Type {
	case Number:
		e.number(v.Field.Size, v.Number)
	case Octets, UUID:
		e.frames[0] = append(e.frames[0], v.Octets...)
	case String:
		e.counted(v.Field, "length", 1, v.Octets)
	case LongStr, Chunk:
		e.counted(v.Field, "length", 4, v.Octets)
	case Strings:
		e.strings(c, v)
	case Hash:
		e.hash(c, v)
	case Frame:
		e.frames = append(e.frames, v.Octets)
	case Msg:
		e.msg(v)
	}
}

// number appends the last size octets of v to the first frame.
func (e *encoding) number(size int, v uint64) {
	octets := binary.BigEndian.AppendUint64(nil, v)
	e.frames[0] = append(e.frames[0], octets[8-size:]...)
}

// length appends a length or a count.
func (e *encoding) length(f *Field, what string, size, n int) {
	if size == 1 && n > math.MaxUint8 {
		e.fail(TooLong)
	}
	e.lengths = append(e.lengths, length{f, what, len(e.frames[0]), size})
	e.number(size, uint64(n))
}

func (e *encoding) counted(f *Field, what string, size int, text []byte) {
	e.length(f, what, size, len(text))
	e.frames[0] = append(e.frames[0], text...)
}

// countSize is the number of octets of a count, and of the length of a text in a list.
func countSize(c *Class) int {
	if c.Wire == 1 {
		return 1
	}
	return 4
}

func (e *encoding) strings(c *Class, v *Value) {
	e.length(v.Field, "count", countSize(c), len(v.List))
	for i, t := range v.List {
		e.counted(v.Field, "length of "+entry(i), countSize(c), t)
	}
}

func (e *encoding) hash(c *Class, v *Value) {
	e.length(v.Field, "count", countSize(c), len(v.Pairs))
	for i, p := range v.Pairs {
		if c.Wire == 1 {
			if bytes.IndexByte(p.Key, '=') >= 0 {
				e.fail(BadPair)
			}
			e.counted(v.Field, "length of "+entry(i), 1, bytes.Join([][]byte{p.Key, p.Value}, []byte("=")))
			continue
		}
		e.counted(v.Field, "length of the key of "+entry(i), 1, p.Key)
		e.counted(v.Field, "length of the value of "+entry(i), 4, p.Value)
	}
}

func entry(i int) string { return "entry " + string(rune('1'+i)) }
