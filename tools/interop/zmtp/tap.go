package zmtp

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
)

// Side is one end of a connection.
type Side int

const (
	Dialer   Side = iota // the end that connected
	Listener             // the end that it connected to
)

// String is "dialer" or "listener".
func (s Side) String() string { return [...]string{"dialer", "listener"}[s] }

// Said is one thing that one side said.
type Said struct {
	Side
	Unit
}

// Tap passes the octets of one connection on, and keeps them. It takes no second connection.
type Tap struct {
	listener net.Listener
	target   string
	done     sync.WaitGroup

	mu     sync.Mutex
	partly [2][]byte // what is not whole yet
	said   []Said
	err    error
	news   chan struct{} // closed and made anew when something was said
	conns  []net.Conn
	closed bool
}

// NewTap makes a tap in front of an address. It is closed by Close.
func NewTap(target string) (*Tap, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &Tap{listener: l, target: target, news: make(chan struct{})}
	t.done.Go(t.pass)
	return t, nil
}

// Addr is where to connect to instead of the target.
func (t *Tap) Addr() string { return t.listener.Addr().String() }

// pass takes the one connection and passes it on until it ends.
func (t *Tap) pass() {
	near, err := t.listener.Accept()
	if err != nil || !t.hold(near) {
		return
	}
	defer near.Close()
	t.listener.Close()
	far, err := net.Dial("tcp4", t.target)
	if err != nil || !t.hold(far) {
		return
	}
	defer far.Close()
	var both sync.WaitGroup
	both.Go(func() { t.copy(far, near, Dialer) })
	both.Go(func() { t.copy(near, far, Listener) })
	both.Wait()
}

// hold keeps a connection for Close, which closes it.
func (t *Tap) hold(c net.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		c.Close()
		return false
	}
	t.conns = append(t.conns, c)
	return true
}

// copy keeps what was said before it passes it on, so that an answer never stands before its question.
func (t *Tap) copy(to, from net.Conn, side Side) {
	defer to.Close()
	defer from.Close()
	greeted := false
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		t.mu.Lock()
		t.partly[side] = append(t.partly[side], buf[:n]...)
		for t.err == nil {
			var u Unit
			var whole bool
			u, t.partly[side], whole, t.err = next(t.partly[side], greeted)
			if !whole {
				break
			}
			greeted = true
			t.said = append(t.said, Said{side, u})
		}
		close(t.news)
		t.news = make(chan struct{})
		t.mu.Unlock()
		if _, failed := to.Write(buf[:n]); failed != nil || err != nil {
			return
		}
	}
}

// Said is what both sides have said so far, as far as it is whole.
func (t *Tap) Said() ([]Said, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.said), t.err
}

// Await waits until what was said is enough.
func (t *Tap) Await(ctx context.Context, enough func([]Said) bool) error {
	for {
		t.mu.Lock()
		news := t.news
		t.mu.Unlock()
		said, err := t.Said()
		if err != nil || enough(said) {
			return err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return fmt.Errorf("the tap waits for more than these %d greetings and frames: %w", len(said), context.Cause(ctx))
		}
	}
}

// Times is how often a side has said a command of that name.
func Times(said []Said, side Side, command string) int {
	n := 0
	for _, s := range said {
		if s.Side == side && s.Command() == command {
			n++
		}
	}
	return n
}

// Close ends the connection.
func (t *Tap) Close() {
	t.mu.Lock()
	t.closed = true
	for _, c := range t.conns {
		c.Close()
	}
	t.mu.Unlock()
	t.listener.Close()
	t.done.Wait()
}
