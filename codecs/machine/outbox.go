package machine

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

const (
	maxWaiting = 64                    // messages that wait for room in one client's queue
	retryAfter = 50 * time.Millisecond // where the transport cannot tell that there is room
)

// outbox sends to clients, and holds what finds a client's queue full until there is room.
type outbox struct {
	listener zsock.Listener
	untold   chan struct{} // yields when the first client waits of which no event will tell

	held atomic.Int32 // clients in full: as long as there are none, nobody needs mu

	mu    sync.Mutex
	full  map[string]*backlog
	retry time.Time // when those of which no event will tell are tried again; zero: there are none
}

// backlog is a client whose queue was full.
type backlog struct {
	messages [][][]byte
	untold   bool
}

func newOutbox(l zsock.Listener) outbox {
	return outbox{listener: l, untold: make(chan struct{}, 1), full: map[string]*backlog{}}
}

// send sends a message, or holds it; false: more would have to be held than may be.
func (o *outbox) send(peer []byte, frames [][]byte) (ok bool, err error) {
	if o.held.Load() == 0 {
		if err = o.listener.Send(peer, frames); !errors.Is(err, zsock.ErrFull) {
			return true, err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	b := o.full[string(peer)]
	if b == nil || len(b.messages) == 0 {
		if err = o.listener.Send(peer, frames); !errors.Is(err, zsock.ErrFull) {
			return true, err
		}
		b = o.note(peer, err)
	}
	if len(b.messages) == maxWaiting {
		return false, nil
	}
	b.messages = append(b.messages, frames)
	return true, nil
}

// sending is how a message is sent: zsock.Listener.Send, or zsock.SendOwned.
type sending func(l zsock.Listener, peer []byte, frames [][]byte) error

// try sends a message of another goroutine, unless it would overtake what is held.
func (o *outbox) try(send sending, peer []byte, frames [][]byte) error {
	if o.held.Load() == 0 {
		if err := send(o.listener, peer, frames); !errors.Is(err, zsock.ErrUntold) {
			return err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if b := o.full[string(peer)]; b != nil && len(b.messages) > 0 {
		return zsock.ErrFull
	}
	err := send(o.listener, peer, frames)
	if errors.Is(err, zsock.ErrUntold) {
		o.note(peer, err)
		err = zsock.ErrFull // it is we who tell
	}
	return err
}

// note remembers a client whose queue is full. mu is held.
func (o *outbox) note(peer []byte, full error) *backlog {
	b := o.full[string(peer)]
	if b == nil {
		b = &backlog{}
		o.full[string(peer)] = b
		o.held.Add(1)
	}
	if b.untold = errors.Is(full, zsock.ErrUntold); b.untold && o.retry.IsZero() {
		o.retry = time.Now().Add(retryAfter)
		select {
		case o.untold <- struct{}{}:
		default:
		}
	}
	return b
}

// forget drops what is held for a client.
func (o *outbox) forget(peer []byte) {
	if o.held.Load() == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.drop(string(peer))
}

// drop is forget. mu is held.
func (o *outbox) drop(peer string) {
	if o.full[peer] != nil {
		delete(o.full, peer)
		o.held.Add(-1)
	}
}

// writable sends what is held for a client that has room, and tells whether it still has room afterwards.
func (o *outbox) writable(peer []byte) bool {
	if o.held.Load() == 0 {
		return true
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.flush(string(peer))
}

// flush is writable. mu is held.
func (o *outbox) flush(peer string) bool {
	b := o.full[peer]
	for b != nil && len(b.messages) > 0 {
		err := o.listener.Send([]byte(peer), b.messages[0])
		if errors.Is(err, zsock.ErrFull) {
			o.note([]byte(peer), err)
			return false
		}
		b.messages = b.messages[1:] // who is away loses it
	}
	o.drop(peer)
	return true
}

// again is when retries are due; false: never.
func (o *outbox) again() (at time.Time, ok bool) {
	if o.held.Load() == 0 {
		return time.Time{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.retry, !o.retry.IsZero()
}

// retries sends what is held for clients of which no event tells, and gives those that may have room.
func (o *outbox) retries(now time.Time) (roomy []string) {
	if at, ok := o.again(); !ok || now.Before(at) {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.retry = time.Time{}
	for peer, b := range o.full {
		if b.untold && o.flush(peer) {
			roomy = append(roomy, peer)
		}
	}
	return roomy
}
