package zmtp_test

import (
	"context"
	"net"
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

// TestKeepAliveWithin: no connection within this machine is kept alive, at either end, whatever its maker set.
func TestKeepAliveWithin(t *testing.T) {
	accepted := make(chan net.Conn, 1)
	in := real(t, zmtp.Transport{Listen: func(_ context.Context, network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address) // with Go's own keep-alive
		return watched{l, func(c net.Conn) { accepted <- c }}, err
	}}, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"})
	dialled := make(chan net.Conn, 1)
	out := real(t, zmtp.Transport{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := (&net.Dialer{}).DialContext(ctx, network, address)
		dialled <- c
		return c, err
	}}, zsock.Options{})
	out.dial(zsock.DialOptions{Endpoint: r.Endpoint()})
	in.next(zsock.Up)
	out.next(zsock.Up)
	for end, c := range map[string]net.Conn{"router": <-accepted, "link": <-dialled} {
		raw, err := c.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		var on int
		if cerr := raw.Control(func(fd uintptr) { on, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_KEEPALIVE) }); cerr != nil || err != nil {
			t.Fatal(cerr, err)
		}
		if on != 0 {
			t.Errorf("%s: it is kept alive", end)
		}
	}
}
