package zmtp

import (
	"fmt"
	"net"
	"sync"
	"syscall"
)

// inprocListener accepts connections from links of the same set. They are pipes: what one end writes the other reads.
type inprocListener struct {
	set    *sockets
	name   string
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (s *sockets) listenInproc(name string) (net.Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inproc[name] != nil {
		return nil, fmt.Errorf("inproc://%s: %w", name, syscall.EADDRINUSE)
	}
	l := &inprocListener{set: s, name: name, conns: make(chan net.Conn), closed: make(chan struct{})}
	s.inproc[name] = l
	return l, nil
}

func (s *sockets) dialInproc(name string) (net.Conn, error) {
	s.mu.Lock()
	l := s.inproc[name]
	s.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("inproc://%s: %w", name, syscall.ECONNREFUSED)
	}
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, fmt.Errorf("inproc://%s: %w", name, syscall.ECONNREFUSED)
	}
}

func (l *inprocListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *inprocListener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.set.mu.Lock()
		delete(l.set.inproc, l.name)
		l.set.mu.Unlock()
	})
	return nil
}

func (l *inprocListener) Addr() net.Addr { return inprocAddr(l.name) }

type inprocAddr string

func (inprocAddr) Network() string  { return "inproc" }
func (a inprocAddr) String() string { return "inproc://" + string(a) }
