package zproto

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// refusing writes what is nearly the plain message, and wrong.
func (f *vectorFile) refusing() {
	e := encoding{}
	e.message(f.class.plain(f.message))
	f.cut(e.frames)
	f.surplus(e.frames)
	f.lies(&e)
	f.constants()
	f.nuls()
	f.pairs()
}

// cut takes octets and frames away from the end.
func (f *vectorFile) cut(frames [][]byte) {
	if f.class.Layout == Binary {
		for n := range frames[0] {
			f.judge(fmt.Sprintf("first frame cut to %s", plural(n, "octet")), slices.Concat([][]byte{frames[0][:n]}, frames[1:]))
		}
	}
	for n := 1; n < len(frames); n++ {
		if _, err := f.class.Decode(frames[:n], f.message); err != nil {
			f.judge(fmt.Sprintf("only %s of %d", plural(n, "frame"), len(frames)), frames[:n])
		}
	}
}

// surplus adds octets and frames.
func (f *vectorFile) surplus(frames [][]byte) {
	if f.class.Layout == Binary {
		more := func(octets []byte) [][]byte {
			return slices.Concat([][]byte{slices.Concat(frames[0], octets)}, frames[1:])
		}
		f.judge("a NUL octet after the last field", more([]byte{0}))
		f.judge("an octet after the last field", more([]byte("x")))
		f.judge("the first frame twice in one", more(frames[0]))
	}
	for i, field := range f.fieldsOfFrames() {
		if field != nil && field.Type == Number {
			f.judge(field.Name+": no octet", replaced(frames, i, nil))
			if field.Size > 1 {
				f.judge(field.Name+": an octet too few", replaced(frames, i, frames[i][1:]))
			}
			f.judge(field.Name+": an octet too many", replaced(frames, i, append([]byte{0}, frames[i]...)))
		}
	}
	if n := len(f.message.Fields); n > 0 && f.message.Fields[n-1].Type == Msg {
		return
	}
	f.judge("an empty frame too many", slices.Concat(frames, [][]byte{nil}))
	f.judge("a frame too many", slices.Concat(frames, [][]byte{[]byte("more")}))
	f.judge("all frames twice", slices.Concat(frames, frames))
}

// fieldsOfFrames gives the field of each frame, where a field is a frame.
func (f *vectorFile) fieldsOfFrames() []*Field {
	if f.class.Layout == Binary {
		return nil
	}
	list := f.class.all(f.message)
	if n := len(list); n > 0 && list[n-1].Type == Msg {
		list = list[:n-1]
	}
	return list
}

func replaced(frames [][]byte, i int, frame []byte) [][]byte {
	other := slices.Clone(frames)
	other[i] = frame
	return other
}

// lies writes other numbers where lengths and counts stand.
func (f *vectorFile) lies(e *encoding) {
	for _, l := range e.lengths {
		size := 8 * l.size
		var octets [8]byte
		copy(octets[8-l.size:], e.frames[0][l.at:])
		truth := binary.BigEndian.Uint64(octets[:])
		most := uint64(1)<<size - 1
		for _, lie := range []struct {
			name   string
			number uint64
		}{
			{"1 too many", truth + 1},
			{"1 too few", (truth - 1) & most},
			{"0", 0},
			{fmt.Sprintf("2^%d-1", size-1), most >> 1},
			{fmt.Sprintf("2^%d", size-1), most>>1 + 1},
			{fmt.Sprintf("2^%d-2", size), most - 1},
			{fmt.Sprintf("2^%d-1", size), most},
		} {
			if lie.number != truth {
				binary.BigEndian.PutUint64(octets[:], lie.number)
				frame := slices.Clone(e.frames[0])
				copy(frame[l.at:], octets[8-l.size:])
				f.judge(fmt.Sprintf("%s: the %s says %s", l.field.Name, l.what, lie.name), replaced(e.frames, 0, frame))
			}
		}
	}
}

// constants writes other values where the model fixes one.
func (f *vectorFile) constants() {
	for _, field := range f.class.all(f.message) {
		if field.Fixed {
			f.constant(field)
		}
	}
}

