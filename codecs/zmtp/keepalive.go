package zmtp

import (
	"math/rand/v2"
	"net"
	"time"
)

// The system asks the other end's whether it is there when nothing came for a while, and ends a connection whose end answers none of
// keepAliveCount questions: 2 to 4 minutes after the last sign of life.
const (
	keepAliveIdle     = time.Minute      // and up to as much more
	keepAliveInterval = 10 * time.Second // and up to as much more
	keepAliveCount    = 6
)

// keepAlive sets times of its own for each connection. Those of many that were made at once would be asked in one instant, again and
// again: a system's queue (of 1,000 packets, in Linux) drops what is too much, and in the end connections that are alive are closed.
// Whose other end is on this machine is not asked at all: a system that runs knows when its own processes are gone.
func keepAlive(nc net.Conn) {
	if tcp, ok := nc.(*net.TCPConn); ok {
		tcp.SetKeepAliveConfig(keepAliveBetween(tcp.LocalAddr(), tcp.RemoteAddr()))
	}
}

func keepAliveBetween(local, remote net.Addr) net.KeepAliveConfig {
	l, ok := local.(*net.TCPAddr)
	r, too := remote.(*net.TCPAddr)
	if ok && too && l.IP.Equal(r.IP) {
		return net.KeepAliveConfig{}
	}
	return net.KeepAliveConfig{Enable: true, Idle: upToTwice(keepAliveIdle), Interval: upToTwice(keepAliveInterval), Count: keepAliveCount}
}

// upToTwice is d and up to as much more, in whole seconds: the system knows no others.
func upToTwice(d time.Duration) time.Duration {
	return d + rand.N(d/time.Second+1)*time.Second
}
