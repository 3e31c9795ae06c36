package wire

import (
	"bytes"
	"encoding/binary"
)

// CheckNUL gives [ErrNUL] when one of the texts holds a NUL octet.
func CheckNUL(texts ...[]byte) error {
	for _, t := range texts {
		if hasNUL(t) {
			return ErrNUL
		}
	}
	return nil
}

// CheckKeys gives [ErrNUL] when a key holds a NUL octet. Values may hold any octets.
func CheckKeys(pairs []Pair) error {
	for i := range pairs {
		if hasNUL(pairs[i].Key) {
			return ErrNUL
		}
	}
	return nil
}

// hasNUL finds a NUL octet. Names are mostly shorter than a register or two, and for those a call of
// bytes.IndexByte costs more than the search.
func hasNUL(t []byte) bool {
	switch n := len(t); {
	case n > 32:
		return bytes.IndexByte(t, 0) >= 0
	case n >= 8:
		found := nuls(binary.LittleEndian.Uint64(t[n-8:]))
		for ; len(t) > 8; t = t[8:] {
			found |= nuls(binary.LittleEndian.Uint64(t))
		}
		return found != 0
	case n >= 4:
		// The two halves overlap where n < 8, which does no harm.
		low, high := binary.LittleEndian.Uint32(t), binary.LittleEndian.Uint32(t[n-4:])
		return nuls(uint64(high)<<32|uint64(low)) != 0
	case n > 0:
		return t[0] == 0 || t[n/2] == 0 || t[n-1] == 0
	}
	return false
}

// nuls has bits set when, and only when, one of the eight octets of x is 0: only an octet of 0 is below 1 and has its
// high bit clear, so the first borrow comes from one.
func nuls(x uint64) uint64 {
	const ones = 0x0101010101010101
	return (x - ones) &^ x & (ones << 7)
}
