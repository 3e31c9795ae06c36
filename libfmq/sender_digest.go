package fmq

import (
	"crypto/sha1"
	"hash"
	"sync"
	"sync/atomic"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
)

// digesting is the digest of a file that several may read at the same time, each at its own pace: whoever is ahead of the others digests what
// it reads. Nobody waits for it but who reads the same chunk just now. Each of them begins at 0 or at what it gave to reach, and adds all that it
// reads, in order; so the digest is never behind any of them, whoever gives up.
type digesting struct {
	offset atomic.Int64 // of what is not digested yet
	mu     sync.Mutex   // held while offset moves on
	hash   hash.Hash    // of what is before offset
}

func newDigesting() *digesting { return &digesting{hash: sha1.New()} }

// add digests what is new in data, which is what the file has at an offset. If there was something, it tells passed how far the digest is.
func (d *digesting) add(offset int64, data []byte, passed func(offset int64, h hash.Hash)) {
	end := offset + int64(len(data))
	if d.offset.Load() >= end {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.offset.Load()
	if at >= end {
		return
	}
	d.hash.Write(data[at-offset:])
	d.offset.Store(end)
	passed(end, d.hash)
}

// reach takes over a digest of what is before an offset, if it is ahead. The caller uses it no more.
func (d *digesting) reach(offset int64, h hash.Hash) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if offset > d.offset.Load() {
		d.hash = h
		d.offset.Store(offset)
	}
}

// sum is the digest of the file, for who has read it to its end.
func (d *digesting) sum() dir.Digest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return dir.Digest(d.hash.Sum(nil))
}
