package zproto

import (
	"bytes"
	"fmt"
	"slices"
)

// variant is something particular that a field can hold.
type variant struct {
	name string
	Value
}

// plain is a message with something of its own in each field.
func (c *Class) plain(m *Message) *Values {
	v := &Values{Class: c, Message: m}
	for i, f := range c.variable(m) {
		v.List = append(v.List, plainValue(f, i+1))
	}
	return v
}

// plainValue differs from field to field, so that two fields that are mixed up show.
func plainValue(f *Field, number int) Value {
	v := Value{Field: f}
	switch f.Type {
	case Number:
		v.Number = uint64(number)
	case Octets, UUID:
		for i := range f.Size {
			v.Octets = append(v.Octets, byte(number+i))
		}
	case String, LongStr, Chunk, Frame:
		v.Octets = []byte(f.Name)
	case Strings, Msg:
		v.List = [][]byte{[]byte(f.Name), []byte("second")}
	case Hash:
		v.Pairs = []KeyValue{{[]byte(f.Name), []byte("one")}, {[]byte("second"), []byte("two")}}
	}
	return v
}

// with gives the message with another value of its field number i.
func (v *Values) with(i int, value Value) *Values {
	other := *v
	other.List = append([]Value(nil), v.List...)
	value.Field = v.List[i].Field
	other.List[i] = value
	return &other
}

// accepting writes messages that are right, however odd.
func (f *vectorFile) accepting() {
	plain := f.class.plain(f.message)
	f.accept("plain", plain)
	if len(plain.List) == 0 {
		return
	}
	least := &Values{Class: f.class, Message: f.message}
	for _, v := range plain.List {
		zero := Value{Field: v.Field}
		switch v.Field.Type {
		case Octets, UUID:
			zero.Octets = make([]byte, v.Field.Size)
		case Msg:
			zero.List = make([][]byte, v.Field.Least)
		}
		least.List = append(least.List, zero)
	}
	f.accept("nothing in any field", least)
	for i, v := range plain.List {
		for _, odd := range variants(f.class, v.Field) {
			f.accept(v.Field.Name+": "+odd.name, plain.with(i, odd.Value))
		}
	}
}

var (
	oddText  = []byte("spaces, \"quotes\", 'more', back\\slash, ümläut, new\nline, \x01\x7f")
	notUTF8  = []byte("\xff\xfe\xc3(\x80")
	withNUL  = []byte("a\x00b")
	longest  = bytes.Repeat([]byte("L"), 255)
	tooLong  = bytes.Repeat([]byte("L"), 256)
	verylong = bytes.Repeat([]byte("V"), 65536)
)

// texts are the odd texts that a field may hold which has a length of that many octets, 0 for none.
func texts(f *Field, size int) []variant {
	var list []variant
	add := func(name string, t []byte) { list = append(list, variant{name, Value{Octets: t}}) }
	add("empty", nil)
	add("odd, but text", oddText)
	add("not UTF-8", notUTF8)
	add("255 octets", longest)
	if size != 1 {
		add("256 octets", tooLong)
	}
	if size == 4 {
		add("65536 octets", verylong)
	}
	if !f.Text {
		add("a NUL octet", withNUL)
	}
	return list
}

// variants are the odd things that a field may hold.
func variants(c *Class, f *Field) []variant {
	switch f.Type {
	case Number:
		list := []variant{{"0", Value{}}, {"the largest", Value{Number: 1<<(8*f.Size-1)<<1 - 1}}}
		return append(list, variant{"the highest bit", Value{Number: 1 << (8*f.Size - 1)}})
	case Octets, UUID:
		return []variant{
			{"0 in all octets", Value{Octets: make([]byte, f.Size)}},
			{"255 in all octets", Value{Octets: bytes.Repeat([]byte{255}, f.Size)}},
		}
	case String:
		if c.Layout == Frames {
			return texts(f, 0)
		}
		return texts(f, 1)
	case LongStr, Chunk:
		return texts(f, 4)
	case Frame:
		return texts(f, 0)
	case Strings:
		return lists(c, f)
	case Hash:
		return hashes(c, f)
	}
	list := []variant{
		{"one frame", Value{List: [][]byte{[]byte("only")}}},
		{"one empty frame", Value{List: [][]byte{nil}}},
		{"an empty frame between others", Value{List: [][]byte{[]byte("first"), nil, []byte("third")}}},
		{"an empty frame at the end", Value{List: [][]byte{[]byte("first"), nil}}},
		{"odd frames", Value{List: [][]byte{withNUL, notUTF8, tooLong}}},
		{"300 frames", Value{List: slices.Repeat([][]byte{[]byte("f")}, 300)}},
	}
	if f.Least == 0 {
		list = append(list, variant{"no frame", Value{}})
	}
	return list
}