func (f *vectorFile) constant(field *Field) {
	try := func(name string, v Value) {
		if v.Number == field.Number && string(v.Octets) == field.Value {
			return
		}
		v.Field = field
		e := encoding{instead: map[*Field]*Value{field: &v}}
		e.message(f.class.plain(f.message))
		f.judge(fmt.Sprintf("%s: %s", field.Name, name), e.frames)
	}
	right := []byte(field.Value)
	if field.Type == Number {
		most := uint64(1)<<(8*field.Size-1)<<1 - 1
		numbers := []uint64{0, (field.Number - 1) & most, (field.Number + 1) & most, most}
		slices.Sort(numbers)
		for _, n := range slices.Compact(numbers) {
			try(fmt.Sprint(n), Value{Number: n})
		}
		return
	}
	try("empty", Value{})
	try("an octet more", Value{Octets: append(slices.Clone(right), 'x')})
	if len(right) > 0 {
		last := slices.Clone(right)
		last[len(last)-1] ^= 1
		try("an octet less", Value{Octets: right[:len(right)-1]})
		try("another last octet", Value{Octets: last})
		try("in lower case", Value{Octets: bytes.ToLower(right)})
	}
}

// nuls writes NUL where a text must have none.
func (f *vectorFile) nuls() {
	plain := f.class.plain(f.message)
	for i, v := range plain.List {
		for _, wrong := range nulVariants(v.Field) {
			e := encoding{lax: true}
			e.message(plain.with(i, wrong.Value))
			f.judge(fmt.Sprintf("%s received: %s", v.Field.Name, wrong.name), e.frames)
		}
	}
}

// pairs writes entries of a dictionary that are no "key=value", where they are sent like that.
func (f *vectorFile) pairs() {
	for _, field := range f.class.variable(f.message) {
		if field.Type != Hash || f.class.Wire != 1 {
			continue
		}
		for _, t := range []string{"", "key", "key:value"} {
			asList := Value{Field: &Field{Name: field.Name, Type: Strings}, List: [][]byte{[]byte("first="), []byte(t)}}
			e := encoding{instead: map[*Field]*Value{field: &asList}}
			e.message(f.class.plain(f.message))
			f.judge(fmt.Sprintf("%s: the second entry is %s", field.Name, quoted([]byte(t))), e.frames)
		}
	}
}

// strangers writes what no message of the class begins like.
func (f *vectorFile) strangers() {
	c := f.class
	f.judge("no frame", nil)
	e := encoding{}
	e.message(c.plain(f.message))
	empty := make([][]byte, len(e.frames))
	f.judge("one empty frame", empty[:1])
	if c.Layout == Frames {
		f.judge("frames, but all empty", empty)
		f.judge("the first frame of another protocol", replaced(e.frames, 0, []byte("HTTP/1.1 200 OK")))
	}
	if c.Layout == Binary && c.Signature >= 0 {
		f.signatures(e.frames)
	}
	if c.Numbered() {
		f.unknownNumbers(e.frames)
	} else if id := c.IDField(); id != nil {
		at := slices.Index(f.class.Header, id)
		for _, name := range [][]byte{nil, []byte("x"), bytes.ToLower(e.frames[at]), append(slices.Clone(e.frames[at]), 0), e.frames[at][1:]} {
			f.judge(fmt.Sprintf("a message called %s", quoted(name)), replaced(e.frames, at, name))
		}
	}
}

func (f *vectorFile) signatures(frames [][]byte) {
	right := f.class.SignatureValue()
	wrong := []uint16{0, 0xffff, right<<8 | right>>8, right ^ 0x0100, right ^ 0x8000, right ^ 0x0010}
	for i := range uint16(16) {
		wrong = append(wrong, 0xAAA0|i)
	}
	for _, w := range wrong {
		if w != right {
			f.judge(fmt.Sprintf("signature %04x", w), replaced(frames, 0, append([]byte{byte(w >> 8), byte(w)}, frames[0][2:]...)))
		}
	}
}

// unknownNumbers writes ids that no message has, before the header of one.
func (f *vectorFile) unknownNumbers(frames [][]byte) {
	at, frame := 0, 0
	if f.class.Layout == Frames {
		frame = slices.Index(f.class.Header, f.class.IDField())
	} else if f.class.Signature >= 0 {
		at = 2
	}
	largest := byte(0)
	for _, m := range f.class.Messages {
		largest = max(largest, m.ID)
	}
	for _, id := range []byte{0, largest + 1, 127, 254, 255} {
		if f.class.byID(uint64(id)) == nil {
			other := slices.Clone(frames[frame])
			other[at] = id
			f.judge(fmt.Sprintf("message %d", id), replaced(frames, frame, other))
		}
	}
}
