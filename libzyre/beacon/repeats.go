package beacon

import (
	"hash/maphash"
	"net/netip"
	"time"
)

const (
	maxHeld  = 64                     // datagrams
	maxWait  = 200 * time.Millisecond // of a repeat
	minWait  = 5 * time.Millisecond   // less is not worth a timer
	maxKnown = 4096                   // sources, so that forged ones cost no more
)

// repeats holds back for a moment what was heard before: it is no news, only a sign of
// life, and a reader need not be woken for every one of them. Where 50 idle nodes share
// a process, that saves a third of what they cost.
type repeats struct {
	seed  maphash.Seed
	known map[netip.AddrPort]said
	held  [maxHeld]datagram // oldest first
	n     int               // of them
	due   time.Time         // when they are to be handed out, unless n is 0
}

// said is what a source announced last.
type said struct {
	sum uint64
	at  time.Time
}

type datagram struct {
	arrival
	data []byte
}

func newRepeats() repeats {
	return repeats{seed: maphash.MakeSeed(), known: map[netip.AddrPort]said{}}
}

// wait tells how long a datagram may wait: not at all when it is news, else a
// sixteenth of the time since it was last heard, which is the announcer's interval.
func (r *repeats) wait(a arrival, data []byte) time.Duration {
	sum := maphash.Bytes(r.seed, data)
	last, ok := r.known[a.from]
	if !ok && len(r.known) == maxKnown {
		clear(r.known)
	}
	r.known[a.from] = said{sum, a.at}
	if !ok || last.sum != sum {
		return 0
	}
	return min(a.at.Sub(last.at)/16, maxWait)
}

// hold keeps a copy of a datagram, if there is room.
func (r *repeats) hold(a arrival, data []byte, wait time.Duration) bool {
	if wait < minWait || r.n == maxHeld {
		return false
	}
	h := &r.held[r.n]
	h.arrival, h.data = a, append(h.data[:0], data...)
	if due := a.at.Add(wait); r.n == 0 || due.Before(r.due) {
		r.due = due
	}
	r.n++
	return true
}