func lists(c *Class, f *Field) []variant {
	list := []variant{
		{"none", Value{}},
		{"one that is empty", Value{List: [][]byte{nil}}},
		{"two that are empty", Value{List: [][]byte{nil, nil}}},
		{"the same twice", Value{List: [][]byte{[]byte("same"), []byte("same")}}},
		{"255 of them", Value{List: make([][]byte, 255)}},
	}
	if c.Wire != 1 {
		list = append(list, variant{"256 of them", Value{List: make([][]byte, 256)}})
	}
	for _, t := range texts(f, countSize(c)) {
		list = append(list, variant{"the second: " + t.name, Value{List: [][]byte{[]byte("first"), t.Octets, []byte("third")}}})
	}
	return list
}

func hashes(c *Class, f *Field) []variant {
	one := func(name string, key, value []byte) variant {
		return variant{name, Value{Pairs: []KeyValue{{key, value}}}}
	}
	twice := []KeyValue{{[]byte("same"), []byte("1")}, {[]byte("same"), []byte("2")}}
	list := []variant{
		{"none", Value{}},
		one("a key and a value that are empty", nil, nil),
		one("an empty key", nil, []byte("value")),
		one("an empty value", []byte("key"), nil),
		{"the same key twice", Value{Pairs: twice}},
		{"keys that differ in case only", Value{Pairs: []KeyValue{{[]byte("key"), []byte("1")}, {[]byte("KEY"), []byte("2")}}}},
		{"255 entries", Value{Pairs: make([]KeyValue, 255)}},
		one("a value with an equals sign", []byte("key"), []byte("a=b=")),
		one("a value with a NUL octet", []byte("key"), withNUL),
		one("a key that is odd, but text", oddText, []byte("value")),
		one("a key that is not UTF-8", notUTF8, notUTF8),
	}
	if !f.Text {
		list = append(list, one("a key with a NUL octet", withNUL, nil))
	}
	if c.Wire == 1 {
		return append(list,
			one("a key of 254 octets", longest[:254], nil),
			one("a value of 251 octets", []byte("key"), longest[:251]),
		)
	}
	return append(list,
		variant{"256 entries", Value{Pairs: make([]KeyValue, 256)}},
		one("a key with an equals sign", []byte("a=b"), []byte("value")),
		one("a key of 255 octets", longest, []byte("value")),
		one("a value of 65536 octets", []byte("key"), verylong),
	)
}

// unsendable writes messages that an encoder has to refuse, for they cannot be said.
func (f *vectorFile) unsendable() {
	plain := f.class.plain(f.message)
	for i, v := range plain.List {
		for _, wrong := range f.impossible(v.Field) {
			f.unsent(fmt.Sprintf("%s: %s", v.Field.Name, wrong.name), plain.with(i, wrong.Value))
		}
	}
}

// impossible is what a field cannot hold.
func (f *vectorFile) impossible(field *Field) []variant {
	wire1 := f.class.Wire == 1
	list := nulVariants(field)
	add := func(name string, v Value) { list = append(list, variant{name, v}) }
	pair := func(name string, key, value []byte) {
		add(name, Value{Pairs: []KeyValue{{[]byte("first"), nil}, {key, value}}})
	}
	switch {
	case field.Type == String && f.class.Layout == Binary:
		add("256 octets", Value{Octets: tooLong})
	case field.Type == Strings && wire1:
		add("256 of them", Value{List: make([][]byte, 256)})
		add("the second: 256 octets", Value{List: [][]byte{[]byte("first"), tooLong}})
	case field.Type == Hash && wire1:
		add("256 entries", Value{Pairs: make([]KeyValue, 256)})
		pair("a key of 255 octets", longest, nil)
		pair("a value of 252 octets", []byte("key"), longest[:252])
		pair("a key with an equals sign", []byte("a=b"), []byte("value"))
	case field.Type == Hash:
		pair("a key of 256 octets", tooLong, nil)
	case field.Type == Msg && field.Least > 0:
		add("no frame", Value{})
	}
	return list
}

// nulVariants has a NUL octet in each place where a text of the field must have none.
func nulVariants(f *Field) []variant {
	if !f.Text {
		return nil
	}
	var list []variant
	for _, t := range []struct {
		name string
		text []byte
	}{
		{"a NUL octet", withNUL},
		{"nothing but a NUL octet", withNUL[1:2]},
		{"a NUL octet at the end of 34", append(bytes.Repeat([]byte("N"), 33), 0)},
	} {
		switch f.Type {
		case Strings:
			list = append(list, variant{"the second: " + t.name, Value{List: [][]byte{[]byte("first"), t.text}}})
		case Hash:
			list = append(list, variant{"the second key: " + t.name, Value{Pairs: []KeyValue{{[]byte("first"), nil}, {t.text, nil}}}})
		default:
			list = append(list, variant{t.name, Value{Octets: t.text}})
		}
	}
	return list
}
