package fmq

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"strings"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/server"
)

// reading is a file that is being sent.
type reading struct {
	file   *os.File
	key    dir.Key
	offset int64      // of what comes next
	first  bool       // nothing was sent yet
	digest *digesting // of the file, made together with all others that read it: of what is before offset, or more

	checking bool      // whether the client has the first octets is not known yet,
	check    int64     // so many
	hash     hash.Hash // of what is before offset, while checking

	unsent      []byte // the message before offset, if it found no room
	unsentChunk int    // octets of its chunk

	broken error // why the file cannot be sent to its end
}

// Close closes the file.
func (r *reading) Close() error { return r.file.Close() }

// file sends what is left of an item. It pauses when the turn is over.
func (s *sender) file(t *server.Turn, item *server.Item, budget *int) error {
	r, ok := t.Current.(*reading)
	if !ok {
		if s.has(item) {
			t.Held = append(t.Held, held(item))
			return nil
		}
		file, err := item.Source.Open(item.File)
		if err != nil {
			return err
		}
		r = s.begin(item, file)
		t.Current = r
	}
	err := s.goOn(t, item, r, budget)
	if !errors.Is(err, errPause) {
		r.Close()
		t.Current = nil
	}
	return err
}

// has tells whether the client is known to have all of a file.
func (s *sender) has(item *server.Item) bool {
	if known := item.Known; known.OK && (known.Size == -1 || known.Size == item.File.Size) {
		digest, ok := s.cache.Get(item.File.Key())
		return ok && digest == known.Digest
	}
	return false
}

// held says that the client has all of a file already.
func held(item *server.Item) server.Receipt {
	return server.Receipt{Path: item.Path, Size: item.File.Size, Digest: item.Known.Digest}
}

// begin begins with a file that was opened.
func (s *sender) begin(item *server.Item, file *os.File) *reading {
	r := &reading{file: file, key: item.File.Key(), first: true}
	r.digest = s.miles.digest(r.key)
	if known := item.Known; known.OK && known.Size <= item.File.Size {
		if r.check = known.Size; r.check == -1 {
			r.check = item.File.Size
		}
		r.checking, r.hash = true, sha1.New()
		r.offset = s.miles.last(r.key, r.check, r.hash)
	}
	return r
}

// goOn goes on with a file as far as the turn goes: it looks at what the client has, and sends the rest.
func (s *sender) goOn(t *server.Turn, item *server.Item, r *reading, budget *int) error {
	if r.checking {
		fits, err := s.fits(t, r, item.Known.Digest, budget)
		if err != nil {
			return err
		}
		if fits && r.offset == item.File.Size {
			if same, err := item.Source.Same(item.File, r.file); err == nil && same {
				s.cache.Put(item.File.Key(), item.Known.Digest)
			}
			t.Held = append(t.Held, held(item))
			return nil
		}
	}
	err := r.broken
	if err == nil {
		err = s.rest(t, item, r)
	}
	if err != nil && !errors.Is(err, errPause) {
		if errors.Is(err, dir.ErrChanged) {
			s.miles.forget(r.key)
		}
		err = s.breakOff(t, item, r, err)
	}
	return err
}

// fits tells whether the file begins with what the client has. If not, everything is to be sent. It pauses when it takes long: others want to
// have a turn, too.
func (s *sender) fits(t *server.Turn, r *reading, digest dir.Digest, budget *int) (bool, error) {
	data := zsock.NewBuffer(chunkOctets)[:chunkOctets]
	defer func() { zsock.Recycle([][]byte{data}) }()
	for r.offset < r.check {
		if *budget <= 0 || t.Cancelled() {
			return false, errPause
		}
		n, err := r.file.ReadAt(data[:min(int64(len(data)), r.check-r.offset)], r.offset)
		if n == 0 {
			if err == io.EOF {
				err = dir.ErrChanged
			}
			return false, fmt.Errorf("reading at %d: %w", r.offset, err)
		}
		r.hash.Write(data[:n])
		r.offset += int64(n)
		*budget -= n
		s.miles.pass(r.key, r.offset, r.hash)
	}
	h := r.hash
	r.checking, r.hash = false, nil
	if dir.Digest(h.Sum(nil)) != digest {
		r.offset = 0
		return false, nil
	}
	r.digest.reach(r.offset, h)
	return true, nil
}

