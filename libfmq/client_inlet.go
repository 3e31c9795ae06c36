package fmq

import (
	"errors"
	"sync"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// inlet is a conversation's sockets with another inbox, into which messages come only while there is room for what becomes of them. What
// happens to the link always comes. So a flood of messages that cost no credit stops at the server, as a slow disk would have it.
type inlet struct {
	zsock.Sockets
	inbox *zsock.Inbox
	queue *queue
	room  chan struct{} // the inbox has room

	mu  sync.Mutex
	err error // why the connection broke or could not be made
}

func newInlet(sockets zsock.Sockets, octets int, q *queue) *inlet {
	i := &inlet{Sockets: sockets, queue: q, room: make(chan struct{}, 1)}
	i.inbox = zsock.NewInbox(0, octets, func() { wake(i.room) })
	return i
}

// Inbox is the other one.
func (i *inlet) Inbox() *zsock.Inbox { return i.inbox }

// run passes on what arrives, until done.
func (i *inlet) run(done <-chan struct{}) {
	outer := i.Sockets.Inbox()
	var batch []zsock.Event
	for {
		select {
		case <-outer.Ready():
		case <-i.room:
		case <-i.queue.room:
		case <-done:
			return
		}
		if i.inbox.Room() > 0 && i.queue.roomy() {
			batch = outer.Take(batch)
		} else {
			batch = outer.TakeNews(batch)
		}
		for _, e := range batch {
			if e.Type == zsock.Down || e.Type == zsock.Failed {
				i.mu.Lock()
				i.err = e.Err
				i.mu.Unlock()
			}
		}
		i.inbox.Put(batch...)
	}
}

// failure is why the connection broke or could not be made, as far as the transport knows it.
func (i *inlet) failure() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err == nil {
		return errors.New("nobody knows why")
	}
	return i.err
}
