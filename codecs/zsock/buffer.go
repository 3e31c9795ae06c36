package zsock

import (
	"math/bits"
	"sync"
)

// Buffers are of 64 KB and powers of two more, up to 4 MB.
const (
	leastBuffer = 64 << 10
	bufferKinds = 7
)

var buffers [bufferKinds]sync.Pool

// bufferKind is which buffers hold that many octets; it may be out of range.
func bufferKind(octets int) int {
	return bits.Len(uint(max(octets, 1)-1)) - bits.Len(uint(leastBuffer-1))
}

// NewBuffer is for transports, and for who uses SendOwned: it makes an empty buffer for at least so many octets, of what was
// recycled if there is some.
//
// Draft: may change.
func NewBuffer(octets int) []byte {
	kind := bufferKind(octets)
	if kind < 0 || kind >= bufferKinds {
		return make([]byte, 0, octets)
	}
	if b, ok := buffers[kind].Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, leastBuffer<<kind)
}

// Recycle gives the memory of long frames back, for others to come. Nobody has to: but who receives hundreds of megabytes a
// second, and is done with each message soon, spares the garbage collector half of the work. The frames, and whatever shares
// their memory, must not be used afterwards, and only their receiver may recycle them.
//
// Draft: may change.
func Recycle(frames [][]byte) {
	for _, f := range frames {
		if kind := bufferKind(cap(f)); kind >= 0 && kind < bufferKinds && cap(f) == leastBuffer<<kind {
			whole := f
			buffers[kind].Put(&whole)
		}
	}
	clear(frames)
}

// SendOwned is [Listener.Send] of frames that the sender gives away: when it returns nil they, and whatever shares their memory,
// must not be used afterwards. Who sends hundreds of megabytes a second, of buffers of NewBuffer, spares a copy of each message
// whose last frame is long, where the transport can; and the memory is recycled in any case. After an error the frames are the
// sender's still.
//
// Draft: may change.
func SendOwned(l Listener, peer []byte, frames [][]byte) error {
	if l, ok := l.(interface{ SendOwned([]byte, [][]byte) error }); ok {
		return l.SendOwned(peer, frames)
	}
	err := l.Send(peer, frames)
	if err == nil {
		Recycle(frames)
	}
	return err
}
