package share

import (
	"slices"
	"sync"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Bounds of what waits to be told.
const (
	queueRoom = 256    // files that arrive wait for room
	mostSent  = 65_536 // news of what peers have; more of it is dropped
	mostEarly = 10_000 // files of peers that are not present; the oldest is dropped
)

// queue is what waits to be told, each kind in order, and what cannot be told because its peer is not present: receipts that came before a
// peer's HELLO, and files that arrived as their peer left. Those are told of at its next coming.
type queue struct {
	mu      sync.Mutex
	files   []core.Event // that came
	sent    []core.Event // of ours; taken in turn with files, so that neither holds the other up
	late    []core.Event // files of peers that are not present
	early   early
	present map[core.ID]*who
	turn    bool      // of files
	lost    []core.ID // peers that are to be looked for
	dropped uint64
	ready   chan struct{} // there is something to take
	room    chan struct{} // there was something taken
}

// who is what events say of a peer, and what was told of it.
type who struct {
	name, addr string
	has        map[string]string // digest of our files that it is told to have, by fileKey
}

// fileKey names what is published.
func fileKey(group, name string) string { return group + "\x00" + name }

func newQueue() queue {
	return queue{present: map[core.ID]*who{}, ready: make(chan struct{}, 1), room: make(chan struct{}, 1)}
}

// put appends an event.
func (q *queue) put(e core.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.append(e)
}

// putInTurn is put that waits for room, unless the peer leaves.
func (q *queue) putInTurn(e core.Event, leaving <-chan struct{}) {
	for !q.roomy() {
		select {
		case <-q.room:
		case <-leaving:
			q.put(e)
			return
		}
	}
	q.put(e)
	if q.roomy() {
		wake(q.room) // for others that wait
	}
}

// roomy tells whether more files may be told of.
func (q *queue) roomy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.files) < queueRoom
}

func (q *queue) append(e core.Event) {
	who := q.present[e.Peer]
	if who == nil {
		q.putAside(e)
		return
	}
	e.Name, e.Addr = who.name, who.addr
	if e.Type != core.Sent {
		q.files = append(q.files, e)
		wake(q.ready)
		return
	}
	key, digest := fileKey(e.Group, e.File.Path), string(e.File.Digest)
	if was, ok := who.has[key]; ok && was == digest {
		return // it asked again, or is another one that gives itself this name
	}
	if len(q.sent) >= mostSent {
		q.dropped++
		return
	}
	who.has[key] = digest
	q.sent = append(q.sent, e)
	wake(q.ready)
}

// putAside keeps what may be told when its peer comes.
func (q *queue) putAside(e core.Event) {
	switch e.Type {
	case core.Sent:
		q.dropped += q.early.put(e)
	case core.Deliver:
		if len(q.late) >= mostEarly {
			q.dropped++
			q.late = q.late[1:]
		}
		q.late = append(q.late, e)
	}
}

// retract forgets who has what was published, for it may be published anew.
func (q *queue) retract(group, name string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, who := range q.present {
		delete(who.has, fileKey(group, name))
	}
}

// take removes the oldest events.
func (q *queue) take(most int) (taken []core.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(taken) < most && len(q.files)+len(q.sent) > 0 {
		from := &q.sent
		if q.turn && len(q.files) > 0 || len(q.sent) == 0 {
			from = &q.files
		}
		q.turn = !q.turn
		taken = append(taken, (*from)[0])
		(*from)[0] = core.Event{}
		if *from = (*from)[1:]; len(*from) == 0 {
			*from = nil
		}
	}
	if len(q.files)+len(q.sent) > 0 {
		wake(q.ready)
	}
	wake(q.room)
	return taken
}

// putLost notes a peer that is to be looked for.
func (q *queue) putLost(id core.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.present[id] != nil && !slices.Contains(q.lost, id) {
		q.lost = append(q.lost, id)
		wake(q.ready)
	}
}

func (q *queue) takeLost() (lost []core.ID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	lost, q.lost = q.lost, nil
	return lost
}

// enter begins to tell of a peer.
func (q *queue) enter(id core.ID, name, addr string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.present[id] = &who{name, addr, map[string]string{}}
	var aside []core.Event
	aside, q.late = part(q.late, id)
	for _, e := range append(aside, q.early.take(id)...) {
		q.append(e)
	}
}

// exit ends it, and gives what is to be told of the peer before.
func (q *queue) exit(id core.ID) []core.Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.present, id)
	var files, sent []core.Event
	files, q.files = part(q.files, id)
	sent, q.sent = part(q.sent, id)
	wake(q.room)
	return append(files, sent...)
}

// part parts the events of a peer from others'.
func part(events []core.Event, id core.ID) (its, others []core.Event) {
	for _, e := range events {
		if e.Peer == id {
			its = append(its, e)
		} else {
			others = append(others, e)
		}
	}
	return its, others
}

// stats counts what waits, and what was dropped.
func (q *queue) stats() (waiting int, dropped uint64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.files) + len(q.sent) + len(q.late) + q.early.count, q.dropped
}

func wake(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // the other side has a wake-up pending already
	}
}
