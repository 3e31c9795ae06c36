package netlab

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Ether is a switch made of this process: it can do what the kernel's bridge
// cannot everywhere, which is to let frames arrive later. Hosts get to it by Tap.
type Ether struct {
	lab   *Lab
	delay atomic.Int64

	mu    sync.Mutex
	ports []*port
	known map[[6]byte]*port // where an address was heard last
	links map[*Link]*port
}

// port is a host's connection to an Ether.
type port struct {
	tap  *os.File
	cut  atomic.Bool // nothing passes
	out  chan frame
	done chan struct{}
}

// frame is one on its way.
type frame struct {
	due  time.Time
	data []byte
}

const (
	maxFrame   = 1 << 16
	maxOnWay   = 8192 // frames on their way to one host; more are lost
	maxLearned = 4096 // addresses that an Ether remembers
)

// tapDevice is where interfaces are made whose other end is a file.
const tapDevice = "/dev/net/tun"

// NeedTap is Need for a laboratory with an Ether.
func NeedTap(tb testing.TB) {
	tb.Helper()
	Need(tb)
	f, err := os.OpenFile(tapDevice, os.O_RDWR, 0)
	if err != nil {
		Refuse(tb, "no tap can be made here: "+err.Error())
	}
	f.Close()
}

// Ether makes a network in this process. It skips the test, or fails it where
// CI=true, on a machine that cannot have one.
func (l *Lab) Ether(name string) *Ether {
	l.tb.Helper()
	NeedTap(l.tb)
	if l.hosts[name] {
		l.tb.Fatalf("netlab: there is a host or switch %q already", name)
	}
	l.hosts[name] = true
	return &Ether{lab: l, known: map[[6]byte]*port{}, links: map[*Link]*port{}}
}

// Delay is how much later each frame arrives from now on; 0 at first.
func (e *Ether) Delay(d time.Duration) { e.delay.Store(int64(d)) }

// Unplug pulls a host's cable out: nothing passes any more, and nobody is told.
func (e *Ether) Unplug(c *Link) { e.port(c).cut.Store(true) }

// Replug puts the cable back in.
func (e *Ether) Replug(c *Link) { e.port(c).cut.Store(false) }

func (e *Ether) port(c *Link) *port {
	e.lab.tb.Helper()
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.links[c]
	if p == nil {
		e.lab.tb.Fatalf("netlab: the cable of %s on %s does not end here", c.Name, c.host.name)
	}
	return p
}

// Tap connects the host to an Ether, as Plug does to a Switch. Of the link that
// it returns Unplug, Replug and Move are not for use: those of the Ether are.
func (h *Host) Tap(e *Ether, name, address string) *Link {
	h.lab.tb.Helper()
	tap, err := openTap(h.ns, name)
	if err != nil {
		h.lab.tb.Fatalf("netlab: %s on %s: %v", name, h.name, err)
	}
	p := &port{tap: tap, out: make(chan frame, maxOnWay), done: make(chan struct{})}
	e.mu.Lock()
	e.ports = append(e.ports, p)
	e.mu.Unlock()
	var working sync.WaitGroup
	working.Go(func() { e.read(p) })
	working.Go(p.write)
	h.lab.tb.Cleanup(func() {
		tap.Close()
		close(p.done)
		working.Wait()
	})
	c := h.link(name, address, end{})
	e.mu.Lock()
	defer e.mu.Unlock()
	e.links[c] = p
	return c
}

// openTap makes an interface in a namespace, whose other end is the file.
func openTap(ns, name string) (tap *os.File, err error) {
	err = within(ns, func() error {
		tap, err = tapHere(name)
		return err
	})
	return tap, err
}

// within does something with this thread in a namespace, and brings the thread
// back: it may be the one by which the system, and the clean-up process, know where
// this process is.
func within(ns string, do func() error) error {
	there, err := os.Open(filepath.Join("/run/netns", ns))
	if err != nil {
		return err
	}
	defer there.Close()
	runtime.LockOSThread()
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		runtime.UnlockOSThread()
		return err
	}
	defer here.Close()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return fmt.Errorf("setns: %w", err)
	}
	err = do()
	if back := unix.Setns(int(here.Fd()), unix.CLONE_NEWNET); back != nil {
		return fmt.Errorf("setns, on the way back: %w", back) // the thread stays locked: nobody else gets it
	}
	runtime.UnlockOSThread()
	return err
}

// tapHere makes an interface in the namespace of this thread.
func tapHere(name string) (*os.File, error) {
	fd, err := unix.Open(tapDevice, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tapDevice, err)
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(fd, unix.TUNSETIFF, request)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("%s: %w", tapDevice, err)
	}
	return os.NewFile(uintptr(fd), tapDevice), nil
}

// read takes what a host sends until its tap is closed.
func (e *Ether) read(from *port) {
	buf := make([]byte, maxFrame)
	for {
		n, err := from.tap.Read(buf)
		if err != nil {
			return
		}
		if n < 14 || from.cut.Load() { // no Ethernet, or no cable
			continue
		}
		f := frame{time.Now().Add(time.Duration(e.delay.Load())), append([]byte(nil), buf[:n]...)}
		for _, to := range e.route(from, f.data) {
			select {
			case to.out <- f:
			default: // its queue is full: lost
			}
		}
	}
}

// route tells who gets a frame, and learns where its sender is.
func (e *Ether) route(from *port, data []byte) []*port {
	target, source := [6]byte(data[:6]), [6]byte(data[6:12])
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.known) < maxLearned {
		e.known[source] = from
	}
	group := binary.BigEndian.Uint16(data)&0x0100 != 0
	if to := e.known[target]; to != nil && !group {
		return []*port{to}
	}
	others := make([]*port, 0, len(e.ports))
	for _, p := range e.ports {
		if p != from {
			others = append(others, p)
		}
	}
	return others
}

// write gives the host what has come for it, when it is due.
func (p *port) write() {
	for {
		var f frame
		select {
		case f = <-p.out:
		case <-p.done:
			return
		}
		if wait := time.Until(f.due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-p.done:
				return
			}
		}
		if p.cut.Load() {
			continue
		}
		p.tap.Write(f.data) // an interface that is down takes nothing: lost
	}
}
