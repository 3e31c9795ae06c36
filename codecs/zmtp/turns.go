package zmtp

import (
	"slices"
	"sync"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// turns lets connections put what they received into the inbox, and when that is full lets them wait in a row: each that
// has its turn hands over one batch, so that a peer that sends much does not keep out those that send little.
type turns struct {
	mu      sync.Mutex
	waiting []turn
}

// turn is a channel that yields once, when the turn has come.
type turn chan struct{}

// deliver hands over events of a connection. It waits while the inbox is full, and returns how many are left when the
// connection ends meanwhile.
func (s *sockets) deliver(c *conn, events []zsock.Event) (left int) {
	return s.turns.deliver(s.inbox, events, c.gone)
}

func (t *turns) deliver(inbox *zsock.Inbox, events []zsock.Event, stop <-chan struct{}) (left int) {
	t.mu.Lock()
	if len(t.waiting) == 0 {
		events = events[inbox.Offer(events):]
	}
	for len(events) > 0 {
		mine := make(turn, 1)
		t.waiting = append(t.waiting, mine)
		t.mu.Unlock()
		ended := false
		select {
		case <-mine:
		case <-stop:
			ended = true
		}
		t.mu.Lock()
		if ended {
			if i := slices.Index(t.waiting, mine); i >= 0 {
				t.waiting = slices.Delete(t.waiting, i, i+1)
			} else {
				t.next() // our turn had come: it is the next one's
			}
			t.mu.Unlock()
			return len(events)
		}
		events = events[inbox.Offer(events):]
		if inbox.Room() > 0 {
			t.next()
		}
	}
	t.mu.Unlock()
	return 0
}

// room is called when the inbox has room again.
func (t *turns) room() {
	t.mu.Lock()
	t.next()
	t.mu.Unlock()
}

// next gives the turn to whoever has waited longest. mu is held.
func (t *turns) next() {
	if len(t.waiting) > 0 {
		t.waiting[0] <- struct{}{}
		t.waiting = slices.Delete(t.waiting, 0, 1)
	}
}
