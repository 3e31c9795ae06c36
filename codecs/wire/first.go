package wire

import (
	"bytes"
	"math"
)

// The first encoding of lists (wire="1" in a model), which ZRE/1 and FILEMQ/1 have: one octet of count, and each entry a
// string. A list has at most 255 entries, and an entry at most 255 octets.

// AppendStrings1 appends a list of texts: their number in one octet, then each as a string. What does not fit
// is [ErrTooLong], and dst comes back unchanged.
func AppendStrings1(dst []byte, list [][]byte) ([]byte, error) {
	if len(list) > math.MaxUint8 {
		return dst, ErrTooLong
	}
	b := append(dst, byte(len(list)))
	var err error
	for _, v := range list {
		if b, err = AppendString(b, v); err != nil {
			return dst, err
		}
	}
	return b, nil
}

// AppendHash1 appends a dictionary: the number of entries in one octet, then each as the string "key=value". What
// does not fit is [ErrTooLong], a "=" in a key is [ErrPair], and dst comes back unchanged.
func AppendHash1(dst []byte, pairs []Pair) ([]byte, error) {
	if len(pairs) > math.MaxUint8 {
		return dst, ErrTooLong
	}
	b := append(dst, byte(len(pairs)))
	for i := range pairs {
		p := &pairs[i]
		size := len(p.Key) + 1 + len(p.Value)
		if size > math.MaxUint8 {
			return dst, ErrTooLong
		}
		if bytes.IndexByte(p.Key, '=') >= 0 {
			return dst, ErrPair
		}
		b = append(b, byte(size))
		b = append(b, p.Key...)
		b = append(b, '=')
		b = append(b, p.Value...)
	}
	return b, nil
}

// Strings1 reads a list of texts with a count of one octet, into the memory of into as [Reader.Strings] does.
func (r *Reader) Strings1(field string, into [][]byte) [][]byte {
	into = into[:0]
	n, ok := r.count1(field)
	if !ok {
		return into
	}
	into = room(into, n)
	for i := range into {
		into[i] = r.String(field)
	}
	if r.fault != nil {
		return into[:0]
	}
	return into
}

// Hash1 reads a dictionary with a count of one octet, into the memory of into as [Reader.Hash] does. An entry is
// cut at its first "="; one that has none is [ErrPair].
func (r *Reader) Hash1(field string, into []Pair) []Pair {
	into = into[:0]
	n, ok := r.count1(field)
	if !ok {
		return into
	}
	into = room(into, n)
	for i := range into {
		from := r.at
		v := r.String(field)
		cut := bytes.IndexByte(v, '=')
		if cut < 0 {
			r.at = from
			r.Fail(field, ErrPair)
			return into[:0]
		}
		into[i].Key, into[i].Value = v[:cut:cut], v[cut+1:]
	}
	return into
}

// count1 reads the octet before a list whose entries take at least one octet each.
func (r *Reader) count1(field string) (int, bool) {
	if r.at >= len(r.frame) || int(r.frame[r.at]) > len(r.frame)-r.at-1 {
		r.Fail(field, ErrTruncated)
		return 0, false
	}
	n := int(r.frame[r.at])
	r.at++
	return n, true
}
