//go:build linux

package attack

import (
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// smallBuffer makes a socket, and those that it accepts, hold little that was not read.
func smallBuffer(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
}

// onLoopback keeps a socket that is at every address on those of loopback.
func onLoopback(_, _ string, raw syscall.RawConn) error {
	var err error
	if bad := raw.Control(func(fd uintptr) { err = syscall.BindToDevice(int(fd), zyre.Loopback()) }); bad != nil {
		return bad
	}
	return err
}

// blackHole is a TCP port that does not answer at all: its queue of connections that nobody accepts is full.
type blackHole struct {
	fd    int
	port  uint16
	conns []net.Conn
}

func newBlackHole(t *testing.T, addr netip.Addr) *blackHole {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := &blackHole{fd: fd}
	if err := syscall.BindToDevice(fd, zyre.Loopback()); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: addr.As4()}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	h.port = uint16(name.(*syscall.SockaddrInet4).Port)
	for range 100 {
		d := net.Dialer{Timeout: 100 * time.Millisecond}
		conn, err := d.Dial("tcp4", netip.AddrPortFrom(host(0), h.port).String())
		if err != nil {
			return h // nothing answered any more
		}
		h.conns = append(h.conns, conn)
	}
	t.Fatal("the system accepts more than it was told to")
	return nil
}

func (h *blackHole) close() {
	for _, conn := range h.conns {
		conn.Close()
	}
	syscall.Close(h.fd)
}
