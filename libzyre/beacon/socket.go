package beacon

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// backlog is how many octets may wait in a socket. The system counts more than the
// payload, on Linux 768 octets for a short one.
const backlog = 1 << 20

// listen opens a port to be shared.
func listen(network string, port uint16) (*net.UDPConn, error) {
	var lc net.ListenConfig
	if port != 0 {
		lc.Control = share
	}
	c, err := lc.ListenPacket(context.Background(), network, fmt.Sprint(":", port))
	if inUse(err) {
		return nil, fmt.Errorf("beacon: %w: %d is held by a program that does not share it (no SO_REUSEADDR); stop that program (%s) or use another port: %w",
			ErrPortInUse, port, fmt.Sprintf(whoHolds(), port), err)
	}
	if err != nil {
		return nil, fmt.Errorf("beacon: listen on UDP port %d: %w", port, err)
	}
	conn := c.(*net.UDPConn)
	if port == 0 {
		// Only after the choice: a socket that shares could be given a shared port.
		raw, err := conn.SyscallConn()
		if err == nil {
			err = share(network, "", raw)
		}
		if err != nil {
			conn.Close()
			return nil, fmt.Errorf("beacon: share the UDP port: %w", err)
		}
	}
	return conn, nil
}

// whoHolds is the command that finds the holder of a UDP port.
func whoHolds() string {
	switch runtime.GOOS {
	case "linux":
		return "ss -ulpn 'sport = :%d' shows it"
	case "windows":
		return "netstat -ano -p udp shows it beside port %d"
	case "freebsd":
		return "sockstat -4l -P udp -p %d shows it"
	}
	return "lsof -nP -iUDP:%d shows it"
}

// socket receives on a shared port. Per datagram it allocates
// nothing but what x/net needs for the control message, 24 octets.
type socket struct {
	conn    *net.UDPConn
	control [128]byte
	index   func(control []byte) int
}

func newSocket(conn *net.UDPConn, network string) *socket {
	_ = conn.SetReadBuffer(backlog) // as much as the system grants
	if network == "udp6" {
		_ = ipv6.NewPacketConn(conn).SetControlMessage(ipv6.FlagInterface, true) // where not: the zone tells
		return &socket{conn: conn, index: index6()}
	}
	_ = ipv4.NewPacketConn(conn).SetControlMessage(ipv4.FlagInterface, true) // where not: derived from the source
	return &socket{conn: conn, index: index4()}
}

func (s *socket) wake(at time.Time) { _ = s.conn.SetReadDeadline(at) } // fails only when closed

func (s *socket) close() { s.conn.Close() }

func (s *socket) receive(buf []byte) (arrival, error) {
	n, cn, _, from, err := s.conn.ReadMsgUDPAddrPort(buf, s.control[:])
	if tooLong(err) {
		n, err = len(buf), nil
	}
	if err != nil {
		return arrival{}, err
	}
	from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
	return arrival{size: n, from: from, index: s.index(s.control[:cn])}, nil
}

// index4 and index6 make readers of the interface index, which reuse what they read into.
func index4() func([]byte) int {
	var m ipv4.ControlMessage
	return func(control []byte) int {
		m.IfIndex = 0
		if len(control) == 0 || m.Parse(control) != nil {
			return 0
		}
		return m.IfIndex
	}
}

func index6() func([]byte) int {
	var m ipv6.ControlMessage
	return func(control []byte) int {
		m.IfIndex = 0
		if len(control) == 0 || m.Parse(control) != nil {
			return 0
		}
		return m.IfIndex
	}
}
