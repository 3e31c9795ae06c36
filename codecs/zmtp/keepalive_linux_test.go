package zmtp_test

import (
	"context"
	"net"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// watched is a listener that shows what it accepts.
type watched struct {
	net.Listener
	seen func(net.Conn)
}

func (l watched) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.seen(c)
	}
	return c, err
}

// TestKeepAliveSpread: connections that were made at once are not asked at once whether they are alive, at either end.
func TestKeepAliveSpread(t *testing.T) {
	const links = 40
	var mu sync.Mutex
	made := map[string][]net.Conn{}
	note := func(end string) func(net.Conn) {
		return func(c net.Conn) {
			mu.Lock()
			defer mu.Unlock()
			made[end] = append(made[end], c)
		}
	}
	in := real(t, zmtp.Transport{Listen: func(_ context.Context, network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		return watched{l, note("router")}, err
	}}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	out := real(t, zmtp.Transport{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err == nil {
			note("link")(c)
		}
		return c, err
	}}, zsock.Options{})
	for range links {
		if _, err := out.Sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: r.Endpoint()}); err != nil {
			t.Fatal(err)
		}
	}
	for range links {
		in.next(zsock.Up)
		out.next(zsock.Up)
	}
	mu.Lock()
	defer mu.Unlock()
	for end, conns := range made {
		if len(conns) != links {
			t.Fatalf("%s: %d connections", end, len(conns))
		}
		for option, bounds := range map[int][2]int{unix.TCP_KEEPIDLE: {60, 120}, unix.TCP_KEEPINTVL: {10, 20}, unix.TCP_KEEPCNT: {6, 6}} {
			seen := map[int]bool{}
			for _, c := range conns {
				v := tcpOption(t, c, option)
				if v < bounds[0] || v > bounds[1] {
					t.Errorf("%s: option %d is %d, not in %v", end, option, v, bounds)
				}
				seen[v] = true
			}
			if bounds[0] < bounds[1] && len(seen) < 4 {
				t.Errorf("%s: option %d of %d connections is one of %v only", end, option, links, seen)
			}
		}
	}
}

func tcpOption(t *testing.T, c net.Conn, option int) (v int) {
	t.Helper()
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	if cerr := raw.Control(func(fd uintptr) { v, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, option) }); cerr != nil || err != nil {
		t.Fatal(cerr, err)
	}
	return v
}
