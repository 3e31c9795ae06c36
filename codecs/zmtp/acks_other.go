//go:build !linux

package zmtp

import "syscall"

// tellsTCP says that the system tells about its connections.
const tellsTCP = false

func askTCP(syscall.RawConn) (s tcpState, ok bool) { return s, false }

func nudge(syscall.RawConn) (restore func()) { return func() {} }
