package libzmq

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/pebbe/zmq4"
)

// wakeup wakes the receiving goroutine out of zmq_poll. Wake-ups that come before it has run again count as one.
type wakeup struct {
	pending atomic.Bool
	in      native // the receiving goroutine's end
	inSock  *zmq4.Socket

	mu      sync.Mutex
	out     native // everybody else's end, under mu
	outSock *zmq4.Socket
	closed  bool
}

func newWakeup(ctx *zmq4.Context) (*wakeup, error) {
	w := &wakeup{}
	const endpoint = "inproc://wakeup" // the context is the set's own
	var err error
	if w.inSock, err = ctx.NewSocket(zmq4.PAIR); err != nil {
		return nil, limit(fmt.Errorf("libzmq: wake-up socket: %w", fault(err)))
	}
	if w.outSock, err = ctx.NewSocket(zmq4.PAIR); err != nil {
		return nil, errors.Join(limit(fmt.Errorf("libzmq: wake-up socket: %w", fault(err))), w.inSock.Close())
	}
	err = errors.Join(w.inSock.SetLinger(0), w.outSock.SetLinger(0), w.inSock.Bind(endpoint), w.outSock.Connect(endpoint))
	if err == nil {
		w.in, err = nativeOf(w.inSock)
	}
	if err == nil {
		w.in.receives()
		w.out, err = nativeOf(w.outSock)
	}
	if err != nil {
		w.close()
		return nil, fmt.Errorf("libzmq: wake-up sockets: %w", fault(err))
	}
	return w, nil
}

// wake wakes. It never blocks, and does nothing once closed.
func (w *wakeup) wake() {
	if w.pending.Swap(true) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		w.out.sendFrame(nil, false)
	}
}

// drain is called by the receiving goroutine before it looks at what it was woken for.
func (w *wakeup) drain(s *scratch) {
	for {
		if _, _, err := w.in.recv(s, len(s.frames)); err != 0 {
			break
		}
	}
	w.pending.Store(false)
}

// close is called once the receiving goroutine has ended.
func (w *wakeup) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	w.outSock.Close()
	w.inSock.Close()
	w.in.free()
}
