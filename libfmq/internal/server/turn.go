package server

import (
	"errors"
	"io"
	"slices"
	"sync"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

// Item is something to be sent.
type Item struct {
	Path   string    // full virtual path
	File   *dir.File // what is there; nil: a delete, or the mark that a resync is through
	Source Source    // of the file
	Synced bool      // the mark (6.3)
	Known  Known     // what the client has of it

	tries int // how often it could not be read
}

// Known is what a client has of a file: the first Size octets, whose digest is Digest. A Size of -1 stands for all of it (the cache of 5.4 has
// no sizes).
type Known struct {
	Size   int64
	Digest dir.Digest
	OK     bool // it has something
}

// Turn is a time of sending to one client: the items in order, as far as Credit goes. It leaves the core, and comes back with what was
// done. Whoever has it owns it.
type Turn struct {
	Peer   []byte
	Items  []Item
	Credit uint64 // octets of content that may be sent
	Plain  bool   // the client may be one that has to be told when a file breaks off (5.6, rule 3 of the server)

	// What carrying it out changes.
	Used                  uint64    // octets sent
	Sequence              uint64    // of the next CHEEZBURGER
	Finished              int       // items of which nothing is left to do
	Ends                  []End     // files sent whole
	Held                  []Receipt // files of which the client had all
	Again                 []Item    // of the finished ones, those that are to be tried again in a while
	Full                  bool      // the way to the client is full: "writable" will tell when there is room
	Current               io.Closer // the sender's own: the file of which the first item that is left has been sent a part
	Sent, Deletes, Broken int

	client *client

	mu        sync.Mutex
	cancelled bool
	withdrawn []func(*Item) bool // what must not be sent any more
}

// End is the end of a file that was sent.
type End struct {
	Path     string
	Sequence uint64
	Size     int64
	Digest   dir.Digest
}

var (
	// ErrCancelled says that nothing of a turn may be sent any more.
	ErrCancelled = errors.New("cancelled")
	// ErrWithdrawn says that an item is not offered any more, or not wanted.
	ErrWithdrawn = errors.New("it is not offered any more, or not wanted")
)

// Send calls send, unless the item must not be sent any more: then the error is ErrCancelled or ErrWithdrawn. send must not wait.
func (t *Turn) Send(item *Item, send func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.cancelled:
		return ErrCancelled
	case slices.ContainsFunc(t.withdrawn, func(is func(*Item) bool) bool { return is(item) }):
		return ErrWithdrawn
	}
	return send()
}

// Cancelled tells whether to go on makes no sense.
func (t *Turn) Cancelled() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cancelled
}

// cancel makes sure that no more messages of this turn go out.
func (t *Turn) cancel() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cancelled = true
}

// withdraw makes sure that no more messages of certain items go out. is may be called by any goroutine, and must not wait.
func (t *Turn) withdraw(is func(*Item) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.withdrawn = append(t.withdrawn, is)
}
