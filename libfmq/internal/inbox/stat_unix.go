//go:build unix

package inbox

import (
	"io/fs"
	"syscall"
)

const hasModes = true

func inode(info fs.FileInfo) uint64 {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Ino)
	}
	return 0
}
