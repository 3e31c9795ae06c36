package beacon

import (
	"errors"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/windows"
)

// share lets others open the same port: before bind, or later for those who come then.
func share(_, _ string, raw syscall.RawConn) error {
	var err error
	if e := raw.Control(func(fd uintptr) {
		err = windows.SetsockoptInt(windows.Handle(fd), windows.SOL_SOCKET, windows.SO_REUSEADDR, 1)
	}); e != nil {
		return e
	}
	return err
}

// passing are the failures of one interface, or of the moment. WSAEACCES comes of
// firewalls; WSAECONNRESET tells that somebody refused an earlier datagram.
var passing = []syscall.Errno{
	windows.WSAENETDOWN, windows.WSAENETUNREACH, windows.WSAENETRESET, windows.WSAEHOSTDOWN, windows.WSAEHOSTUNREACH,
	windows.WSAEADDRNOTAVAIL, windows.WSAENOBUFS, windows.WSAEWOULDBLOCK, windows.WSAEINTR, windows.WSAEACCES,
	windows.WSAEINVAL, windows.WSAECONNRESET, windows.WSAECONNREFUSED, windows.WSAEMFILE, windows.WSAEADDRINUSE,
}

// soft tells whether an error can get better by itself.
func soft(err error) bool {
	var errno syscall.Errno
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &errno) && slices.Contains(passing, errno)
}

func inUse(err error) bool {
	return errors.Is(err, windows.WSAEADDRINUSE) || errors.Is(err, windows.WSAEACCES)
}

func tooLong(err error) bool { return errors.Is(err, windows.WSAEMSGSIZE) }
