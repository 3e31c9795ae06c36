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
	giveUp bool          // the present file
	wants  *wants        // this is wanted now
	left   string        // the server has ended the subscription for this path
	listed chan struct{} // closed when what is here can be listed
}

// queue hands over what a conversation receives to the goroutine that stores, in batches. It takes in everything; an inlet before it stops
// while it is not roomy.
type queue struct {
	mu    sync.Mutex
	items []item
	over  bool
	ready chan struct{} // there is something to take
	room  chan struct{} // it is roomy again
}

func newQueue() *queue { return &queue{ready: make(chan struct{}, 1), room: make(chan struct{}, 1)} }

// put appends an item.
func (q *queue) put(i item) {
	q.mu.Lock()
	q.items = append(q.items, i)
	n := len(q.items)
	q.mu.Unlock()
	if n == 1 {
		wake(q.ready)
	}
}

// roomy tells whether there should be more.
func (q *queue) roomy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) < queueRoom
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
	wake(q.ready)
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // the other side has a wake-up pending already
	}
}

// take swaps out everything that waits; into is used for the next batch. It tells whether there will be more.
func (q *queue) take(into []item) (batch []item, more bool) {
	clear(into)
	q.mu.Lock()
	defer q.mu.Unlock()
	batch, q.items = q.items, into[:0]
	if len(batch) >= queueRoom {
		wake(q.room)
	}
	return batch, !q.over
}
