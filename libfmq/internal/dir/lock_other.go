//go:build !darwin && !dragonfly && !freebsd && !linux && !netbsd && !openbsd && !windows

package dir

import "os"

// lockFile fails: without a lock the cache stays in memory.
func lockFile(string) (*os.File, error) { return nil, errLocked }
