//go:build unix

package zretester

import "syscall"

// apart keeps what a terminal sends to us, such as Ctrl-C, away from a process: we end it in order.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
