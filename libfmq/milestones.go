package fmq

import (
	"encoding"
	"hash"
	"slices"
	"sync"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

const (
	milestoneOctets = 8 << 20 // between two milestones of a file
	milestoneFiles  = 16      // files whose milestones are kept: those that were sent last
)

// milestones are states of the digests of large files, every few megabytes, and of the whole. When a transfer breaks off and is taken up again,
// a server need not digest anew all that the client has already; and a large file that was sent once is not digested for the next client.
type milestones struct {
	mu    sync.Mutex
	files []milestoned // the last used is the last
}

// milestoned is one state of one file, and its digest's states at the first, second … milestone.
type milestoned struct {
	file   dir.Key
	states [][]byte
	whole  *dir.Digest // nil: not known
}

// end notes the digest of a whole file.
func (m *milestones) end(file dir.Key, digest dir.Digest) {
	if file.Size < milestoneOctets {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.use(file).whole = &digest
}

// digest is that of a whole file, if it is known.
func (m *milestones) digest(file dir.Key) *dir.Digest {
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := m.find(file); i >= 0 {
		return m.files[i].whole
	}
	return nil
}

// pass notes the state of a digest, if there is the next milestone.
func (m *milestones) pass(file dir.Key, offset int64, h hash.Hash) {
	if offset%milestoneOctets != 0 || offset == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.use(file)
	if int64(len(f.states)) != offset/milestoneOctets-1 {
		return
	}
	if s, err := h.(encoding.BinaryMarshaler).MarshalBinary(); err == nil {
		f.states = append(f.states, s)
	}
}

// last puts a digest into the state at the last milestone up to an offset, and tells where that is.
func (m *milestones) last(file dir.Key, offset int64, h hash.Hash) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	states := m.use(file).states
	n := min(int64(len(states)), offset/milestoneOctets)
	if n == 0 || h.(encoding.BinaryUnmarshaler).UnmarshalBinary(states[n-1]) != nil {
		h.Reset()
		return 0
	}
	return n * milestoneOctets
}

// use finds or makes room for a file. mu is held.
func (m *milestones) use(file dir.Key) *milestoned {
	i := m.find(file)
	f := milestoned{file: file}
	switch {
	case i >= 0:
		f = m.files[i]
		m.files = slices.Delete(m.files, i, i+1)
	case len(m.files) == milestoneFiles:
		m.files = slices.Delete(m.files, 0, 1)
	}
	m.files = append(m.files, f)
	return &m.files[len(m.files)-1]
}

// find is where a file is; less than 0: nowhere. mu is held.
func (m *milestones) find(file dir.Key) int {
	return slices.IndexFunc(m.files, func(f milestoned) bool { return f.file == file })
}
