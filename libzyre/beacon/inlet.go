package beacon

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// rest is how long an inlet waits after a failure that is not the first.
const rest = time.Second

// inlet reads a receiver on behalf of all beacons of this process that listen there.
// With a socket for each, the system would copy every datagram to all of them and wake
// each: where many nodes share a process, that is nearly all that beacons cost.
type inlet struct {
	r      receiver
	ending chan struct{} // closed when reading shall end
	done   chan struct{} // closed when it has

	mu    sync.Mutex // held while something is handed out
	loops []*loop
	err   error // hard: nothing is read any more
}

// newInlet begins to read. Who calls it has to call end.
func newInlet(r receiver) *inlet {
	i := &inlet{r: r, ending: make(chan struct{}), done: make(chan struct{})}
	go i.read()
	return i
}

func (i *inlet) end() {
	close(i.ending)
	i.r.close()
	<-i.done
}

// join hands everything from now on to a loop too.
func (i *inlet) join(l *loop) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.err != nil {
		l.hard <- i.err
		return
	}
	i.loops = append(i.loops, l)
}

// leave hands nothing to a loop any more once it has returned.
func (i *inlet) leave(l *loop) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.loops = slices.DeleteFunc(i.loops, func(x *loop) bool { return x == l })
}

// read is the goroutine of the inlet.
func (i *inlet) read() {
	defer close(i.done)
	buf := make([]byte, MaxPayload+1) // one more, to know what is too long
	for failing := false; ; {
		a, err := i.r.receive(buf)
		switch {
		case err == nil:
			failing = false
			i.arrived(a, buf[:a.size])
		case errors.Is(err, net.ErrClosed):
			return
		case !soft(err):
			i.broken(fmt.Errorf("beacon: receive: %w", err))
			return
		default:
			i.failed(err, !failing)
			if !failing {
				failing = true
				continue // most are told once, and reading again waits
			}
			select {
			case <-i.ending:
				return
			case <-time.After(rest):
			}
		}
	}
}

func (i *inlet) arrived(a arrival, data []byte) {
	a.at = time.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, l := range i.loops {
		l.arrived(a, data)
	}
}

func (i *inlet) failed(err error, first bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, l := range i.loops {
		l.deaf(err, first)
	}
}

func (i *inlet) broken(err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.err = err
	for _, l := range i.loops {
		l.hard <- err // which has room for one of each inlet
	}
}
