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
	Type   EventType
	Peer   ID
	Addr   netip.Addr // the other end's network address, of a Message and where the transport knows it
	Frames [][]byte   // of a Message; they belong to the receiver of the event
	Err    error      // the reason of Down, Failed and Departed
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
			p := h.linked(e.Link)
			if p == nil || out.Type == 0 {
				continue // of a link that was closed meanwhile; nothing is received on the others
			}
			if e.Type == zsock.Writable {
				p.mu.Lock()
				p.full = false
				p.mu.Unlock()
			}
			out.Peer = p.id
		} else {
			out.Type = ofListener[e.Type]
			if out.Type == 0 {
				continue // somebody was not admitted
			}
			if len(e.Peer) != 17 || e.Peer[0] != 1 {
				if out.Type == Message {
					h.dropped.Add(1)
				}
				continue
			}
			out.Peer = ID(e.Peer[1:])
			if out.Type == Message {
				h.received.Add(1)
			}
		}
		into = append(into, out)
	}
	return into
}

func (h *Harmony) linked(l zsock.Link) *peer {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.links[l]
}

// Stats are counters since Listen, and gauges.
type Stats struct {
	Sent     uint64 // messages queued for peers
	Received uint64 // messages taken
	Dropped  uint64 // messages dropped: a strange identity, too many frames or too many octets
	Full     uint64 // times that a peer's queue became full
	Peers    int    // peers connected to now
	Inbox    int    // events that wait for Take
}

// Stats counts.
func (h *Harmony) Stats() Stats {
	h.mu.Lock()
	n := len(h.peers)
	h.mu.Unlock()
	s := h.sockets.Stats()
	return Stats{
		Sent: h.sent.Load(), Received: h.received.Load(), Dropped: h.dropped.Load() + s.Dropped, Full: h.full.Load(),
		Peers: n, Inbox: s.Waiting,
	}
}
