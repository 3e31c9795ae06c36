package fmq

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

const (
	reportShare    = 8                      // of the window: what is given back at once
	reportReceipts = 500                    // at once at most
	progressEvery  = 100 * time.Millisecond // of one file
	retryEvery     = time.Second            // what the disk does not take
	askEvery       = time.Minute            // for one file again
	maxAnew        = 10_000                 // files that were asked for again, and are remembered for that time
)

// receiver stores what a conversation brings (rfcs/filemq, 5.6). It has a goroutine of its own, which the disk and a slow reader of events
// may stop.
type receiver struct {
	session *session
	queue   *queue
	over    <-chan struct{} // the conversation has ended
	report  func(client.Stored)
	again   func(path, name string)
	window  int64

	now    receiving
	skip   string // the path of a file of which nothing is wanted before it begins anew
	ended  string // the path of the file that a chunk with content has just ended: an empty end may follow
	end    uint64 // where
	stored client.Stored
	stuck  bool // the disk took nothing until the conversation was over: what follows would have a gap before it
}

// receiving is the file that is being received.
type receiving struct {
	file file // nil: none
	path string
	name string
	sub  client.Subscription
	size int64 // of the whole; -1: unknown
	next int64 // where the next chunk belongs
	sent int64
	told time.Time // the last Progress
}

func newReceiver(c *conversation) *receiver {
	return &receiver{
		session: c.session, queue: c.queue, over: c.over.Done(), window: c.session.client.cfg.Window,
		report: func(s client.Stored) {
			c.do(func(now time.Time) []machine.Effect { return c.core.Stored(now, s) })
		},
		again: func(path, name string) {
			c.do(func(now time.Time) []machine.Effect { return c.core.Again(now, path, name) })
		},
	}
}

// run stores until the conversation is over and everything is stored.
func (r *receiver) run() {
	var batch []item
	for more := true; more; {
		<-r.queue.ready
		batch, more = r.queue.take(batch)
		for len(batch) > 0 {
			for i := range batch {
				r.do(&batch[i])
				if r.stored.Credit >= r.window/reportShare || len(r.stored.Receipts) >= reportReceipts {
					r.flush()
				}
			}
			batch, more = r.queue.take(batch)
		}
		r.flush() // nothing waits
	}
	if r.now.file != nil {
		if r.now.sub.Resync {
			r.now.file.Keep()
		} else {
			r.now.file.Discard() // nobody will ask for the rest
		}
	}
}

func (r *receiver) do(i *item) {
	r.session.client.counts.messages.Add(-1)
	switch {
	case i.giveUp:
		r.refuseNow(ErrGarbled)
	case i.event == Connected:
		r.session.lost = false
		r.session.emit(Event{Type: Connected})
	case i.event == Lost:
		r.session.tellLost(i.cause)
	case r.stuck:
	default:
		switch i.chunk.Operation {
		case fmq.OperationCreate:
			r.create(&i.chunk)
		case fmq.OperationDelete:
			r.delete(&i.chunk)
		default:
			r.discard("its operation is unknown", &i.chunk)
		}
		r.stored.Credit += i.chunk.Credit // whatever became of it, it is not held any more
		zsock.Recycle(i.chunk.Frames)
	}
}

// flush reports what is stored.
func (r *receiver) flush() {
	if r.stored.Credit == 0 && len(r.stored.Receipts) == 0 {
		return
	}
	r.report(r.stored)
	r.stored.Credit, r.stored.Receipts = 0, r.stored.Receipts[:0]
}

