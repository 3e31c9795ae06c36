package fmq

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
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
	wants  *wants // as it was when now was seen to be wanted
	skip   string // the path of a file of which nothing is wanted before it begins anew
	ended  string // the path of the file that a chunk with content has just ended: an empty end may follow
	end    uint64 // where
	stored client.Stored
	stuck  bool // the disk took nothing until the conversation was over: what follows would have a gap before it
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
	defer r.session.client.counts.messages.Add(-1)
	switch {
	case i.giveUp:
		r.refuseNow(ErrGarbled)
	case i.wants != nil:
		r.checkWanted(i.wants)
	case i.listed != nil:
		r.letGo()
		close(i.listed)
	case i.left != "":
		if virtual.Covers(i.left, r.skip) {
			r.skip = "" // should we come back, it goes on where it stopped
		}
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

// delete takes a delete.
func (r *receiver) delete(c *client.Chunk) {
	path := string(c.Filename)
	if path == r.now.path {
		r.giveUp()
	}
	w := r.session.client.wants.Load()
	sub, name, err := place(w, path)
	if err != nil {
		r.refusePlace(w, c, name, err)
		return
	}
	origin, removed := r.session.origin(sub), false
	if err := r.persist(func() (err error) {
		if sub.Keep {
			removed, err = r.session.client.store.Leave(origin, name)
		} else {
			removed, err = r.session.client.store.Remove(origin, name, w.mirrors(sub))
		}
		return err
	}); err != nil {
		if !r.stuck {
			r.refuse(path, name, err)
		}
		return
	}
	if removed {
		if !sub.Keep {
			r.session.client.counts.deleted.Add(1)
		}
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
	return slices.Contains(w.left, path)
}

// place is where a file belongs: the subscription with the longest path that covers it, and the name that remains.
func place(w *wants, path string) (sub client.Subscription, name string, err error) {
	if strings.HasPrefix(path, "/") {
		for _, s := range w.longest {
			if name, ok := virtual.LocalName(s.Path, path); ok && !excepts(s, path) {
				err := inbox.CheckName(name)
				if s.Into != "" && err == nil {
					name = s.Into + "/" + name
					err = inbox.CheckName(name)
				}
				return s, name, err
			}
		}
	}
	return sub, "", ErrUncovered
}

// mostTold is how many octets of a path stand in an event at most: a server may say millions of them.
const mostTold = 8192

// refuse tells that a file could not be taken.
func (r *receiver) refuse(path, name string, cause error) {
	path, name = strings.Clone(path[:min(len(path), mostTold)]), strings.Clone(name[:min(len(name), mostTold)])
	r.session.client.counts.refused.Add(1)
	r.session.emit(Event{Type: Refused, Path: path, Name: name, Cause: cause})
}

// refusePlace tells that a file has no place here, unless that is because we have left its path.
func (r *receiver) refusePlace(w *wants, c *client.Chunk, name string, cause error) {
	if path := string(c.Filename); errors.Is(cause, ErrUncovered) && w.wasLeft(path) {
		r.discard("its path was left", c)
	} else {
		r.refuse(path, name, cause)
	}
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

// persist does something with the disk, and as long as that takes nothing (it is full, for instance) again and again, until the conversation
// is over. Meanwhile nothing is received beyond the window: credit is held back.
func (r *receiver) persist(try func() error) error {
	for told := false; ; told = true {
		err := try()
		if err == nil || !inbox.IsTemporary(err) && !errors.Is(err, errUnopened) {
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
