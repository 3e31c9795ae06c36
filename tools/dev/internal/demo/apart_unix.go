//go:build unix

package demo

import (
	"os/exec"
	"syscall"
)

// apart keeps a program from getting the signals of the user's terminal.
func apart(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
