package zmtp

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// tellsTCP says that the system tells about its connections.
const tellsTCP = true

// askTCP asks about a connection; raw may be nil.
func askTCP(raw syscall.RawConn) (s tcpState, ok bool) {
	if raw == nil {
		return s, false
	}
	raw.Control(func(fd uintptr) {
		i, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if ok = err == nil; !ok {
			return
		}
		// What waits although the other end has room for it could not be sent at all: there is no route any more.
		s.outstanding = i.Unacked > 0 || i.Notsent_bytes > 0 && i.Snd_wnd > 0
		s.ago, s.acked = time.Duration(i.Last_ack_recv)*time.Millisecond, i.Bytes_acked
		switch i.State {
		case unix.BPF_TCP_CLOSE, unix.BPF_TCP_CLOSE_WAIT, unix.BPF_TCP_LAST_ACK, unix.BPF_TCP_CLOSING:
			s.gone = true
		}
		// One question may be open: two within half a second get one answer (net.ipv4.tcp_invalid_ratelimit).
		s.full = i.Unacked == 0 && i.Notsent_bytes > 0 && i.Probes <= 1
	})
	return s, ok
}

// nudge has the system ask the other end's whether it is there (TCP's keep-alive), as soon as the connection has been silent for a second.
// What it returns restores whether and how often it does that by itself.
func nudge(raw syscall.RawConn) (restore func()) {
	on, idle := 0, 0
	set := func(asks, after int) {
		raw.Control(func(fd uintptr) {
			unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, after)
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE, asks)
		})
	}
	if raw != nil {
		raw.Control(func(fd uintptr) {
			on, _ = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE)
			idle, _ = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_KEEPIDLE)
		})
	}
	if idle <= 0 {
		return func() {}
	}
	set(1, 1)
	return func() { set(on, idle) }
}
