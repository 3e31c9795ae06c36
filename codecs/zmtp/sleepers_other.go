//go:build !linux

package zmtp

import "syscall"

// sleepers are where one goroutine can wait for many connections. Here each waits alone.
type sleepers struct{}

func (*sleepers) begin() {}

func (*sleepers) enter(*conn) bool { return false }

func (*sleepers) leave(*conn) {}

func (*sleepers) arm(syscall.RawConn, int32, bool) bool { return false }

func (*sleepers) close() {}
