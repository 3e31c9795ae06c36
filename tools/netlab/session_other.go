//go:build !unix

package netlab

import "syscall"

func newSession() *syscall.SysProcAttr { return nil }
