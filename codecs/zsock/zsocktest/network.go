package zsocktest

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// Network is a network in memory, for transports whose Listen and Dial can be given: no descriptors, no kernel, and in a
// bubble of testing/synctest not even time. The zero value is ready for use.
type Network struct {
	mu        sync.Mutex
	listeners map[netip.AddrPort]*memoryListener
	port      uint16
}

// Host is a machine in a Network.
type Host struct {
	network *Network
	addr    netip.Addr

	mu    sync.Mutex
	conns []net.Conn // to and from other hosts
}

// Host makes a machine with that address.
func (n *Network) Host(addr string) *Host { return &Host{network: n, addr: netip.MustParseAddr(addr)} }

// Listen listens at a port of the machine; 0 is any that is free. The address in it does not matter.
func (h *Host) Listen(_ context.Context, _, address string) (net.Listener, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	n := h.network
	n.mu.Lock()
	defer n.mu.Unlock()
	port := at.Port()
	for port == 0 || at.Port() == 0 && n.listeners[netip.AddrPortFrom(h.addr, port)] != nil {
		n.port++
		port = 49152 + n.port%16384
	}
	key := netip.AddrPortFrom(h.addr, port)
	if n.listeners[key] != nil {
		return nil, fmt.Errorf("listen %s: %w", key, syscall.EADDRINUSE)
	}
	if n.listeners == nil {
		n.listeners = map[netip.AddrPort]*memoryListener{}
	}
	l := &memoryListener{host: h, key: key, bound: netip.AddrPortFrom(at.Addr(), port), conns: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[key] = l
	return l, nil
}

// Dial connects to a listener of the network.
func (h *Host) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	h.network.mu.Lock()
	l := h.network.listeners[to]
	h.network.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("dial %s: %w", to, syscall.ECONNREFUSED)
	}
	ours, theirs := net.Pipe()
	near := &memoryConn{Conn: ours, local: netip.AddrPortFrom(h.addr, 1), remote: to}
	far := &memoryConn{Conn: theirs, local: to, remote: netip.AddrPortFrom(h.addr, 1)}
	select {
	case l.conns <- far:
	case <-l.closed:
		return nil, fmt.Errorf("dial %s: %w", to, syscall.ECONNREFUSED)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.remember(near)
	l.host.remember(far)
	return near, nil
}

func (h *Host) remember(c net.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns = append(h.conns, c)
}

// Break ends every connection that the machine has, as a fault of the network would. Its listeners stay.
func (h *Host) Break() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.conns {
		c.Close()
	}
	h.conns = nil
}

// memoryConn is a pipe with addresses.
type memoryConn struct {
	net.Conn
	local, remote netip.AddrPort
}

func (c *memoryConn) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(c.local) }
func (c *memoryConn) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(c.remote) }

type memoryListener struct {
	host   *Host
	key    netip.AddrPort
	bound  netip.AddrPort
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *memoryListener) Close() error {
	l.once.Do(func() {
		close(l.closed)
		l.host.network.mu.Lock()
		defer l.host.network.mu.Unlock()
		delete(l.host.network.listeners, l.key)
	})
	return nil
}

func (l *memoryListener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.bound) }
