//go:build unix

package doctor

import (
	"syscall"
)

// What connecting, sending and binding fail with.
var (
	refusals = []syscall.Errno{syscall.ECONNREFUSED, syscall.ECONNRESET}
	denials  = []syscall.Errno{syscall.EPERM, syscall.EACCES}
	inUse    = []syscall.Errno{syscall.EADDRINUSE}
)

// limit is how many descriptors a process may have; Go has raised it to what it may be
// raised to. 0: not known.
func limit() uint64 {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return uint64(l.Cur)
}
