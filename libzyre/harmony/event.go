package harmony

import (
	"net/netip"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// EventType tells what an Event is about. Of connections only transports tell that know of them.
type EventType uint8

// The types of events.
const (
	Message  EventType = iota + 1 // the peer sent us a message
	Up                            // our connection to the peer stands
	Down                          // our connection to the peer broke, what was on its way may be lost
	Failed                        // an attempt to connect to the peer failed
	Writable                      // there is room again in the queue of a peer that was full
	Arrived                       // the peer's connection to us stands
	Departed                      // the peer's connection to us has ended; all its messages were told before
)

// String gives the type's name in lower case.
func (t EventType) String() string {
	if t < Message || t > Departed {
		return "invalid"
	}
	return [...]string{"message", "up", "down", "failed", "writable", "arrived", "departed"}[t-Message]
}

// ofLink and ofListener say what a transport's event is here.
var (
	ofLink     = [...]EventType{zsock.Up: Up, zsock.Down: Down, zsock.Failed: Failed, zsock.Writable: Writable}
	ofListener = [...]EventType{zsock.Message: Message, zsock.Up: Arrived, zsock.Down: Departed, zsock.Writable: 0}
)

// Event is something that happened with a peer.
type Event struct {
	// Type is what happened.
	Type EventType
	// Peer is whom it concerns: who was given to Connect, or the identity under which somebody connected to us.
	Peer ID
	// Identity is who the other end of an Up says it is; zero: it said nothing, or nothing of the kind. Only the peers that
	// Harmony makes say so.
	Identity ID
	Addr     netip.Addr // the other end's network address, where the transport knows it; of a Message, Arrived and Departed it does
	Frames   [][]byte   // of a Message; they belong to the receiver of the event
	Err      error      // the reason of Down, Failed and Departed
}

// Ready yields a value when there may be something to Take.
func (h *Harmony) Ready() <-chan struct{} { return h.sockets.Inbox().Ready() }

// Take appends everything that waits to into[:0] and returns it; it does not block. Taking is what makes room for more,
// and what ends the ErrFull of the peers whose Writable it returns.
func (h *Harmony) Take(into []Event) []Event {
	h.batch = h.sockets.Inbox().Take(h.batch)
	return h.translate(into)
}

// TakeNews is Take for whoever cannot take messages now: these stay where they are, and their senders wait. Ready does
// not say of them again: after TakeNews, Take has to be called once without waiting for it.
func (h *Harmony) TakeNews(into []Event) []Event {
	h.batch = h.sockets.Inbox().TakeNews(h.batch)
	return h.translate(into)
}

// translate tells what happened to sockets as what happened with peers.
func (h *Harmony) translate(into []Event) []Event {
	clear(into)
	into = into[:0]
	for i := range h.batch {
		e := &h.batch[i]
		out := Event{Addr: e.Addr, Frames: e.Frames, Err: e.Err}
		if e.Link != nil {
			out.Type = ofLink[e.Type]
			p, id := h.linked(e.Link)
			if p == nil || out.Type == 0 {
				continue // of a link that was closed meanwhile; nothing is received on the others
			}
			if e.Type == zsock.Writable {
				p.mu.Lock()
				p.full = false
				p.mu.Unlock()
			}
			out.Peer = id
			if e.Type == zsock.Up {
				out.Identity, _ = identityOf(e.Peer)
			}
		} else {
			out.Type = ofListener[e.Type]
			if out.Type == 0 {
				continue // somebody was not admitted
			}
			var ok bool
			if out.Peer, ok = identityOf(e.Peer); !ok {
				if out.Type == Message {
					h.dropped.Add(1)
				}
				continue
			}
			if out.Type == Message {
				h.received.Add(1)
			}
		}
		into = append(into, out)
	}
	return into
}

// identityOf reads a routing identity (RFC 36).
func identityOf(routing []byte) (id ID, ok bool) {
	if len(routing) != 17 || routing[0] != 1 {
		return id, false
	}
	return ID(routing[1:]), true
}

func (h *Harmony) linked(l zsock.Link) (*peer, ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.links[l]
	if p == nil {
		return nil, ID{}
	}
	return p, p.id
}
