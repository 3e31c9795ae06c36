package zyre

import "github.com/zeromq/gozyre/libzyre/internal/core"

// Stats counts what happened since Start, and says how full the node's queues
// are. Whatever strangers send costs one of these numbers and nothing else.
type Stats struct {
	Peers    int // that are present
	Greeting int // that have not yet answered our HELLO: at most 256 known from a beacon only

	Events  int // held for the reader; bound: Config.Queue
	Inbox   int // messages received and not yet looked at; bound: 1000
	Waiting int // messages that wait for room in a peer's queue; bound: the calls that wait

	Sent     uint64 // whispers and shouts, one for each peer
	Received uint64 // whispers and shouts
	Blocked  uint64 // peers given up because they took no messages

	BadBeacons     uint64 // datagrams that are no beacons
	DroppedBeacons uint64 // beacons dropped because too many came at once
	Strangers      uint64 // messages that are not of this protocol
	Malformed      uint64 // messages of this protocol that are wrong
	Unexpected     uint64 // messages that are right and have no business here
	Refused        uint64 // peers that could not be had, or were too many
	Unsendable     uint64 // messages that the transport refused
}

// Stats returns the counters. After the end they are the last ones.
func (n *Node) Stats() (stats Stats) {
	if n.look(func(c *core.Core) { stats = n.statsOf(c) }) != nil {
		<-n.done
		return n.last
	}
	return stats
}

// statsOf gathers the counters; it runs in the loop.
func (n *Node) statsOf(c *core.Core) Stats {
	of, discovery, connections := c.Stats(), n.beacon.Stats(), n.network.Stats()
	return Stats{
		Peers:          of.Peers,
		Greeting:       of.Greeting,
		Events:         len(n.queue) + len(n.events),
		Inbox:          connections.Inbox + len(n.batch) - n.position,
		Waiting:        of.Waiting,
		Sent:           of.Sent,
		Received:       of.Received,
		Blocked:        of.Blocked,
		BadBeacons:     of.BadBeacons + discovery.Oversize,
		DroppedBeacons: discovery.Dropped,
		Strangers:      of.Strangers + connections.Dropped,
		Malformed:      of.Malformed,
		Unexpected:     of.Unexpected,
		Refused:        of.Refused,
		Unsendable:     of.Unsendable,
	}
}