// create takes a chunk of a file, or its end.
func (r *receiver) create(c *client.Chunk) {
	now := &r.now
	octets := uint64(len(c.Content))
	beyond := c.Offset > math.MaxInt64 || octets > math.MaxInt64-c.Offset
	if now.file != nil {
		switch same := string(c.Filename) == now.path; {
		case same && c.Offset == uint64(now.next) && !beyond:
			r.extend(c)
			return
		case same && c.Offset != 0:
			r.refuseNow(fmt.Errorf("%w: a chunk begins at %d, not at %d", ErrOutOfOrder, c.Offset, now.next))
			return
		}
	}
	path := string(c.Filename)
	w := r.session.client.wants.Load()
	ended := r.ended
	r.ended = ""
	h := readHeaders(c.Headers)
	if h.synced && octets == 0 && r.synced(w, path) {
		return
	}
	r.giveUp() // the server has left it
	switch {
	case octets == 0 && path == ended && c.Offset == r.end:
		return // the empty end behind an end with content
	case c.Offset == 0:
		r.skip = ""
	case path == r.skip:
		r.discard("its file was given up", c)
		return
	}
	r.skip = path
	sub, name, err := place(w, path)
	switch {
	case err != nil:
		r.refuse(path, name, err)
		return
	case beyond, c.Offset > 0 && !sub.Resync:
		r.discard("no file begins there", c)
		return
	}
	var f file
	if err := r.persist(func() (err error) {
		f, err = r.session.client.store.Begin(r.session.origin(sub), name, h.Header, int64(c.Offset))
		return err
	}); err != nil {
		switch {
		case errors.Is(err, inbox.ErrNotHeld):
			r.discard("what comes before it is not here", c)
			r.askAgain(sub, name)
		case !r.stuck:
			r.refuse(path, name, err)
		}
		return
	}
	r.skip = ""
	*now = receiving{file: f, path: path, name: name, sub: sub, size: h.Size, next: int64(c.Offset)}
	if octets > 0 && !c.End {
		now.told = time.Now()
	}
	r.store(c, h.digest)
}

// extend takes the next chunk of the present file.
func (r *receiver) extend(c *client.Chunk) {
	var digest *[20]byte
	if c.End || len(c.Content) == 0 {
		digest = readHeaders(c.Headers).digest
	}
	r.store(c, digest)
}

// store writes a chunk that fits, and ends the file if it is the last.
func (r *receiver) store(c *client.Chunk, digest *[20]byte) {
	now := &r.now
	if n := int64(len(c.Content)); n > 0 {
		if now.size >= 0 && now.next+n > now.size {
			r.refuseNow(fmt.Errorf("%w: there are more than %d octets", ErrOutOfOrder, now.size))
			return
		}
		if err := now.file.Write(c.Content); err != nil {
			err = r.persist(func() error { return now.file.Write(c.Content) })
			switch sub, name := now.sub, now.name; {
			case err == nil:
			case r.stuck: // the next conversation will go on
				return
			default:
				r.refuseNow(err)
				if errors.Is(err, inbox.ErrGone) {
					r.askAgain(sub, name)
				}
				return
			}
		}
		now.next += n
		now.sent += n
		r.session.client.counts.octets.Add(uint64(n))
		if !c.End {
			r.stored.Sequence = c.Sequence
			r.progress()
			return
		}
	}
	r.finish(c, digest)
}

// finish delivers the present file.
func (r *receiver) finish(c *client.Chunk, digest *[20]byte) {
	now := r.now
	d, err := now.file.Finish(digest)
	if inbox.IsFull(err) {
		err = r.persist(func() (err error) { d, err = now.file.Finish(digest); return err })
	}
	r.now = receiving{}
	if len(c.Content) > 0 {
		r.ended, r.end = now.path, uint64(now.next)
	}
	if err != nil {
		if r.stuck { // the next conversation will go on
			r.now = now
			return
		}
		r.refuse(now.path, now.name, err)
		if errors.Is(err, inbox.ErrDigest) || errors.Is(err, inbox.ErrGone) {
			r.askAgain(now.sub, now.name)
		}
		return
	}
	r.stored.Sequence = c.Sequence
	r.stored.Receipts = append(r.stored.Receipts, c.Sequence)
	r.session.client.counts.files.Add(1)
	r.session.emit(Event{
		Type: Deliver, Path: now.path, Name: now.name, File: d.Path, Size: d.Size, Done: d.Size, Sent: now.sent, Digest: d.Digest[:],
	})
}