// rest sends what is left of a file.
func (s *sender) rest(t *server.Turn, item *server.Item, r *reading) error {
	if r.unsent != nil {
		if err := s.send(t, item, r, r.unsent, r.unsentChunk); err != nil {
			return err
		}
	}
	for r.offset < item.File.Size {
		if t.Used >= min(t.Credit, turnOctets) {
			return errPause
		}
		if err := s.chunk(t, item, r); err != nil {
			return err
		}
	}
	if t.Credit == t.Used {
		return errPause
	}
	// What was read is one state of the file only if it is still in that state.
	if same, err := item.Source.Same(item.File, r.file); err != nil {
		return err
	} else if !same {
		return dir.ErrChanged
	}
	digest := r.digest.sum()
	s.cache.Put(r.key, digest)
	m := fmq.Message{Operation: fmq.OperationCreate, Filename: []byte(item.Path), Offset: uint64(r.offset), Eof: 1}
	if r.first {
		m.Headers = properties(item.File)
	}
	m.Headers = append(m.Headers, pair("SHA1", strings.ToUpper(hex.EncodeToString(digest[:]))))
	sequence := t.Sequence
	if err := s.note(t, item, &m); err != nil {
		return err
	}
	t.Ends = append(t.Ends, server.End{Path: item.Path, Sequence: sequence, Size: item.File.Size, Digest: digest})
	t.Sent++
	return nil
}

// breakOff tells a plain client that a file has no end, and gives why.
func (s *sender) breakOff(t *server.Turn, item *server.Item, r *reading, why error) error {
	if !t.Plain || r.first {
		return why
	}
	r.broken = why
	if t.Credit == t.Used {
		return errPause
	}
	err := s.note(t, item, &fmq.Message{Operation: fmq.OperationCreate, Filename: []byte(item.Path), Offset: math.MaxInt64, Eof: 1})
	if errors.Is(err, errPause) {
		return err
	}
	return why
}

// chunk reads the next chunk of a file and sends it.
func (s *sender) chunk(t *server.Turn, item *server.Item, r *reading) error {
	m := fmq.Message{ID: fmq.IDCheezburger, Sequence: t.Sequence, Operation: fmq.OperationCreate, Filename: []byte(item.Path), Offset: uint64(r.offset)}
	if r.first {
		m.Headers = properties(item.File)
	}
	head, err := m.Append(make([]byte, 0, 512))
	if err != nil {
		return err
	}
	most := max(chunkOctets-len(head), chunkOctets/2) // so that the frame fits into a buffer of that size
	n := int(min(uint64(most), t.Credit-t.Used, uint64(item.File.Size-r.offset), uint64(milestoneOctets-r.offset%milestoneOctets)))
	// The chunk is the last field: its length is written behind the others, and it is read to where it belongs.
	binary.BigEndian.PutUint32(head[len(head)-4:], uint32(n))
	frame := append(zsock.NewBuffer(len(head)+n), head...)[:len(head)+n]
	data := frame[len(head):]
	if got, err := r.file.ReadAt(data, r.offset); got < n {
		zsock.Recycle([][]byte{frame})
		if err == io.EOF {
			err = dir.ErrChanged
		}
		return fmt.Errorf("reading at %d: %w", r.offset, err)
	}
	r.digest.add(r.offset, data, func(offset int64, h hash.Hash) { s.miles.pass(r.key, offset, h) })
	r.offset += int64(n)
	r.first = false
	return s.send(t, item, r, frame, n)
}
