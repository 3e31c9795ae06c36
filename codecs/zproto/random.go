package zproto

import "math/rand/v2"

// Random gives a message of the class that an encoder has to take, with values drawn from r: any message, any octets that
// the model allows, lengths and counts from 0 to most (at most 255). The same r gives the same message.
func (c *Class) Random(r *rand.Rand, most int) *Values {
	d := draw{class: c, r: r, most: min(most, 255)}
	v := &Values{Class: c, Message: c.Messages[r.IntN(len(c.Messages))]}
	for _, f := range c.variable(v.Message) {
		v.List = append(v.List, d.value(f))
	}
	return v
}

type draw struct {
	class *Class
	r     *rand.Rand
	most  int
}

// upTo draws a number from 0 to n; the ends come often, for that is where mistakes are.
func (d *draw) upTo(n int) int {
	switch d.r.IntN(8) {
	case 0:
		return 0
	case 1:
		return n
	}
	return d.r.IntN(n + 1)
}

func (d *draw) octets(n int) []byte {
	t := make([]byte, n)
	for i := range t {
		t[i] = byte(d.r.Uint32())
	}
	return t
}

// text draws octets without those that are excluded.
func (d *draw) text(n int, excluded ...byte) []byte {
	t := d.octets(n)
	for i := range t {
		for _, x := range excluded {
			if t[i] == x {
				t[i] = 'x'
			}
		}
	}
	return t
}

// nul is what a text of the field must not hold.
func nul(f *Field) []byte {
	if f.Text {
		return []byte{0}
	}
	return nil
}

func (d *draw) value(f *Field) Value {
	v := Value{Field: f}
	switch f.Type {
	case Number:
		v.Number = d.number(f.Size)
	case Octets, UUID:
		v.Octets = d.octets(f.Size)
	case String, LongStr:
		v.Octets = d.text(d.upTo(d.most), nul(f)...)
	case Chunk, Frame:
		v.Octets = d.octets(d.upTo(d.most))
	case Strings:
		for range d.upTo(min(d.most, 4)) {
			v.List = append(v.List, d.text(d.upTo(d.most), nul(f)...))
		}
	case Hash:
		for range d.upTo(min(d.most, 4)) {
			v.Pairs = append(v.Pairs, d.pair(f))
		}
	case Msg:
		for range f.Least + d.upTo(4) {
			v.List = append(v.List, d.octets(d.upTo(d.most)))
		}
	}
	return v
}

func (d *draw) number(size int) uint64 {
	most := uint64(1)<<(8*size-1)<<1 - 1
	switch d.r.IntN(8) {
	case 0:
		return 0
	case 1:
		return most
	}
	return d.r.Uint64() & most
}

func (d *draw) pair(f *Field) KeyValue {
	if d.class.Wire == 2 {
		return KeyValue{d.text(d.upTo(d.most), nul(f)...), d.octets(d.upTo(d.most))}
	}
	room := max(0, d.most-1) // for key and value; the "=" between them counts too
	key := d.text(d.upTo(room), append(nul(f), '=')...)
	return KeyValue{key, d.octets(d.upTo(room - len(key)))}
}
