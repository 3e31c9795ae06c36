//go:build !unix

package zretester

import "syscall"

func apart() *syscall.SysProcAttr { return nil }
