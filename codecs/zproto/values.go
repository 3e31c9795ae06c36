package zproto

import (
	"fmt"
	"strconv"
	"strings"
)

// Values are a message and what its fields hold, for whoever has the model but no generated code. Encode and
// [Decode] are a second implementation of everything that the models say, kept apart from the generated codecs and
// from package wire on purpose, and naive: vectors come from here, so that the two check each other.
type Values struct {
	Class   *Class   // the model
	Message *Message // of that class
	List    []Value  // of the header's fields, then of the message's own; without fixed ones and the id
}

// Value is what one field holds. Its type says which member that is.
type Value struct {
	Field  *Field     // whose value it is
	Number uint64     // number
	Octets []byte     // octets, uuid, string, longstr, chunk, frame
	List   [][]byte   // strings, msg
	Pairs  []KeyValue // hash
}

// KeyValue is an entry of a hash.
type KeyValue struct {
	Key, Value []byte // as on the wire
}

// Fault says what is wrong with a message. The names are those of vectors, and of package wire's Err values.
type Fault string

// The faults.
const (
	Truncated    Fault = "truncated"
	Trailing     Fault = "trailing"
	BadSignature Fault = "signature"
	BadVersion   Fault = "version"
	BadConstant  Fault = "constant"
	UnknownID    Fault = "unknown-id"
	MissingFrame Fault = "missing-frame"
	ExtraFrame   Fault = "extra-frame"
	TooLong      Fault = "too-long"
	HoldsNUL     Fault = "nul"
	BadPair      Fault = "pair"
)

// Error implements error.
func (f Fault) Error() string { return string(f) }

// Faults lists all of them.
func Faults() []Fault {
	return []Fault{
		Truncated, Trailing, BadSignature, BadVersion, BadConstant, UnknownID, MissingFrame, ExtraFrame, TooLong, HoldsNUL, BadPair,
	}
}

// all gives every field of a message as it stands on the wire, fixed ones too.
func (c *Class) all(m *Message) []*Field {
	return append(append([]*Field(nil), c.Header...), m.Fields...)
}

// variable gives the fields of a message that hold something of the sender's.
func (c *Class) variable(m *Message) []*Field {
	var list []*Field
	for _, f := range c.all(m) {
		if !f.Fixed && f != c.IDField() {
			list = append(list, f)
		}
	}
	return list
}

// Text gives the lines of a vector: "message HELLO", then each field as "name = value". Texts are in quotes, with
// \x and two hexadecimal digits for what is not printable ASCII, a quote or a backslash; octets without such meaning
// are 0x and hexadecimal digits; *3 behind either is that three times over.
func (v *Values) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "message %s\n", v.Message.Name)
	for i := range v.List {
		fmt.Fprintf(&b, "%s =%s\n", v.List[i].Field.Name, v.List[i].text())
	}
	return b.String()
}

// text begins with a blank, unless there is nothing to say.
func (v *Value) text() string {
	var b strings.Builder
	switch v.Field.Type {
	case Number:
		b.WriteString(" " + strconv.FormatUint(v.Number, 10))
	case String, LongStr:
		b.WriteString(" " + quoted(v.Octets))
	case Strings:
		for _, t := range v.List {
			b.WriteString(" " + quoted(t))
		}
	case Hash:
		for _, p := range v.Pairs {
			b.WriteString(" " + quoted(p.Key) + "=" + quoted(p.Value))
		}
	case Msg:
		for _, f := range v.List {
			b.WriteString(" " + data(f))
		}
	default:
		b.WriteString(" " + data(v.Octets))
	}
	return b.String()
}

// shortest is the length from which on a text of one octet, over and over, is written as a repetition.
const shortest = 16

// repeats tells whether t is one octet many times over.
func repeats(t []byte) bool {
	return len(t) >= shortest && run(t) == len(t)
}

// run counts the octets at the front of t that are the same.
func run(t []byte) int {
	n := 0
	for n < len(t) && t[n] == t[0] {
		n++
	}
	return n
}

func quoted(t []byte) string {
	times := ""
	if repeats(t) {
		t, times = t[:1], "*"+strconv.Itoa(len(t))
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range t {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String() + `"` + times
}

func data(t []byte) string {
	if repeats(t) {
		return fmt.Sprintf("0x%02x*%d", t[0], len(t))
	}
	return fmt.Sprintf("0x%x", t)
}

// frameText gives the line of a frame: octets in hexadecimal, long runs of one octet as 41*255.
func frameText(frame []byte) string {
	var b strings.Builder
	b.WriteString("frame")
	apart := true // what follows needs a blank before it
	for len(frame) > 0 {
		if n := run(frame); n >= shortest {
			fmt.Fprintf(&b, " %02x*%d", frame[0], n)
			frame, apart = frame[n:], true
			continue
		}
		if apart {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%02x", frame[0])
		frame, apart = frame[1:], false
	}
	return b.String() + "\n"
}
