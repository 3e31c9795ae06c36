//go:build linux

package attack

import "syscall"

// smallBuffer makes a socket, and those that it accepts, hold little that was not read.
func smallBuffer(_, _ string, raw syscall.RawConn) error {
	return raw.Control(func(fd uintptr) { syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
}
