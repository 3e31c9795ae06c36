//go:build unix

package zmtp

import "syscall"

// canWait says that one can wait for a connection to become readable without holding a buffer.
const canWait = true

// onReady is called with a descriptor that may be readable: it reads, or says that one has to wait.
func (c *conn) onReady() func(fd uintptr) bool {
	in := &c.in
	return func(fd uintptr) bool {
		if in.scratch == nil {
			in.scratch = scratches.Get().(*scratch)
		}
		for {
			in.n, in.err = syscall.Read(int(fd), in.scratch.buf[:])
			if in.err != syscall.EINTR {
				break
			}
		}
		if in.err == syscall.EAGAIN {
			in.err = nil
			in.scratch.free()
			in.scratch = nil
			if c.draining.Load() {
				in.err = errReplaced // everything that had come was read
				return true
			}
			return false
		}
		return true
	}
}
