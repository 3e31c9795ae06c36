//go:build unix

package beacon

import (
	"errors"
	"os"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// share lets others open the same port: before bind, or later for those who come then.
func share(_, _ string, raw syscall.RawConn) error {
	var err error
	if e := raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		if err == nil {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
			if errors.Is(err, unix.ENOPROTOOPT) || errors.Is(err, unix.EOPNOTSUPP) {
				err = nil // an old system: the other one does
			}
		}
	}); e != nil {
		return e
	}
	return err
}

// passing are the failures of one interface, or of the moment. EACCES, EPERM, EINVAL
// come of firewalls and of routes that prohibit or swallow; EMFILE and its like pass
// when the program closes something.
var passing = []syscall.Errno{
	unix.ENETDOWN, unix.ENETUNREACH, unix.ENETRESET, unix.EHOSTDOWN, unix.EHOSTUNREACH,
	unix.EADDRNOTAVAIL, unix.ENODEV, unix.ENXIO, unix.ENOBUFS, unix.ENOMEM, unix.EAGAIN, unix.EINTR,
	unix.EPERM, unix.EACCES, unix.EINVAL, unix.ECONNREFUSED, unix.EMFILE, unix.ENFILE, unix.EADDRINUSE, unix.EMSGSIZE,
}

// soft tells whether an error can get better by itself.
func soft(err error) bool {
	var errno syscall.Errno
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &errno) && slices.Contains(passing, errno)
}

func inUse(err error) bool { return errors.Is(err, unix.EADDRINUSE) }

func tooLong(error) bool { return false } // the datagram is cut, and fills the buffer
