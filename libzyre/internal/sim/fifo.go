package sim

import "github.com/zeromq/gozyre/libzyre/harmony"

// message is something on its way over a connection: what its sender's process
// sent, or that it has closed, or news of the connection itself.
type message struct {
	frames [][]byte
	next   *message
	at     int64 // when it arrives
	octets int32
	what   harmony.EventType // Message; Arrived, Departed: the connection came, has ended
}

// fifo is a queue of messages.
type fifo struct {
	head, tail *message
	count      int32
	octets     int32
}

func (f *fifo) push(m *message) {
	if f.tail == nil {
		f.head = m
	} else {
		f.tail.next = m
	}
	f.tail = m
	f.count++
	f.octets += m.octets
}

func (f *fifo) pop() *message {
	m := f.head
	if f.head = m.next; f.head == nil {
		f.tail = nil
	}
	m.next = nil
	f.count--
	f.octets -= m.octets
	return m
}

// store keeps used messages, and hands out memory for frames in pieces of large
// blocks, for there are very many.
type store struct {
	spare  *message
	octets []byte
	frames [][]byte
}

func (s *store) message() *message {
	m := s.spare
	if m == nil {
		block := make([]message, 256)
		for i := range block {
			s.free(&block[i])
		}
		m = s.spare
	}
	s.spare, m.next = m.next, nil
	return m
}

func (s *store) free(m *message) {
	*m = message{next: s.spare}
	s.spare = m
}

// drop frees a whole queue.
func (s *store) drop(f *fifo) {
	for f.count > 0 {
		s.free(f.pop())
	}
}

const (
	block      = 32 << 10 // octets
	blockHeads = 1 << 10  // frames
)

// copy makes the receiver's own copy of frames.
func (s *store) copy(frames [][]byte) *message {
	m := s.message()
	total := 0
	for _, f := range frames {
		total += len(f)
	}
	m.octets = int32(total) + 16
	m.what = harmony.Message
	if total > block/8 || len(frames) > blockHeads/8 {
		for _, f := range frames {
			m.frames = append(m.frames, append([]byte(nil), f...))
		}
		return m
	}
	if cap(s.octets)-len(s.octets) < total {
		s.octets = make([]byte, 0, block)
	}
	if cap(s.frames)-len(s.frames) < len(frames) {
		s.frames = make([][]byte, 0, blockHeads)
	}
	begin := len(s.frames)
	for _, f := range frames {
		at := len(s.octets)
		s.octets = append(s.octets, f...)
		s.frames = append(s.frames, s.octets[at:len(s.octets):len(s.octets)])
	}
	m.frames = s.frames[begin:len(s.frames):len(s.frames)]
	return m
}
