package zmtp

import (
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// sleepers are the connections of a set on which nothing happens. One goroutine waits for all of them, by an epoll of their own: a
// goroutine for each would take more memory than all else that a connection has.
type sleepers struct {
	mu   sync.Mutex
	beds []*conn // by number less one; the system tells the number
	free []int32 // numbers that nobody has
	woke int     // times that one was woken because there was something to read

	epoll  int
	file   *os.File // of epoll, so that Go's own poller waits for it; nil: there is none yet
	awaken chan struct{}
	broken bool // the system has none for us: everybody waits alone
}

// whatWakes: once, until it is armed again.
const whatWakes = unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLONESHOT

// enter gives a connection a number, if it has none; false: it has to wait alone.
func (s *sleepers) enter(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.open() {
		return false
	}
	if n := len(s.free); n > 0 {
		c.bed = s.free[n-1]
		s.free = s.free[:n-1]
		s.beds[c.bed-1] = c
		return true
	}
	s.beds = append(s.beds, c)
	c.bed = int32(len(s.beds))
	return true
}

// leave is called when a connection has ended.
func (s *sleepers) leave(c *conn) {
	if c.bed == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.beds[c.bed-1] = nil
	s.free = append(s.free, c.bed)
}

// begin begins to wait before there is anybody, so that it takes what it takes before the first connection.
func (s *sleepers) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open()
}

// open begins to wait, unless it has begun; false: that is not possible. mu is held.
func (s *sleepers) open() bool {
	if s.broken || s.file != nil {
		return !s.broken
	}
	s.broken = true
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return false
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return false
	}
	file := os.NewFile(uintptr(fd), "epoll")
	raw, err := file.SyscallConn()
	if err != nil {
		file.Close()
		return false
	}
	s.epoll, s.file, s.awaken, s.broken = fd, file, make(chan struct{}), false
	go s.run(raw)
	return true
}

// close is called when all connections have ended.
func (s *sleepers) close() {
	s.mu.Lock()
	file := s.file
	s.mu.Unlock()
	if file != nil {
		file.Close()
		<-s.awaken
	}
}

// run is the goroutine that waits.
func (s *sleepers) run(raw syscall.RawConn) {
	defer close(s.awaken)
	var events [64]unix.EpollEvent
	var woken [len(events)]*conn
	n := 0
	ready := func(fd uintptr) bool {
		var err error
		for n, err = unix.EpollWait(int(fd), events[:], 0); err == unix.EINTR; {
			n, err = unix.EpollWait(int(fd), events[:], 0)
		}
		return n != 0 // an error too
	}
	for raw.Read(ready) == nil && n > 0 {
		s.mu.Lock()
		for i, e := range events[:n] {
			woken[i] = s.beds[e.Fd-1]
		}
		s.woke += n
		s.mu.Unlock()
		for i, e := range events[:n] {
			if c := woken[i]; c != nil { // else it has ended meanwhile
				c.wake(e.Events == unix.EPOLLIN)
				woken[i] = nil
			}
		}
	}
	s.mu.Lock()
	s.broken = true
	left := slices.Clone(s.beds)
	s.mu.Unlock()
	for _, c := range left { // there are some only if the system has failed us
		if c != nil {
			c.wake(false)
		}
	}
}

// arming asks to be told once when there is something to read on a connection.
type arming struct {
	epoll, op int
	event     unix.EpollEvent
	err       error
	do        func(fd uintptr)
}

var armings = sync.Pool{New: func() any {
	a := &arming{}
	a.do = func(fd uintptr) { a.err = unix.EpollCtl(a.epoll, a.op, int(fd), &a.event) }
	return a
}}

// arm has a connection woken as soon as there is something to read; false: it has to wait alone. It may be woken before arm returns.
func (s *sleepers) arm(raw syscall.RawConn, bed int32, first bool) bool {
	a := armings.Get().(*arming)
	defer armings.Put(a)
	a.epoll, a.op, a.event = s.epoll, unix.EPOLL_CTL_MOD, unix.EpollEvent{Events: whatWakes, Fd: bed}
	if first {
		a.op = unix.EPOLL_CTL_ADD
	}
	return raw.Control(a.do) == nil && a.err == nil
}
