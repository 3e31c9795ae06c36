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
		s.outstanding, s.ago, s.acked = i.Unacked > 0, time.Duration(i.Last_ack_recv)*time.Millisecond, i.Bytes_acked
		switch i.State {
		case unix.BPF_TCP_CLOSE, unix.BPF_TCP_CLOSE_WAIT, unix.BPF_TCP_LAST_ACK, unix.BPF_TCP_CLOSING:
			s.gone = true
		}
		// One question may be open: two within half a second get one answer (net.ipv4.tcp_invalid_ratelimit).
		s.full = i.Unacked == 0 && i.Notsent_bytes > 0 && i.Probes <= 1
	})
	return s, ok
}
