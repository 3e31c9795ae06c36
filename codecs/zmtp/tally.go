package zmtp

import (
	"slices"
	"sync"
	"sync/atomic"
)

// tally bounds what all queues of a set hold together, what writers have in their hands included. Beyond the bound each may have
// its share all the same: those that are slow do not stop the others.
type tally struct {
	most    int64
	octets  atomic.Int64
	holders atomic.Int64 // queues that hold something
	clogged atomic.Uint64
	waits   atomic.Bool // somebody waits
	telling atomic.Bool // tell runs
	changes atomic.Uint64

	mu      sync.Mutex
	waiting []*queue // to be told of room
}

// admits says whether a queue, whose mu is held, may take so many octets more. If not, it is told when it may.
func (t *tally) admits(q *queue, wire int) bool {
	all, holders := t.octets.Load(), t.holders.Load()
	if q.owed == 0 {
		holders++
	}
	switch {
	case all+int64(wire) <= t.most, all <= 2*t.most && q.owed+int64(wire) <= t.most/holders, q.owed == 0 && wire <= gatherChunk, all == 0:
		return true
	}
	t.clogged.Add(1)
	if q.waits {
		return false
	}
	q.waits = true
	t.mu.Lock()
	t.waiting = append(t.waiting, q)
	t.waits.Store(true)
	t.mu.Unlock()
	t.changes.Add(1)
	t.look() // there may be room since
	return false
}

// more counts what a queue, whose mu is held, has taken.
func (t *tally) more(q *queue, octets int64) {
	if q.owed == 0 {
		t.holders.Add(1)
	}
	q.owed += octets
	t.octets.Add(octets)
}

// ready says that there is room, and some to spare, for what a queue could not take.
func (t *tally) ready(wanted int) bool {
	return t.octets.Load() <= max(0, min(t.most/2, t.most-int64(wanted)))
}

// less counts off what has left a queue, whose mu is held, or is lost.
func (t *tally) less(q *queue, octets int64) {
	t.octets.Add(-octets)
	if q.owed -= octets; q.owed == 0 {
		t.holders.Add(-1)
	}
	if t.waits.Load() {
		t.changes.Add(1)
		t.look()
	}
}

// look begins to tell, if there is room and somebody who waits for it.
func (t *tally) look() {
	if t.ready(0) && t.telling.CompareAndSwap(false, true) {
		go t.tell()
	}
}

// tell is a goroutine that tells queues of room.
func (t *tally) tell() {
	before := t.changes.Load()
	t.mu.Lock()
	waiting := t.waiting
	t.waiting = nil
	t.mu.Unlock()
	waiting = slices.DeleteFunc(waiting, func(q *queue) bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		if !q.over && !t.ready(q.wanted) {
			return false
		}
		q.waits = false
		q.owner.roomMade(q)
		return true
	})
	t.mu.Lock()
	t.waiting = append(waiting, t.waiting...)
	t.waits.Store(len(t.waiting) > 0)
	t.mu.Unlock()
	t.telling.Store(false)
	if t.changes.Load() != before {
		t.look()
	}
}
