package harmony

import "github.com/zeromq/gozyre/codecs/zsock"

// Stats are counters since Listen, and gauges of now.
type Stats struct {
	Sent     uint64 // messages queued for peers
	Received uint64 // messages taken
	Dropped  uint64 // messages dropped: a strange identity, too many frames or too many octets
	Full     uint64 // times that a peer's queue became full
	Peers    int    // peers connected to
	Inbox    int    // events that wait for Take
	// Transport is what the transport counts of its own, its refusals and bounds among it.
	Transport zsock.Stats
}

// Stats counts.
func (h *Harmony) Stats() Stats {
	h.mu.Lock()
	n := len(h.peers)
	h.mu.Unlock()
	s := h.sockets.Stats()
	return Stats{
		Sent: h.sent.Load(), Received: h.received.Load(), Dropped: h.dropped.Load() + s.Dropped, Full: h.full.Load(),
		Peers: n, Inbox: s.Waiting, Transport: s,
	}
}
