package zyre

import "github.com/zeromq/gozyre/libzyre/internal/core"

// Stats counts what happened since Start, and says how full the node's queues
// are. Whatever strangers send costs one of these numbers and nothing else.
type Stats struct {
	Peers    int // that are present
	Greeting int // that have not yet answered our HELLO; those known from a beacon only are 256 at most

	Events  int // held for the reader; bound: Config.Queue
	Inbox   int // messages received and not yet looked at; bound: 2000
	Waiting int // messages that wait for room in a peer's queue; bound: the calls that wait

	Files int // news of files that wait for their turn; bound: 256, 65,536 of files sent, and 10,000 of peers that are not there yet

	Sent     uint64 // whispers and shouts, one for each peer
	Received uint64 // whispers and shouts
	Blocked  uint64 // peers given up because they took no messages

	OctetsSent     uint64 // of the content of those sent
	OctetsReceived uint64 // and of those received

	Collectors        int    // peers that this node reports to; see Config.LogLevel
	CollectorsWaiting int    // and those that it will report to when others leave: 32 at a time, 8 of one host, are possible
	Records           uint64 // handed over for them, one for each
	RecordsDropped    uint64 // for which a collector had no room, as far as the transport can tell

	BadBeacons     uint64 // datagrams that are no beacons
	DroppedBeacons uint64 // beacons dropped because too many came at once
	Strangers      uint64 // messages that are not of this protocol
	Malformed      uint64 // messages of this protocol that are wrong
	Unexpected     uint64 // messages that are right and have no business here
	Refused        uint64 // peers that could not be had, or only announced themselves and were too many
	TooMany        uint64 // peers left out because of Limits.Peers
	TooManyThere   uint64 // peers left out because of Limits.PeersPerAddress
	TooFast        uint64 // peers left out because of Limits.NewPeers; they are met later
	Elsewhere      uint64 // HELLOs that named another host than they came from; see Config.AnyEndpoint
	Conflicts      uint64 // beacons of a peer with another port than its own: somebody else has its UUID, or pretends to
	Unsendable     uint64 // messages that the transport refused
	Crowded        uint64 // connections turned away because there were too many, or too many of one host
	Taken          uint64 // connections turned away because their identity belongs to a peer that is there
	Untold         uint64 // news of files that were dropped: more Sent events than the application reads, or receipts of who is not there
	RefusedFiles   uint64 // files of peers that could not be taken: bad names, a group's offered to everybody, what the disk refuses; each is a Refused event
	Swollen        uint64 // connections closed because the messages that they did not finish took too much memory
}

// Stats returns the counters. After the end they are the last ones.
func (n *Node) Stats() (stats Stats) {
	if n.look(func(*core.Core) { stats = n.statsOf() }) != nil {
		<-n.done
		return n.last
	}
	return stats
}

// statsOf gathers the counters; it runs in the loop.
func (n *Node) statsOf() Stats {
	of, discovery, connections := n.node.Core().Stats(), n.beacon.Stats(), n.network.Stats()
	stats := Stats{
		Peers:          of.Peers,
		Greeting:       of.Greeting,
		Events:         len(n.node.Events()) + len(n.events),
		Inbox:          connections.Inbox + n.node.Untaken(),
		Waiting:        of.Waiting,
		Sent:           of.Sent,
		Received:       of.Received,
		OctetsSent:     of.OctetsOut,
		OctetsReceived: of.OctetsIn,
		Blocked:        of.Blocked,
		BadBeacons:     of.BadBeacons + discovery.Oversize,
		DroppedBeacons: discovery.Dropped,
		Strangers:      of.Strangers + connections.Dropped,
		Malformed:      of.Malformed,
		Unexpected:     of.Unexpected,
		Refused:        of.Refused,
		TooMany:        of.TooMany,
		TooManyThere:   of.TooManyThere,
		TooFast:        of.TooFast,
		Elsewhere:      of.Elsewhere,
		Conflicts:      of.Conflicts,
		Unsendable:     of.Unsendable,
		Crowded:        connections.Transport.Crowded,
		Taken:          connections.Transport.Taken,
		Swollen:        connections.Transport.Swollen,
	}
	reports := n.reports.Stats()
	stats.Collectors, stats.CollectorsWaiting = reports.Collectors, reports.Waiting
	stats.Records, stats.RecordsDropped = reports.Records, reports.Dropped
	if n.share != nil {
		stats.Files, stats.Untold, stats.RefusedFiles = n.share.Stats()
	}
	return stats
}