// delete takes a delete.
func (r *receiver) delete(c *client.Chunk) {
	path := string(c.Filename)
	if path == r.now.path {
		r.giveUp()
	}
	w := r.session.client.wants.Load()
	sub, name, err := place(w, path)
	if err != nil {
		r.refuse(path, name, err)
		return
	}
	removed := false
	if err := r.persist(func() (err error) {
		removed, err = r.session.client.store.Remove(r.session.origin(sub), name, w.mirrors(sub))
		return err
	}); err != nil {
		if !r.stuck {
			r.refuse(path, name, err)
		}
		return
	}
	if removed {
		r.session.client.counts.deleted.Add(1)
		r.session.emit(Event{Type: Delete, Path: path, Name: name, File: filepath.Join(r.session.client.dir, filepath.FromSlash(name))})
	}
}

// synced takes the news that everything below a path is here (6.3).
func (r *receiver) synced(w *wants, path string) bool {
	for _, s := range w.longest {
		if s.Path == path && s.Resync {
			r.session.client.store.Forget(r.session.origin(s))
			r.session.emit(Event{Type: Synced, Path: path})
			return true
		}
	}
	return false
}

// place is where a file belongs: the subscription with the longest path that covers it, and the name that remains.
func place(w *wants, path string) (sub client.Subscription, name string, err error) {
	if strings.HasPrefix(path, "/") {
		for _, s := range w.longest {
			if name, ok := client.LocalName(s.Path, path); ok {
				return s, name, inbox.CheckName(name)
			}
		}
	}
	return sub, "", ErrUncovered
}

// giveUp forgets the present file.
func (r *receiver) giveUp() {
	if r.now.file != nil {
		r.now.file.Discard()
		r.now = receiving{}
		r.session.client.counts.givenUp.Add(1)
	}
}

// refuseNow gives the present file up because something is wrong with it, and what else comes of it.
func (r *receiver) refuseNow(cause error) {
	if r.now.file != nil {
		path, name := r.now.path, r.now.name
		r.giveUp()
		r.skip = path
		r.refuse(path, name, cause)
	}
}

// refuse tells that a file could not be taken.
func (r *receiver) refuse(path, name string, cause error) {
	r.session.client.counts.refused.Add(1)
	r.session.emit(Event{Type: Refused, Path: path, Name: name, Cause: cause})
}

// discard does nothing with a message.
func (r *receiver) discard(why string, c *client.Chunk) {
	r.session.client.counts.discarded.Add(1)
	r.session.client.log.Debug("a chunk is discarded", "server", r.session.endpoint, "file", string(c.Filename), "offset", c.Offset, "why", why)
}

// askAgain asks for a file of which we do not have what the server thinks, at most once a minute.
func (r *receiver) askAgain(sub client.Subscription, name string) {
	if !sub.Resync {
		return // without, only changes come
	}
	anew, key, now := r.session.anew, sub.Path+"\x00"+name, time.Now()
	if len(anew) >= maxAnew {
		for k, at := range anew {
			if now.Sub(at) >= askEvery {
				delete(anew, k)
			}
		}
	}
	if at, ok := anew[key]; ok && now.Sub(at) < askEvery || !ok && len(anew) >= maxAnew {
		return
	}
	anew[key] = now
	r.again(sub.Path, name)
}

// progress tells how far the present file is, now and then.
func (r *receiver) progress() {
	now := time.Now()
	if now.Sub(r.now.told) < progressEvery {
		return
	}
	r.now.told = now
	r.session.emitIfRoom(Event{Type: Progress, Path: r.now.path, Name: r.now.name, Size: max(r.now.size, 0), Done: r.now.next, Sent: r.now.sent})
}

// persist does something with the disk, and as long as that takes nothing (it is full, for instance) again and again, until the conversation
// is over. Meanwhile nothing is received beyond the window: credit is held back.
func (r *receiver) persist(try func() error) error {
	for told := false; ; told = true {
		err := try()
		if err == nil || !blocked(err) {
			return err
		}
		if !told {
			r.flush()
			r.session.emit(Event{Type: Blocked, Cause: err})
		}
		select {
		case <-time.After(r.session.client.retryEvery):
		case <-r.over:
			r.stuck = true
			return err
		}
	}
}

// blocked tells whether the disk takes nothing for now, but may later.
func blocked(err error) bool {
	return inbox.IsFull(err) || errors.Is(err, syscall.EIO) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)
}
