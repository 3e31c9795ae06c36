package zretester

import (
	"io"
	"sync"
)

// spool takes from a pipe whatever is in it, at once, and keeps it until it is read: who writes into the pipe does
// not wait for who reads here, unless there is far too much.
type spool struct {
	mu     sync.Mutex
	more   sync.Cond // something came, or went, or the end
	chunks [][]byte
	octets int
	err    error // after the chunks
}

// maxSpool is how many octets are kept.
const maxSpool = 256 << 20

// newSpool begins to take; it ends with r.
func newSpool(r io.Reader) *spool {
	s := &spool{}
	s.more.L = &s.mu
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := r.Read(buf)
			if !s.put(append([]byte(nil), buf[:n]...), err) {
				return
			}
		}
	}()
	return s
}

// put keeps what came; it waits while there is too much.
func (s *spool) put(chunk []byte, err error) (goOn bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.octets > maxSpool {
		s.more.Wait()
	}
	if len(chunk) > 0 {
		s.chunks = append(s.chunks, chunk)
		s.octets += len(chunk)
	}
	s.err = err
	s.more.Broadcast()
	return err == nil
}

// Read waits for something. It is to be called until it fails.
func (s *spool) Read(p []byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.chunks) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		s.more.Wait()
	}
	n = copy(p, s.chunks[0])
	if s.chunks[0] = s.chunks[0][n:]; len(s.chunks[0]) == 0 {
		s.chunks[0] = nil
		s.chunks = s.chunks[1:]
	}
	s.octets -= n
	s.more.Broadcast()
	return n, nil
}
