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

// milestones are states of the digests of large files, every few megabytes. When a transfer breaks off and is taken up again, a server need not
// digest anew all that the client has already. And there is the digest that all who send such a file make together: it is made once, however many
// clients there are, at a time or later.
type milestones struct {
	mu    sync.Mutex
	files []milestoned // the last used is the last
}

// milestoned is one state of one file, and its digest's states at the first, second … milestone.
type milestoned struct {
	file   dir.Key
	states [][]byte
	digest *digesting // nil: nobody made one yet
}

// digest is the digest of a file as far as it is made. Those who send a small file make one each: it is cheap, and would displace large ones here.
func (m *milestones) digest(file dir.Key) *digesting {
	if file.Size < milestoneOctets {
		return newDigesting()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.use(file)
	if f.digest == nil {
		f.digest = newDigesting()
	}
	return f.digest
}

// forget forgets a file of which something was digested that may not be in it.
func (m *milestones) forget(file dir.Key) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files = slices.DeleteFunc(m.files, func(f milestoned) bool { return f.file == file })
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
