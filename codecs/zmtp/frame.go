package zmtp

import "encoding/binary"

// The flags of a frame, here and inside of a cipher's.
const (
	flagMore    = 1 // another frame of the same message follows
	flagLong    = 2 // the length is 8 octets; never inside of a cipher's frame
	flagCommand = 4 // a command, not a part of a message
)

// maxHeader is the length of the longest frame header: flags and a length of 8 octets.
const maxHeader = 9

// parseHeader reads a frame's flags and its body's length from the octets that came so far; n is the header's length, or 0
// while it is not whole.
func parseHeader(b []byte) (flags byte, size uint64, n int) {
	switch {
	case len(b) < 2:
		return 0, 0, 0
	case b[0]&flagLong == 0:
		return b[0], uint64(b[1]), 2
	case len(b) < maxHeader:
		return 0, 0, 0
	}
	return b[0], binary.BigEndian.Uint64(b[1:]), maxHeader
}

// appendHeader appends a frame's header.
func appendHeader(dst []byte, flags byte, size int) []byte {
	if size <= 255 {
		return append(dst, flags, byte(size))
	}
	return binary.BigEndian.AppendUint64(append(dst, flags|flagLong), uint64(size))
}

// appendFrame appends a whole frame.
func appendFrame(dst []byte, flags byte, body []byte) []byte {
	return append(appendHeader(dst, flags, len(body)), body...)
}

// sizeOfFrame is the length of a frame with its header.
func sizeOfFrame(body int) int {
	if body <= 255 {
		return 2 + body
	}
	return maxHeader + body
}
