package fmq

import "sync/atomic"

// ClientStats are counters since Dial, and gauges.
type ClientStats struct {
	Servers   int    // that have let us in, now
	Waiting   int    // events that nobody has read yet; at most ClientConfig.Queue
	Messages  int    // of servers that wait for the disk, now
	Files     uint64 // delivered
	Octets    uint64 // of content stored
	Deleted   uint64 // files deleted
	Refused   uint64 // files that could not be taken
	GivenUp   uint64 // files that a server began and did not end
	Discarded uint64 // messages with content that belongs to no file that is being received
	Malformed uint64 // messages that could not be read
}

type clientCounts struct {
	servers, messages                                              atomic.Int64
	files, octets, deleted, refused, givenUp, discarded, malformed atomic.Uint64
}

// Stats counts.
func (c *Client) Stats() ClientStats {
	n := &c.counts
	return ClientStats{
		Servers: int(n.servers.Load()), Waiting: len(c.events), Messages: int(n.messages.Load()), Files: n.files.Load(), Octets: n.octets.Load(),
		Deleted: n.deleted.Load(), Refused: n.refused.Load(), GivenUp: n.givenUp.Load(), Discarded: n.discarded.Load(), Malformed: n.malformed.Load(),
	}
}
