package libzmq

import (
	"errors"
	"net"
	"strings"
	"syscall"
)

// inproc is how the endpoints begin that stay within a set. The set's own sockets use some of those names, so that users'
// are moved out of their way.
const (
	inproc      = "inproc://"
	inprocUsers = "inproc://user/"
)

// inner is an endpoint as libzmq is told it; outer is the way back.
func inner(endpoint string) string {
	if name, ok := strings.CutPrefix(endpoint, inproc); ok {
		return inprocUsers + name
	}
	return endpoint
}

func outer(endpoint string) string {
	if name, ok := strings.CutPrefix(endpoint, inprocUsers); ok {
		return inproc + name
	}
	return endpoint
}

// isIPv6 says whether an endpoint has an IPv6 literal; only then does the socket leave plain IPv4.
func isIPv6(endpoint string) bool { return strings.Contains(endpoint, "[") }

// ipcTaken says whether somebody listens at an ipc:// endpoint. libzmq does not ask, and takes it away from him.
func ipcTaken(endpoint string) bool {
	path, ok := strings.CutPrefix(endpoint, "ipc://")
	if !ok {
		return false
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		c.Close()
	}
	return err == nil || errors.Is(err, syscall.EAGAIN) // EAGAIN: he does not keep up with those who connect
}
