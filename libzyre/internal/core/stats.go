package core

// Stats counts what happened. Whatever strangers send ends here.
type Stats struct {
	Peers        int    // that have entered
	Greeting     int    // that have not yet answered our HELLO
	Waiting      int    // messages that wait for room in a peer's queue
	Sent         uint64 // whispers and shouts, one for each peer
	Received     uint64 // whispers and shouts
	OctetsOut    uint64 // of the content of those sent
	OctetsIn     uint64 // and of those received
	Blocked      uint64 // peers given up because they took no messages
	BadBeacons   uint64 // datagrams that are no beacons
	Strangers    uint64 // messages that are not of this protocol
	Malformed    uint64 // messages of this protocol that are wrong
	Unexpected   uint64 // messages that are right and have no business here
	Refused      uint64 // peers that could not be had, or of which only beacons were heard and too many
	TooMany      uint64 // peers not met because there are as many as may be
	TooManyThere uint64 // and because there are as many of their address
	TooFast      uint64 // and because too many others had just come
	Elsewhere    uint64 // HELLOs that named another host than they came from
	Conflicts    uint64 // beacons of a peer with another port than its own
	Unsendable   uint64 // messages that the transport refused
}

// Stats returns the counters.
func (c *Core) Stats() Stats {
	stats := c.stats
	stats.Greeting, stats.Peers = c.greeting(), c.ready
	for _, p := range c.order {
		stats.Waiting += len(p.waiting)
	}
	return stats
}

func octetsOf(content [][]byte) (octets uint64) {
	for _, frame := range content {
		octets += uint64(len(frame))
	}
	return octets
}
