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

// milestones are states of the digests of large files, every few megabytes. When a transfer breaks off and is taken up again, a server need
// not digest anew all that the client has already.
type milestones struct {
	mu    sync.Mutex
	files []milestoned // the last used is the last
}

// milestoned is one state of one file, and its digest's states at the first, second … milestone.
type milestoned struct {
	key    dir.Key
	states [][]byte
}

// pass notes the state of a digest, if there is the next milestone.
func (m *milestones) pass(key dir.Key, offset int64, h hash.Hash) {
	if offset%milestoneOctets != 0 || offset == 0 {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.use(key)
	if int64(len(f.states)) != offset/milestoneOctets-1 {
		return
	}
	if state, err := h.(encoding.BinaryMarshaler).MarshalBinary(); err == nil {
		f.states = append(f.states, state)
	}
}

// last puts a digest into the state at the last milestone up to an offset, and tells where that is.
func (m *milestones) last(key dir.Key, offset int64, h hash.Hash) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	states := m.use(key).states
	n := min(int64(len(states)), offset/milestoneOctets)
	if n == 0 || h.(encoding.BinaryUnmarshaler).UnmarshalBinary(states[n-1]) != nil {
		h.Reset()
		return 0
	}
	return n * milestoneOctets
}

// use finds or makes room for a file. mu is held.
func (m *milestones) use(key dir.Key) *milestoned {
	i := slices.IndexFunc(m.files, func(f milestoned) bool { return f.key == key })
	f := milestoned{key: key}
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
