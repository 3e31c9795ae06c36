package fmq

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

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
	left bool      // its subscription has ended, and another one covers it: the server may go on, or not
}

// create takes a chunk of a file, or its end.
func (r *receiver) create(c *client.Chunk) {
	now := &r.now
	w := r.session.client.wants.Load()
	r.checkWanted(w)
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
	ended := r.ended
	r.ended = ""
	h := readHeaders(c.Headers)
	if h.synced && octets == 0 && r.synced(w, path) {
		return
	}
	r.giveUpOr(now.left && now.sub.Resync) // the server has left it
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
		if r.refusePlace(w, c, name, err); w.wasLeft(path) {
			r.skip = "" // should we come back, it goes on where it stopped
		}
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

// checkWanted lets go of the present file if its path was left.
func (r *receiver) checkWanted(w *wants) {
	if r.wants == w {
		return
	}
	r.wants = w
	switch now := &r.now; {
	case now.file == nil:
	case !w.covered(now.path):
		r.skip = now.path
		r.giveUpOr(now.sub.Resync)
	case !w.has(now.sub):
		now.left = true
	}
}

// letGo lets go of a file whose subscription has ended, before what is here is listed: it may be asked for again.
func (r *receiver) letGo() {
	if r.now.left {
		r.giveUpOr(r.now.sub.Resync)
	}
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
	if inbox.IsTemporary(err) {
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

// giveUpOr keeps what is here of the present file for the next time, or forgets it.
func (r *receiver) giveUpOr(keep bool) {
	if keep {
		r.now.file.Keep()
		r.now = receiving{}
	} else {
		r.giveUp()
	}
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

// progress tells how far the present file is, now and then.
func (r *receiver) progress() {
	now := time.Now()
	if now.Sub(r.now.told) < progressEvery {
		return
	}
	r.now.told = now
	r.session.emitIfRoom(Event{Type: Progress, Path: r.now.path, Name: r.now.name, Size: max(r.now.size, 0), Done: r.now.next, Sent: r.now.sent})
}
