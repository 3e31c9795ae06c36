package zsock

import "net/netip"

// EventType tells what an Event is about.
type EventType uint8

const (
	// Message: frames arrived.
	Message EventType = iota + 1
	// Up: a connection stands. Transports that cannot know it never say so.
	Up
	// Down: a connection broke; what was on its way may be lost. Transports that cannot know it never say so.
	Down
	// Failed: an attempt to connect, or the handshake of somebody who connected to a listener, failed; Err says why.
	// A link goes on trying. Of a listener not every failure is told (see Stats.Refused). Transports that cannot know
	// it never say so.
	Failed
	// Writable: a link that returned ErrFull, or the peer for which a Router did, has room again.
	Writable
)

// String gives the type's name in lower case.
func (t EventType) String() string {
	switch t {
	case Message:
		return "message"
	case Up:
		return "up"
	case Down:
		return "down"
	case Failed:
		return "failed"
	case Writable:
		return "writable"
	}
	return "invalid"
}

// Event is something that happened on a socket.
type Event struct {
	// Type is what happened.
	Type EventType
	// Link is the link concerned; nil when it was a listener.
	Link Link
	// Peer is the routing identity that the other end gave itself: of the sender, for what a Router received, of who has room again, and
	// of who comes and goes, where the transport knows it. Events of one peer may share it: do not modify it.
	Peer []byte
	// Addr is the other end's network address, where the transport knows it.
	Addr netip.Addr
	// Frames is the message; it belongs to the receiver of the event. See Recycle.
	Frames [][]byte
	// Err is the reason of Down and Failed.
	Err error
}

// overhead is what an event and a frame cost beside their octets, so that empty frames are not free.
const (
	eventOverhead = 128
	frameOverhead = 24
)

// bounded says whether the event counts against the inbox: everything that others cause by sending or connecting.
func (e *Event) bounded() bool { return e.Type == Message || e.Link == nil && e.Type != Writable }

// size is what the event counts for in an inbox, in octets.
func (e *Event) size() int {
	n := eventOverhead + len(e.Peer) + frameOverhead*len(e.Frames)
	for _, f := range e.Frames {
		n += len(f)
	}
	return n
}
