package zreinterface

import (
	"bytes"
	"slices"
	"time"

	"github.com/google/uuid"
)

// maxPeers is how many peers are kept at most. Anybody can make up a million of them.
const maxPeers = 1000

// peers knows when each peer was last heard. It asks no clock and no socket, so that a test of hours takes no time.
type peers map[uuid.UUID]time.Time

// heard notes a sign of life, and says whether that peer is new.
func (p peers) heard(id uuid.UUID, now time.Time) (joined bool) {
	_, known := p[id]
	if !known && len(p) >= maxPeers {
		return false
	}
	p[id] = now
	return !known
}

// expire forgets the peers that were not heard for that long, and returns them.
func (p peers) expire(now time.Time, silence time.Duration) (left []uuid.UUID) {
	for id, last := range p {
		if now.Sub(last) >= silence {
			left = append(left, id)
			delete(p, id)
		}
	}
	slices.SortFunc(left, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return left
}
