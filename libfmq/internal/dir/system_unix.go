//go:build unix

package dir

import (
	"errors"
	"io/fs"
	"syscall"
)

// What files are opened with: a pipe that somebody puts in a file's place must not stop us.
const (
	openFile   = syscall.O_RDONLY | syscall.O_NONBLOCK
	openFolder = openFile | syscall.O_DIRECTORY

	noFollow = syscall.O_NOFOLLOW // a link that somebody puts in the place of a file of our own is an error
)

// system gives what only the system's own record tells: the inode, and when the file was changed in any way.
func system(info fs.FileInfo) (inode uint64, changed int64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino), changeTime(st)
	}
	return 0, 0
}

// otherDevice tells whether two folders are on different file systems.
func otherDevice(a, b fs.FileInfo) bool {
	s, ok := a.Sys().(*syscall.Stat_t)
	t, ok2 := b.Sys().(*syscall.Stat_t)
	return ok && ok2 && s.Dev != t.Dev
}

// noMoreWatches tells whether the system refuses a watch for want of resources.
func noMoreWatches(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) || errors.Is(err, syscall.ENOMEM)
}
