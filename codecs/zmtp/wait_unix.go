//go:build unix

package zmtp

import "syscall"

// canWait says that one can wait for a connection to become readable without holding a buffer.
const canWait = true

// readInto reads once, without waiting.
func readInto(fd uintptr, b []byte) (n int, err error) {
	for {
		n, err = syscall.Read(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}

// writeFrom writes once, without waiting.
func writeFrom(fd uintptr, b []byte) (n int, err error) {
	for {
		n, err = syscall.Write(int(fd), b)
		if err != syscall.EINTR {
			return max(n, 0), err
		}
	}
}

func wouldWait(err error) bool { return err == syscall.EAGAIN }
