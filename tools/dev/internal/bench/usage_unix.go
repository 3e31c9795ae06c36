//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
)

const exe = ""

// maxMemory is the most that a process had in memory, in octets.
func maxMemory(state *os.ProcessState) float64 {
	u, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return float64(u.Maxrss)
	}
	return float64(u.Maxrss) * 1024
}
