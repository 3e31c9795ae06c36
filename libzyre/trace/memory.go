package trace

import (
	"encoding/hex"
	"fmt"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Bounds of what a trace may claim, in octets: of a message, and of all that wait at a time for room in a peer's queue, which the protocol
// copies.
const (
	maxOctets  = 256 << 20
	maxWaiting = 256 << 20
)

// memory is what the messages of a replay are made in. A short line may claim a long frame, so the parts that no trace holds, and that the
// protocol does not look at, are the same octets for all of them.
type memory struct {
	shared  []byte
	used    int // of shared: the parts of frames that are known, one behind the other
	waiting int // octets of calls that are not answered
}

// message returns a line's frames, as long as they were. What was cut off may be anything. Nobody may write to them.
func (m *memory) message(l *Line) (frames [][]byte, octets int, err error) {
	if len(l.Sizes) != len(l.Frames) {
		return nil, 0, fmt.Errorf("%d sizes for %d frames", len(l.Sizes), len(l.Frames))
	}
	for i, size := range l.Sizes {
		if size < 0 || len(l.Frames[i]) > 2*size || size > maxOctets || octets+size > maxOctets {
			return nil, 0, fmt.Errorf("frame %d: %d octets cannot be, with %d shown", i+1, size, len(l.Frames[i])/2)
		}
		octets += size
	}
	frames = make([][]byte, len(l.Frames))
	for i, text := range l.Frames {
		known, err := hex.DecodeString(text)
		switch size := l.Sizes[i]; {
		case err != nil:
			return nil, 0, fmt.Errorf("frame %d: %w", i+1, err)
		case len(known) == size:
			frames[i] = known
		case i == 0 && l.In == Recv && isCommand(known) && zre.ID(known[2]) == zre.IDHello:
			return nil, 0, fmt.Errorf("frame 1: a trace has all of a HELLO, not %d of %d octets", len(known), size)
		default:
			frames[i] = m.fill(known, size)
		}
	}
	return frames, octets, nil
}

// fill returns a frame that begins with what is known.
func (m *memory) fill(known []byte, size int) []byte {
	if m.used+size > len(m.shared) {
		m.shared, m.used = make([]byte, 2*size+1<<20), 0
	}
	frame := m.shared[m.used : m.used+size : m.used+size]
	m.used += copy(frame, known)
	return frame
}

// call is one whose content has so many octets, which may have to wait.
func (v *life) call(octets int) *core.Call {
	number := v.input.Call
	v.wait(octets)
	return &core.Call{Done: func(err error) {
		v.wait(-octets)
		v.did(Line{Out: Done, Call: number, Error: textOf(err)})
	}}
}

func (v *life) wait(octets int) {
	v.waiting += octets
	v.memory.waiting += octets
}
