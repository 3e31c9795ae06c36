package fmq

import (
	"errors"
	"io/fs"
	"log/slog"
	"strconv"
	"sync"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/server"
)

const (
	chunkOctets = 256 << 10 // of one CHEEZBURGER at most, with all of its fields
	turnOctets  = 1 << 20   // after which it is another client's turn
	turnsAtOnce = 32        // clients that are sent to at a time; more wait for each other

	turnDigested = 64 << 20 // octets that are digested to know what a client has, after which a turn is over, too
	turnChecked  = 1 << 20  // the same, of a turn that was not begun for that
)

// sender carries out turns: it reads, digests and sends. Each turn has a goroutine, so that neither a disk nor a long file stops the loop.
type sender struct {
	cache     *dir.Cache
	transmit  func(peer []byte, frames [][]byte) error // it owns the frames, unless it says zsock.ErrFull
	over      func(*server.Turn)                       // takes a turn back
	log       *slog.Logger
	slots     chan struct{} // for turns
	digesting chan struct{} // for those that look at what a client has
	miles     milestones
	wg        sync.WaitGroup
}

func (s *sender) take(t *server.Turn) {
	s.wg.Go(func() {
		r, _ := t.Current.(*reading)
		digest := r != nil && r.checking
		if digest {
			s.digesting <- struct{}{}
		}
		s.slots <- struct{}{}
		if !t.Cancelled() {
			s.carryOut(t, digest)
		}
		<-s.slots
		if digest {
			<-s.digesting
		}
		if c := t.Current; c != nil && t.Cancelled() {
			c.Close()
			t.Current = nil
		}
		s.over(t)
	})
}

// errPause ends a turn before its items are through.
var errPause = errors.New("pause")

// carryOut carries a turn out. Only one that may digest looks at more than a little of what a client has: the loop needs processors, too.
func (s *sender) carryOut(t *server.Turn, digest bool) {
	budget := turnChecked
	if digest {
		budget = turnDigested
	}
	for t.Finished < len(t.Items) && t.Used < min(t.Credit, turnOctets) {
		item := &t.Items[t.Finished]
		var err error
		switch {
		case item.Path == "": // it came and went
		case item.Synced:
			err = s.note(t, item, &fmq.Message{Operation: fmq.OperationCreate, Filename: []byte(item.Path), Eof: 1, Headers: []wire.Pair{pair("SYNCED", "1")}})
		case item.File == nil:
			if err = s.note(t, item, &fmq.Message{Operation: fmq.OperationDelete, Filename: []byte(item.Path)}); err == nil {
				t.Deletes++
			}
		default:
			err = s.file(t, item, &budget)
		}
		if errors.Is(err, errPause) {
			return
		}
		if err != nil && !errors.Is(err, server.ErrWithdrawn) {
			t.Broken++
			s.log.Warn("a file cannot be sent now", "path", item.Path, "err", err)
			if passes(err) {
				t.Again = append(t.Again, *item)
			}
		}
		t.Finished++
	}
}

// passes tells whether a file may be read later although nothing about it has changed. (If something has, its directory tells.)
func passes(err error) bool {
	for _, lasting := range []error{dir.ErrChanged, fs.ErrNotExist, fs.ErrPermission} {
		if errors.Is(err, lasting) {
			return false
		}
	}
	return true
}

// note sends a message that has no content.
func (s *sender) note(t *server.Turn, item *server.Item, m *fmq.Message) error {
	m.ID, m.Sequence = fmq.IDCheezburger, t.Sequence
	frame, err := m.Append(nil)
	if err != nil {
		return err
	}
	return s.send(t, item, nil, frame, 0)
}

// send sends a CHEEZBURGER with a chunk of n octets. What finds no room is kept in r, if there is one.
func (s *sender) send(t *server.Turn, item *server.Item, r *reading, frame []byte, n int) error {
	err := t.Send(item, func() error { return s.transmit(t.Peer, [][]byte{frame}) })
	if r != nil {
		r.unsent = nil
	}
	switch {
	case errors.Is(err, server.ErrCancelled):
		return errPause
	case errors.Is(err, server.ErrWithdrawn):
		return err
	case errors.Is(err, zsock.ErrFull):
		t.Full = true
		if r != nil {
			r.unsent, r.unsentChunk = frame, n
		}
		return errPause
	case err != nil: // the client is gone: the loop will hear of it, and cancel
		return errPause
	}
	t.Sequence++
	t.Used += uint64(n)
	return nil
}

// properties are the headers of a file's first chunk (6.5).
func properties(f *dir.File) []wire.Pair {
	return []wire.Pair{
		pair("SIZE", strconv.FormatInt(f.Size, 10)),
		pair("MTIME", f.ModTime.UTC().Format("2006-01-02T15:04:05.000000000Z")),
		pair("MODE", strconv.FormatUint(uint64(f.Mode.Perm()), 8)),
	}
}

func pair(key, value string) wire.Pair { return wire.Pair{Key: []byte(key), Value: []byte(value)} }
