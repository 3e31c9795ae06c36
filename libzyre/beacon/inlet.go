package beacon

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"
)

// rest is how long an inlet waits after a failure that is not the first.
const rest = time.Second

// inlet reads a receiver on behalf of all beacons of this process that listen there.
// With a socket for each, the system would copy every datagram to all of them and wake
// each: where 100 share a process, that is more than half of what they cost.
type inlet struct {
	r      receiver
	ending chan struct{} // closed when reading shall end
	done   chan struct{} // closed when it has

	mu       sync.Mutex // held while something is handed out
	loops    []*loop
	err      error // hard: nothing is read any more
	repeats  repeats
	deadline time.Time // of the receiver; zero: none
}

// newInlet begins to read. Who calls it has to call end.
func newInlet(r receiver) *inlet {
	i := &inlet{r: r, ending: make(chan struct{}), done: make(chan struct{}), repeats: newRepeats()}
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
	clear(i.repeats.known) // all is news to it
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
		case errors.Is(err, os.ErrDeadlineExceeded):
			i.late(time.Now())
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

// arrived hands out what is news, and before it what was held.
func (i *inlet) arrived(a arrival, data []byte) {
	a.at = time.Now()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.repeats.hold(a, data, i.repeats.wait(a, data)) {
		if i.deadline.IsZero() || i.repeats.due.Before(i.deadline) {
			i.wake(i.repeats.due)
		}
		return
	}
	i.release()
	for _, l := range i.loops {
		l.arrived(a, data)
	}
}

// late hands out what was held when its time has come.
func (i *inlet) late(now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.repeats.n > 0 && now.Before(i.repeats.due) { // others were due, and went with news
		i.wake(i.repeats.due)
		return
	}
	i.release()
	i.wake(time.Time{})
}

func (i *inlet) release() {
	for _, l := range i.loops {
		for _, h := range i.repeats.held[:i.repeats.n] {
			l.arrived(h.arrival, h.data)
		}
	}
	i.repeats.n = 0
}

// wake makes receive return at a time.
func (i *inlet) wake(at time.Time) {
	i.deadline = at
	i.r.wake(at)
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
