package trace

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/zeromq/gozyre/codecs/zre"
)

// How much of a frame is kept.
const (
	maxHead    = 1024 // of the first; of a HELLO's all
	maxContent = 32   // of the others
	maxData    = 64   // of a datagram
)

// headSize is what every command of ZRE/2 begins with: signature, id, version, sequence.
const headSize = 6

// SetFrames describes a message: its command, sequence and group, as far as it is one.
func (l *Line) SetFrames(frames [][]byte) {
	l.Command, l.Sequence, l.Sizes, l.Frames = "", nil, make([]int, len(frames)), make([]string, len(frames))
	for i, frame := range frames {
		l.Sizes[i] = len(frame)
		l.Frames[i] = hex.EncodeToString(frame[:min(len(frame), kept(i, frame))])
	}
	if len(frames) == 0 || !isCommand(frames[0]) {
		return
	}
	head := frames[0]
	sequence := binary.BigEndian.Uint16(head[4:])
	l.Command, l.Sequence = zre.ID(head[2]).String(), &sequence
	switch zre.ID(head[2]) {
	case zre.IDShout, zre.IDJoin, zre.IDLeave:
		if rest := head[headSize:]; len(rest) > 0 && int(rest[0]) < len(rest) {
			l.Group = Text(rest[1 : 1+rest[0]])
		}
	}
}

// SetContent describes what the application sends: its frames are cut.
func (l *Line) SetContent(content [][]byte) {
	l.Sizes, l.Frames = make([]int, len(content)), make([]string, len(content))
	for i, frame := range content {
		l.Sizes[i], l.Frames[i] = len(frame), hex.EncodeToString(frame[:min(len(frame), maxContent)])
	}
}

// SetData describes a datagram.
func (l *Line) SetData(data []byte) { l.Data = hex.EncodeToString(data[:min(len(data), maxData)]) }

func isCommand(head []byte) bool {
	return len(head) >= headSize && head[0] == 0xAA && head[1] == 0xA1
}

// kept is how much is kept of a message's frame.
func kept(i int, frame []byte) int {
	switch {
	case i > 0:
		return maxContent
	case isCommand(frame) && zre.ID(frame[2]) == zre.IDHello:
		return len(frame)
	default:
		return maxHead
	}
}

// whole is String, and the protocol's frame in full.
func (l *Line) whole() string {
	if l.Command == "" || len(l.Frames) == 0 {
		return l.String()
	}
	return l.String() + " head " + l.Frames[0]
}

// String says it in short, without time and node. It may hold any text that a stranger made.
func (l *Line) String() string {
	var b strings.Builder
	b.WriteString(l.In + l.Out + l.Event)
	say := func(format string, value any, is bool) {
		if is {
			fmt.Fprintf(&b, " "+format, value)
		}
	}
	say("%v", l.Peer, l.Peer != ID{})
	say("%s", l.Name, l.Name != "")
	say("%s", l.Command, l.Command != "")
	if l.Sequence != nil {
		say("#%d", *l.Sequence, true)
	}
	say("group %s", l.Group, l.Group != "")
	say("at %s", l.Endpoint, l.Endpoint != "")
	say("from %s", l.Addr, l.Addr != "")
	say("is %v", l.Identity, l.Identity != ID{})
	say("sizes %v", l.Sizes, len(l.Sizes) > 0)
	switch {
	case l.Command == "":
		say("content %v", l.Frames, len(l.Frames) > 0)
	default:
		say("content %v", l.Frames[min(1, len(l.Frames)):], len(l.Frames) > 1)
	}
	say("call %d", l.Call, l.Call != 0)
	say("after %v", l.For, l.For != 0 && l.Out == Done)
	say("error %q", string(l.Error), l.Error != "")
	say("cause %q", string(l.Cause), l.Cause != "")
	return b.String()
}
