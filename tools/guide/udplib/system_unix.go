//go:build unix

package udplib

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// share lets several programs open one UDP port; each then gets every broadcast.
// SO_REUSEPORT is what BSD and macOS want; SO_REUSEADDR is enough for Linux.
func share(_, _ string, socket syscall.RawConn) error {
	var failed error
	err := socket.Control(func(fd uintptr) {
		failed = errors.Join(
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1),
			unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1),
		)
	})
	return errors.Join(err, failed)
}

// passes says whether an error may be gone the next time: the network is off, its queue is full.
func passes(err error) bool {
	var number syscall.Errno
	return errors.As(err, &number) && slices.Contains([]syscall.Errno{
		unix.ENETDOWN, unix.ENETUNREACH, unix.EHOSTDOWN, unix.EHOSTUNREACH, unix.EADDRNOTAVAIL,
		unix.ENOBUFS, unix.EAGAIN, unix.EINTR,
	}, number)
}
