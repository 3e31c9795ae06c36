//go:build linux || darwin || freebsd

package fmq

import "syscall"

// freeOf tells how much of the file system with dir is free for us, and how large it is.
func freeOf(dir string) (free, total int64, err error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil
}
