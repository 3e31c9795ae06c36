package udplib

import (
	"errors"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

// share lets several programs open one UDP port; each then gets every broadcast.
func share(_, _ string, socket syscall.RawConn) error {
	var failed error
	err := socket.Control(func(fd uintptr) {
		failed = windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, windows.SO_REUSEADDR, 1)
	})
	return errors.Join(err, failed)
}

// passes says whether an error may be gone the next time: the network is off, its queue is full. Here the
// length of a datagram that does not fit is an error too, and one that says nothing about the next.
func passes(err error) bool {
	var number syscall.Errno
	return errors.As(err, &number) && slices.Contains([]syscall.Errno{
		windows.WSAENETDOWN, windows.WSAENETUNREACH, windows.WSAEHOSTDOWN, windows.WSAEHOSTUNREACH, windows.WSAEADDRNOTAVAIL,
		windows.WSAENOBUFS, windows.WSAEWOULDBLOCK, windows.WSAEINTR, windows.WSAEMSGSIZE,
	}, number)
}
