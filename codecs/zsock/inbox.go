package zsock

import (
	"slices"
	"sync"
)

// Inbox hands events from a transport to one consumer, in batches.
//
// The consumer waits on Ready, then swaps the whole batch out with Take. The transport Puts or Offers; when that says that
// the inbox is full it stops receiving until it is told that there is room. What happens to links is always taken in, and
// bounded in another way: there is at most one Writable per ErrFull, and when much waits, a connection's newest state
// replaces what was not taken of the older ones. What else happens to listeners counts as messages do: strangers cause it.
type Inbox struct {
	ready chan struct{}
	room  func()

	mu        sync.Mutex
	events    []Event
	messages  int
	octets    int
	max       int
	maxOctets int
	suspended bool // a producer was told to stop and waits for room
}

// NewInbox makes an inbox for a transport. It is full at that many messages or octets (0: the defaults).
// Each time the consumer makes room after Put has said full, room is called once, from the consumer's goroutine and
// with no lock held; it must not block.
func NewInbox(messages, octets int, room func()) *Inbox {
	if messages <= 0 {
		messages = DefaultInbox
	}
	if octets <= 0 {
		octets = DefaultInboxOctets
	}
	return &Inbox{ready: make(chan struct{}, 1), room: room, max: messages, maxOctets: octets}
}

// Ready yields a value when there is something to Take. It is never closed. It may yield without need: Take is then empty.
func (b *Inbox) Ready() <-chan struct{} { return b.ready }

// Take swaps out everything that waits, without blocking. The slice into (which may be nil) is emptied and used for
// the next batch, so a consumer passes what it got the last time and allocates nothing.
func (b *Inbox) Take(into []Event) []Event {
	clear(into)
	b.mu.Lock()
	batch := b.events
	b.events = into[:0]
	b.messages, b.octets = 0, 0
	resume := b.suspended
	b.suspended = false
	b.mu.Unlock()
	if resume && b.room != nil {
		b.room()
	}
	return batch
}

// TakeNews takes only what happened to links, and every Writable, and leaves messages and what else happened to listeners, for a
// consumer that cannot take these now but must not miss that a link is writable or down. It appends to into[:0] and does not block.
func (b *Inbox) TakeNews(into []Event) []Event {
	clear(into)
	into = into[:0]
	b.mu.Lock()
	defer b.mu.Unlock()
	messages := b.events[:0]
	for _, e := range b.events {
		if e.bounded() {
			messages = append(messages, e)
		} else {
			into = append(into, e)
		}
	}
	clear(b.events[len(messages):])
	b.events = messages
	return into
}

// Put appends events, never blocks, and copies what it needs of batch itself. It returns false when the inbox is full
// with them: the transport then puts no more messages until room was called.
func (b *Inbox) Put(batch ...Event) bool {
	if len(batch) == 0 {
		return true
	}
	n, octets := 0, 0
	for i := range batch {
		if batch[i].bounded() {
			n++
			octets += batch[i].size()
		}
	}
	b.mu.Lock()
	for len(b.events) >= b.max && len(batch) > 0 && !batch[0].bounded() {
		b.replace(batch[0])
		batch = batch[1:]
	}
	b.events = append(b.events, batch...)
	b.messages += n
	b.octets += octets
	full := b.full()
	if full {
		b.suspended = true
	}
	b.mu.Unlock()
	b.wake()
	return !full
}

// Offer is Put for transports with several goroutines that receive: it takes in as many events of batch as there is room
// for and returns how many. When that is not all, or when it is full with them, room will be called. It never blocks.
func (b *Inbox) Offer(batch []Event) int {
	if len(batch) == 0 {
		return 0
	}
	n := 0
	b.mu.Lock()
	for n < len(batch) && !b.full() {
		if batch[n].bounded() {
			b.messages++
			b.octets += batch[n].size()
		}
		n++
	}
	b.events = append(b.events, batch[:n]...)
	if n < len(batch) || b.full() {
		b.suspended = true
	}
	b.mu.Unlock()
	if n > 0 {
		b.wake()
	}
	return n
}

func (b *Inbox) full() bool { return b.messages >= b.max || b.octets >= b.maxOctets }

func (b *Inbox) wake() {
	select {
	case b.ready <- struct{}{}:
	default: // the consumer has a wake-up pending already
	}
}

// replace appends what happened to a link in place of what happened to its connection before and was not taken yet: a
// link that comes and goes while nobody looks costs one event.
func (b *Inbox) replace(e Event) {
	if e.Type != Writable {
		b.events = slices.DeleteFunc(b.events, func(old Event) bool {
			return old.Link == e.Link && (old.Type == Up || old.Type == Down || old.Type == Failed)
		})
	}
	b.events = append(b.events, e)
}

// Room is how many messages still fit; 0 when the inbox is full in messages or octets.
func (b *Inbox) Room() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.full() {
		return 0
	}
	return b.max - b.messages
}

// Len is how many events wait.
func (b *Inbox) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events)
}
