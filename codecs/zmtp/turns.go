package zmtp

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// turns lets connections put what they received into the inbox, and when that is full lets them wait in a row: each that
// has its turn hands over one batch, so that a peer that sends much does not keep out those that send little.
type turns struct {
	inbox   *zsock.Inbox
	mu      sync.Mutex
	waiting []turn
}

// turn is a place in the row.
type turn struct {
	of   any       // who waits: a connection, or a listener
	come chan bool // true: the turn has come; false: who waits has ended
}

// pause waits, with nothing in hand, until there is room or whoever waits has ended: what is not read yet costs no memory here.
func (t *turns) pause(of any, ended *atomic.Bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 && t.inbox.Room() > 0 || ended.Load() {
		return
	}
	if t.wait(of) && t.inbox.Room() > 0 {
		t.next()
	}
}

// wait waits for a turn; false: whoever waits has ended. mu is held, but not meanwhile.
func (t *turns) wait(of any) bool {
	mine := turn{of, make(chan bool, 1)}
	t.waiting = append(t.waiting, mine)
	t.mu.Unlock()
	defer t.mu.Lock()
	return <-mine.come
}

// deliver hands over events. It waits while the inbox is full, and returns how many are left when whoever waits has ended.
func (t *turns) deliver(of any, ended *atomic.Bool, events []zsock.Event) (left int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) == 0 {
		events = events[t.inbox.Offer(events):]
	}
	for len(events) > 0 && !ended.Load() {
		if !t.wait(of) {
			break
		}
		events = events[t.inbox.Offer(events):]
		if t.inbox.Room() > 0 {
			t.next()
		}
	}
	return len(events)
}

// abort ends the waiting of those that have ended.
func (t *turns) abort(of any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting = slices.DeleteFunc(t.waiting, func(w turn) bool {
		if w.of == of {
			w.come <- false
		}
		return w.of == of
	})
}

// room is called when the inbox has room again.
func (t *turns) room() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next()
}

// next gives the turn to whoever has waited longest. mu is held.
func (t *turns) next() {
	if len(t.waiting) > 0 {
		t.waiting[0].come <- true
		t.waiting = slices.Delete(t.waiting, 0, 1)
	}
}
