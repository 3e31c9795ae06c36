package trace

import (
	"errors"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// full is how "send" tells that a peer's queue has no room.
const full = "full"

// SendError is the Error of "send".
func SendError(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, zsock.ErrFull):
		return full
	default:
		return err.Error()
	}
}

// EventLine is the line of an event, without time and node.
func EventLine(e *core.Event) Line {
	l := Line{Event: e.Type.String(), Peer: ID(e.Peer), Name: Text(e.Name), Group: Text(e.Group)}
	switch e.Type {
	case core.Whisper, core.Shout:
		l.SetContent(e.Msg)
	default:
		l.Endpoint = Text(e.Addr)
	}
	if e.Cause != nil {
		l.Cause = Text(e.Cause.Error())
	}
	return l
}
