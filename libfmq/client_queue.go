package fmq

import (
	"sync"

	"github.com/zeromq/gozyre/libfmq/internal/client"
)

// queueRoom is how many messages may wait for the disk before no more are taken in. Credit bounds their octets, but not their number: an
// empty file, or a delete, costs none.
const queueRoom = 4096

// item is something for the goroutine that stores.
type item struct {
	chunk  client.Chunk
	event  EventType // to be told; 0: none
	cause  error
	giveUp bool // the present file
}

// queue hands over what a conversation receives to the goroutine that stores, in batches. It has no bound of its own: who puts sees to that.
type queue struct {
	mu    sync.Mutex
	items []item
	over  bool
	ready chan struct{}
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1)} }

// put appends an item, and tells whether there is room for more.
func (q *queue) put(i item) (room bool) {
	q.mu.Lock()
	q.items = append(q.items, i)
	n := len(q.items)
	q.mu.Unlock()
	if n == 1 {
		q.wake()
	}
	return n < queueRoom
}

// putGiveUp is put for what need not be said twice in a row, and tells whether it did.
func (q *queue) putGiveUp() bool {
	q.mu.Lock()
	n := len(q.items)
	twice := n > 0 && q.items[n-1].giveUp
	q.mu.Unlock()
	if !twice {
		q.put(item{giveUp: true})
	}
	return !twice
}

// close tells that nothing will be put any more.
func (q *queue) close() {
	q.mu.Lock()
	q.over = true
	q.mu.Unlock()
	q.wake()
}

func (q *queue) wake() {
	select {
	case q.ready <- struct{}{}:
	default: // the other side has a wake-up pending already
	}
}

// take swaps out everything that waits; into is used for the next batch. It tells whether there will be more.
func (q *queue) take(into []item) (batch []item, more bool) {
	clear(into)
	q.mu.Lock()
	defer q.mu.Unlock()
	batch, q.items = q.items, into[:0]
	return batch, !q.over
}
