//go:build unix

package zsock

import (
	"math"
	"syscall"
)

// Descriptors is how many descriptors the process may open, or 0 when that is unknown. It is the hard limit: package os
// raises the soft limit to it when a program starts.
//
// Draft: may change.
func Descriptors() uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 0
	}
	return uint64(min(l.Cur, math.MaxInt32))
}
