package core

import "hash/maphash"

// Sight is where a core will look for the sender of a beacon.
type Sight struct {
	core *Core
	peer *peer
}

// Foresee and then Fetch read what Beacon will need of a peer, and change nothing. Who has one beacon for a thousand cores would wait
// a thousand times for three places of memory: whoever foresees them for many, then fetches them for as many, waits for all at once.
func (c *Core) Foresee(id ID) Sight {
	return Sight{c, c.table.slots[maphash.Comparable(c.table.seed, id)&uint64(len(c.table.slots)-1)].peer}
}

// Fetch is the second half of it. What it returns means nothing: it keeps the compiler from leaving the reading out.
func (s Sight) Fetch() byte {
	if s.peer == nil {
		return 0
	}
	return s.peer.id[0] + byte(s.core.looks[s.peer.index])
}
