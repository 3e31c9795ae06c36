//go:build unix

package zretester

import (
	"math"
	"syscall"
)

// limit is how many descriptors a process may have; Go has raised it to what it may be raised to.
func limit() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil || uint64(l.Cur) > math.MaxInt32 {
		return math.MaxInt32
	}
	return int(l.Cur)
}
