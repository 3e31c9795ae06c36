//go:build unix && !darwin && !freebsd && !netbsd && !aix

package dir

import "syscall"

func changeTime(st *syscall.Stat_t) int64 { return syscall.TimespecToNsec(st.Ctim) }
