package zmtp

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
)

// errCrowded: the handshake was given up in favour of newer ones.
var errCrowded = errors.New("zmtp: too many connections are in their handshake; this was the oldest")

// door bounds the connections of a listener that nobody knows yet. When there are too many the oldest has to go: an honest
// handshake takes a few milliseconds, so whoever has been there longest is the least likely to be honest.
type door struct {
	most, mostPerAddr int

	mu       sync.Mutex
	visitors []*visitor // the oldest first
	perAddr  map[netip.Addr]int
	closed   bool
}

// visitor is a connection in its handshake.
type visitor struct {
	conn net.Conn
	addr netip.Addr
}

// enter notes a new connection, or closes it when the door is closed and returns nil.
func (d *door) enter(nc net.Conn) *visitor {
	v := &visitor{nc, addrOf(nc)}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		nc.Close()
		return nil
	}
	if d.perAddr == nil {
		d.perAddr = map[netip.Addr]int{}
	}
	if d.perAddr[v.addr] >= d.mostPerAddr {
		d.remove(slices.IndexFunc(d.visitors, func(w *visitor) bool { return w.addr == v.addr }))
	} else if len(d.visitors) >= d.most {
		d.remove(0)
	}
	d.visitors = append(d.visitors, v)
	d.perAddr[v.addr]++
	return v
}

// remove sends a visitor away.
func (d *door) remove(i int) {
	d.visitors[i].conn.Close()
	d.forget(i)
}

func (d *door) forget(i int) {
	v := d.visitors[i]
	d.visitors = slices.Delete(d.visitors, i, i+1)
	if d.perAddr[v.addr]--; d.perAddr[v.addr] == 0 {
		delete(d.perAddr, v.addr)
	}
}

// leave says that the handshake is over; false: the visitor had been sent away.
func (d *door) leave(v *visitor) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.visitors, v)
	if i < 0 {
		return false
	}
	d.forget(i)
	return true
}

func (d *door) size() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.visitors)
}

// close sends everybody away.
func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for len(d.visitors) > 0 {
		d.remove(0)
	}
}
