package history

import (
	"encoding/binary"

	"github.com/zeromq/gozyre/libzyre"
)

// A payload is the first frame of a message that is judged: the mark, what it
// is, its sender, its number, and to whom it is sent: a UUID or a group.
const (
	mark        = "zyh1"
	isWhisper   = 'w'
	isShout     = 's'
	payloadHead = len(mark) + 1 + 16 + 8
	maxGroup    = 255
)

type payload struct {
	kind   byte
	from   zyre.UUID
	number int64 // grows with each message of the sender
	to     zyre.UUID
	group  string
}

func (p *payload) append(dst []byte) []byte {
	dst = append(dst, mark...)
	dst = append(dst, p.kind)
	dst = append(dst, p.from[:]...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(p.number))
	if p.kind == isWhisper {
		return append(dst, p.to[:]...)
	}
	return append(dst, p.group...)
}

// parsePayload reads one; whatever else is no payload.
func parsePayload(data []byte) (p payload, ok bool) {
	if len(data) < payloadHead || string(data[:len(mark)]) != mark {
		return p, false
	}
	p.kind = data[len(mark)]
	p.from = zyre.UUID(data[len(mark)+1:][:16])
	p.number = int64(binary.BigEndian.Uint64(data[payloadHead-8:]))
	rest := data[payloadHead:]
	switch {
	case p.kind == isWhisper && len(rest) == 16:
		p.to = zyre.UUID(rest)
	case p.kind == isShout && len(rest) > 0 && len(rest) <= maxGroup:
		p.group = string(rest)
	default:
		return p, false
	}
	return p, true
}

func (p *payload) what() string {
	if p.kind == isWhisper {
		return "whisper"
	}
	return "shout to " + p.group
}

// after returns a number that follows last: the time, where that is later, so
// that the numbers of a restarted process go on.
func after(last, at int64) int64 { return max(last+1, at) }
