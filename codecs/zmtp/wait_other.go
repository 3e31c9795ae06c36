//go:build !unix

package zmtp

// canWait says that one can wait for a connection to become readable without holding a buffer.
const canWait = false

func (c *conn) onReady() func(fd uintptr) bool { return nil }
