package web

import (
	"net"
	"net/netip"
	"sync"

	"golang.org/x/net/netutil"
)

// Bounds of connections.
const (
	maxConnections = 256
	maxOfHost      = 32
	maxOfLoopback  = 192 // a proxy on this machine has those of many
)

// fair is a listener that no host fills alone: what is too many of one is closed.
type fair struct {
	net.Listener
	mu sync.Mutex
	of map[netip.Addr]int
}

// bounded returns a listener that has no more connections at a time than there may be.
func bounded(l net.Listener) net.Listener {
	return netutil.LimitListener(&fair{Listener: l, of: map[netip.Addr]int{}}, maxConnections)
}

func (l *fair) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		at := hostOf(c.RemoteAddr())
		if l.enter(at) {
			return &guest{Conn: c, leave: sync.OnceFunc(func() { l.leave(at) })}, nil
		}
		_ = c.Close()
	}
}

func (l *fair) enter(at netip.Addr) bool {
	most := maxOfHost
	if at.IsLoopback() {
		most = maxOfLoopback
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[at] >= most {
		return false
	}
	l.of[at]++
	return true
}

func (l *fair) leave(at netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[at]--; l.of[at] == 0 {
		delete(l.of, at)
	}
}

// guest is a connection that is counted until it is closed.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}

// hostOf is the host that an address is of: with IPv6 one has a whole /64.
func hostOf(addr net.Addr) netip.Addr {
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.Addr{}
	}
	host := at.Addr().Unmap()
	if host.Is6() && !host.IsLoopback() {
		if p, err := host.WithZone("").Prefix(64); err == nil {
			host = p.Addr()
		}
	}
	return host
}
