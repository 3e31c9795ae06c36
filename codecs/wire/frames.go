package wire

import "encoding/binary"

// The layout frames gives each field a frame of its own: a text is the whole frame, a number is a frame of exactly
// its size. NOM and MDP have it.

// AppendFrame appends a frame that holds v to frames. Its octets are written behind buf, which comes back longer.
func AppendFrame(frames [][]byte, buf []byte, v string) (list [][]byte, longer []byte) {
	at := len(buf)
	buf = append(buf, v...)
	return append(frames, buf[at:len(buf):len(buf)]), buf
}

// AppendFrameNumber appends a frame that holds a number of size octets (1, 2, 4 or 8) to frames, as
// [AppendFrame] does.
func AppendFrameNumber(frames [][]byte, buf []byte, v uint64, size int) (list [][]byte, longer []byte) {
	at := len(buf)
	for shift := 8 * (size - 1); shift >= 0; shift -= 8 {
		buf = append(buf, byte(v>>shift))
	}
	return append(frames, buf[at:len(buf):len(buf)]), buf
}

// ResetFrames makes r read a message that has no first frame of fields: only [Reader.Frame], [Reader.FrameNumber]
// and [Reader.Msg] give something.
func (r *Reader) ResetFrames(frames [][]byte) {
	*r = Reader{frames: frames[:len(frames):len(frames)], whole: true}
}

// FrameNumber takes the next frame, which holds a number of size octets (1, 2, 4 or 8) and nothing else.
func (r *Reader) FrameNumber(field string, size int) uint64 {
	v := r.Frame(field)
	switch {
	case r.fault != nil:
		return 0
	case len(v) < size:
		r.Fail(field, ErrTruncated)
		return 0
	case len(v) > size:
		r.Fail(field, ErrTrailing)
		return 0
	}
	var b [8]byte
	copy(b[8-size:], v)
	return binary.BigEndian.Uint64(b[:])
}
