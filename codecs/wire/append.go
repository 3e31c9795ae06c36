package wire

import (
	"encoding/binary"
	"math"
)

// AppendNumber1 appends a number of one octet.
func AppendNumber1(dst []byte, v uint8) []byte { return append(dst, v) }

// AppendNumber2 appends a number of two octets, the most significant first.
func AppendNumber2(dst []byte, v uint16) []byte { return binary.BigEndian.AppendUint16(dst, v) }

// AppendNumber4 appends a number of four octets, the most significant first.
func AppendNumber4(dst []byte, v uint32) []byte { return binary.BigEndian.AppendUint32(dst, v) }

// AppendNumber8 appends a number of eight octets, the most significant first.
func AppendNumber8(dst []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(dst, v) }

// AppendOctets appends v as it is: the field types octets and uuid.
func AppendOctets(dst, v []byte) []byte { return append(dst, v...) }

// AppendString appends a text of at most 255 octets and its length in one octet. A longer one is [ErrTooLong],
// and dst comes back unchanged.
func AppendString(dst, v []byte) ([]byte, error) {
	if len(v) > math.MaxUint8 {
		return dst, ErrTooLong
	}
	return append(append(dst, byte(len(v))), v...), nil
}

// AppendLongStr appends a text of at most 2^32-1 octets and its length in four octets. A longer one is
// [ErrTooLong], and dst comes back unchanged.
func AppendLongStr(dst, v []byte) ([]byte, error) {
	if uint64(len(v)) > math.MaxUint32 {
		return dst, ErrTooLong
	}
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(v))), v...), nil
}

// AppendChunk appends data of at most 2^32-1 octets and its length in four octets, as [AppendLongStr] does.
func AppendChunk(dst, v []byte) ([]byte, error) { return AppendLongStr(dst, v) }

// AppendStrings appends a list of texts: their number in four octets, then each as a longstr. What does not
// fit is [ErrTooLong], and dst comes back unchanged.
func AppendStrings(dst []byte, list [][]byte) ([]byte, error) {
	if uint64(len(list)) > math.MaxUint32 {
		return dst, ErrTooLong
	}
	b := binary.BigEndian.AppendUint32(dst, uint32(len(list)))
	var err error
	for _, v := range list {
		if b, err = AppendLongStr(b, v); err != nil {
			return dst, err
		}
	}
	return b, nil
}

// AppendHash appends a dictionary: the number of entries in four octets, then each key as a string and each
// value as a longstr. What does not fit is [ErrTooLong], and dst comes back unchanged.
func AppendHash(dst []byte, pairs []Pair) ([]byte, error) {
	if uint64(len(pairs)) > math.MaxUint32 {
		return dst, ErrTooLong
	}
	b := binary.BigEndian.AppendUint32(dst, uint32(len(pairs)))
	var err error
	for i := range pairs {
		if b, err = AppendString(b, pairs[i].Key); err != nil {
			return dst, err
		}
		if b, err = AppendLongStr(b, pairs[i].Value); err != nil {
			return dst, err
		}
	}
	return b, nil
}
