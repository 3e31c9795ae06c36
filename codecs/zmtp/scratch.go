package zmtp

import (
	"slices"
	"sync"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// scratch is what reading needs besides.
type scratch struct {
	buf    [64 << 10]byte
	events []zsock.Event
	parts  [][]byte
	data   []byte   // where the bodies of small frames are laid
	heads  [][]byte // where the slices of frames are laid
}

const (
	batchEvents = 128     // events handed over in one go
	slabOctets  = 4 << 10 // bodies of small frames share so much memory
	slabFrames  = 64      // and so many slices
)

var scratches = sync.Pool{New: func() any {
	return &scratch{events: make([]zsock.Event, 0, batchEvents), parts: make([][]byte, 0, 16)}
}}

func (s *scratch) free() {
	clear(s.events) // nothing is left there unless the connection ended
	clear(s.parts)
	s.events, s.parts, s.data, s.heads = s.events[:0], s.parts[:0], nil, nil
	scratches.Put(s)
}

// lone is all the memory of a short message that came alone, so that it is allocated in one go.
type lone struct {
	heads [4][]byte
	data  [160]byte
}

// reserve makes room for a small body, and for as many of those behind it as may share the memory.
func (s *scratch) reserve(n, remaining int) {
	if remaining <= len(lone{}.data) && len(s.heads) == 0 && len(s.parts) == 0 {
		l := new(lone)
		s.data, s.heads = l.data[:0], l.heads[:0]
		return
	}
	s.data = make([]byte, 0, min(max(remaining, n), slabOctets))
}

// keep copies a body out of the buffer, into memory that belongs to the receiver.
func (s *scratch) keep(body []byte, remaining int) []byte {
	if len(body) == 0 {
		return []byte{}
	}
	if len(body) > slabOctets/2 {
		own := append([]byte(nil), body...)
		return own[:len(own):len(own)]
	}
	if cap(s.data)-len(s.data) < len(body) {
		s.reserve(len(body), remaining)
	}
	at := len(s.data)
	s.data = append(s.data, body...)
	return s.data[at:len(s.data):len(s.data)]
}

// room is where a body of at most n octets may be appended to: the memory that small ones share, or memory of its own.
func (s *scratch) room(n, remaining int) (dst []byte, shared bool) {
	if n > slabOctets/2 {
		return zsock.NewBuffer(n), false
	}
	if cap(s.data)-len(s.data) < n {
		s.reserve(n, remaining)
	}
	return s.data, true
}

// collect makes the message out of the parts.
func (s *scratch) collect(remaining int) [][]byte {
	n := len(s.parts)
	large := false
	for _, p := range s.parts {
		large = large || len(p) > slabOctets/2
	}
	var frames [][]byte
	switch {
	case large || n > slabFrames:
		frames = slices.Clone(s.parts)
	case cap(s.heads)-len(s.heads) < n:
		each := len(s.parts[0]) + 2
		s.heads = make([][]byte, 0, min(slabFrames, max(n, n*(remaining/each))))
		fallthrough
	default:
		at := len(s.heads)
		s.heads = append(s.heads, s.parts...)
		frames = s.heads[at:len(s.heads):len(s.heads)]
	}
	clear(s.parts)
	s.parts = s.parts[:0]
	return frames
}
