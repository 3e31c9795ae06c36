package zproto

import "bytes"

// Decode reads a message as strictly as a codec has to: the error is a [Fault]. Where the wire does not say which message it
// is, as says so; else as is nil.
func (c *Class) Decode(frames [][]byte, as *Message) (*Values, error) {
	if len(frames) == 0 {
		return nil, MissingFrame
	}
	d := decoding{class: c, frames: frames}
	v := &Values{Class: c, Message: as}
	if c.Layout == Binary {
		d.first, d.frames = frames[0], frames[1:]
		if c.Signature >= 0 {
			d.signature()
		}
		v.Message = c.byID(d.number(1))
	}
	for _, f := range c.Header {
		value := d.field(f)
		switch {
		case f != c.IDField():
			v.add(value)
		case f.Type == Number:
			v.Message = c.byID(value.Number)
		default:
			v.Message = c.Message(string(value.Octets))
		}
	}
	if d.fault != "" {
		return nil, d.fault
	}
	if v.Message == nil {
		return nil, UnknownID
	}
	for _, f := range v.Message.Fields {
		v.add(d.field(f))
	}
	if len(d.first) > 0 {
		d.fail(Trailing)
	}
	if len(d.frames) > 0 {
		d.fail(ExtraFrame)
	}
	if d.fault != "" {
		return nil, d.fault
	}
	return v, nil
}

func (c *Class) byID(id uint64) *Message {
	for _, m := range c.Messages {
		if uint64(m.ID) == id {
			return m
		}
	}
	return nil
}

func (v *Values) add(value *Value) {
	if !value.Field.Fixed {
		v.List = append(v.List, *value)
	}
}

// decoding is a message that is being read. After the first fault all it gives is empty.
type decoding struct {
	class  *Class
	first  []byte   // what is left of the first frame, in the layout binary
	frames [][]byte // that are left
	fault  Fault
}

func (d *decoding) fail(f Fault) {
	if d.fault == "" {
		d.fault = f
	}
	d.first, d.frames = nil, nil
}

func (d *decoding) signature() {
	want := d.class.SignatureValue()
	if len(d.first) < 2 || d.first[0] != byte(want>>8) || d.first[1] != byte(want) {
		d.fail(BadSignature)
		return
	}
	d.first = d.first[2:]
}

func (d *decoding) take(n uint64) []byte {
	if uint64(len(d.first)) < n {
		d.fail(Truncated)
		return nil
	}
	taken := d.first[:n]
	d.first = d.first[n:]
	return taken
}

func (d *decoding) number(size int) uint64 {
	var n uint64
	for _, c := range d.take(uint64(size)) {
		n = n<<8 | uint64(c)
	}
	return n
}

func (d *decoding) counted(size int) []byte { return d.take(d.number(size)) }

func (d *decoding) frame() []byte {
	if len(d.frames) == 0 {
		d.fail(MissingFrame)
		return nil
	}
	f := d.frames[0]
	d.frames = d.frames[1:]
	return f
}

// field reads a field and checks what the model says of it.
func (d *decoding) field(f *Field) *Value {
	v := &Value{Field: f}
	switch f.Type {
	case Number:
		v.Number = d.numberField(f)
	case Octets, UUID:
		v.Octets = d.take(uint64(f.Size))
	case String:
		if d.class.Layout == Frames {
			v.Octets = d.frame()
		} else {
			v.Octets = d.counted(1)
		}
	case LongStr, Chunk:
		v.Octets = d.counted(4)
	case Strings:
		d.entries(func() { v.List = append(v.List, d.counted(countSize(d.class))) })
	case Hash:
		d.entries(func() { v.Pairs = append(v.Pairs, d.pair()) })
	case Frame:
		v.Octets = d.frame()
	case Msg:
		if len(d.frames) < f.Least {
			d.fail(MissingFrame)
		}
		v.List, d.frames = d.frames, nil
	}
	d.check(v)
	return v
}

// numberField takes a frame for itself in the layout frames.
func (d *decoding) numberField(f *Field) uint64 {
	if d.class.Layout == Binary {
		return d.number(f.Size)
	}
	d.first = d.frame()
	n := d.number(f.Size)
	if len(d.first) > 0 {
		d.fail(Trailing)
	}
	return n
}

// entries reads a list. Each entry takes an octet at least, so that a count of more is a lie, whatever the entries are.
func (d *decoding) entries(read func()) {
	n := d.number(countSize(d.class))
	if n > uint64(len(d.first)) {
		d.fail(Truncated)
	}
	for ; n > 0 && d.fault == ""; n-- {
		read()
	}
}

func (d *decoding) pair() KeyValue {
	if d.class.Wire == 1 {
		key, value, ok := bytes.Cut(d.counted(1), []byte("="))
		if !ok {
			d.fail(BadPair)
		}
		return KeyValue{key, value}
	}
	key := d.counted(1)
	return KeyValue{key, d.counted(4)}
}

func (d *decoding) check(v *Value) {
	f := v.Field
	if f.Fixed && (v.Number != f.Number || string(v.Octets) != f.Value) {
		if f.Name == "version" {
			d.fail(BadVersion)
		}
		d.fail(BadConstant)
	}
	e := encoding{}
	if e.checkNUL(v); e.fault != "" {
		d.fail(HoldsNUL)
	}
}
