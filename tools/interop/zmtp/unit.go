package zmtp

import (
	"encoding/binary"
	"fmt"
)

// Unit is what one end says at once in ZMTP 3: a greeting or a frame, whole.
type Unit struct {
	Octets []byte // all of it, as it came
	header int    // what comes before a frame's body; 0: it is the greeting
}

const (
	greeting = 64
	long     = 2 // flag of a frame: the length has 8 octets
	command  = 4 // flag of a frame: it is a command
	most     = 1 << 27
)

// Greeting says whether it is the greeting.
func (u Unit) Greeting() bool { return u.header == 0 }

// Body is what follows the flags and the length of a frame.
func (u Unit) Body() []byte { return u.Octets[u.header:] }

// Command is the name of a command, and empty for anything else. A MESSAGE of CURVE is a command of that name, though its
// frame does not say so.
func (u Unit) Command() string {
	if u.Greeting() {
		return ""
	}
	body := u.Body()
	if len(body) == 0 || int(body[0]) >= len(body) {
		return ""
	}
	name := string(body[1 : 1+body[0]])
	if u.Octets[0]&command != 0 || name == "MESSAGE" {
		return name
	}
	return ""
}

// next takes the first unit off what one end has said, if it is whole.
func next(stream []byte, greeted bool) (u Unit, rest []byte, whole bool, err error) {
	size := uint64(greeting)
	if greeted {
		if len(stream) < 2 {
			return u, stream, false, nil
		}
		u.header, size = 2, uint64(stream[1])
		if stream[0]&long != 0 {
			if len(stream) < 9 {
				return u, stream, false, nil
			}
			u.header, size = 9, binary.BigEndian.Uint64(stream[1:])
		}
		if stream[0] > 7 || size > most {
			return u, stream, false, fmt.Errorf("a frame of flags %#x and %d octets: this is not ZMTP 3", stream[0], size)
		}
		size += uint64(u.header)
	}
	if uint64(len(stream)) < size {
		return u, stream, false, nil
	}
	u.Octets = stream[:size:size]
	return u, stream[size:], true, nil
}
