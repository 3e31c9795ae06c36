//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package inbox

import (
	"os"
	"runtime"
	"syscall"
)

// lockFile locks the file until it is closed, or fails if somebody else holds it.
func lockFile(f *os.File) error {
	defer runtime.KeepAlive(f)
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != syscall.EINTR {
			return err
		}
	}
}
