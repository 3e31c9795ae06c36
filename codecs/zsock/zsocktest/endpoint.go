package zsocktest

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/zeromq/gozyre/codecs/zsock"
)

func testEndpointTaken(t *testing.T, p pairing) {
	c := open(t, p.listens, zsock.Options{})
	r := c.listen(zsock.ListenOptions{})
	if _, err := c.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: r.Endpoint()}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("got %v, want EADDRINUSE", err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	c.relisten(zsock.ListenOptions{Endpoint: r.Endpoint()})
}

// testEndpoints has each way to write an address reached at another one.
func testEndpoints(t *testing.T, p pairing) {
	for _, c := range []struct{ name, listen, from, to, addr string }{
		{"Any", "tcp://*:*", "0.0.0.0", "127.0.0.1", "127.0.0.1"},
		{"Interface", "tcp://" + loopback(t) + ":*", "127.0.0.1", "127.0.0.1", "127.0.0.1"},
		{"Name", "tcp://127.0.0.1:*", "127.0.0.1", "localhost", "127.0.0.1"},
		{"IPv6", "tcp://[::1]:*", "[::1]", "[::1]", "::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.addr == "::1" && !hasIPv6() {
				t.Skip("this machine has no IPv6")
			}
			in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
			endpoint := in.listen(zsock.ListenOptions{Endpoint: c.listen}).Endpoint()
			port, ok := strings.CutPrefix(endpoint, "tcp://"+c.from+":")
			if !ok || port == "*" || port == "0" {
				t.Fatalf("listening at %s, want tcp://%s:PORT", endpoint, c.from)
			}
			send(t, out.dial(zsock.DialOptions{Endpoint: "tcp://" + c.to + ":" + port}), "hello")
			if e := in.message("hello"); e.Addr.String() != c.addr {
				t.Errorf("got address %v, want %s", e.Addr, c.addr)
			}
		})
	}
}

// loopback is the name of the interface with 127.0.0.1.
func loopback(t *testing.T) string {
	t.Helper()
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		addrs, err := i.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range addrs {
			if n, ok := a.(*net.IPNet); ok && n.IP.Equal(net.IPv4(127, 0, 0, 1)) {
				return i.Name
			}
		}
	}
	t.Fatal("no interface has 127.0.0.1")
	return ""
}

func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

func testIPC(t *testing.T, p pairing) {
	if runtime.GOOS == "windows" {
		t.Skip("not everywhere on Windows")
	}
	dir, err := os.MkdirTemp("", "ipc") // t.TempDir's path may be longer than a socket's may be
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "socket")
	endpoint := "ipc://" + path
	stale, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	stale.SetUnlinkOnClose(false) // as a killed process leaves it
	if err := stale.Close(); err != nil {
		t.Fatal(err)
	}
	in, out := open(t, p.listens, zsock.Options{}), open(t, p.dials, zsock.Options{})
	r := in.listen(zsock.ListenOptions{Endpoint: endpoint})
	if r.Endpoint() != endpoint {
		t.Errorf("listening at %s, want %s", r.Endpoint(), endpoint)
	}
	again := open(t, p.listens, zsock.Options{})
	if _, err := again.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("second listener: got %v, want EADDRINUSE", err)
	}
	l := out.dial(zsock.DialOptions{Endpoint: endpoint, Identity: []byte("alice")})
	big := strings.Repeat("b", 1<<20)
	send(t, l, "question", "", big)
	e := in.message("question", "", big)
	if string(e.Peer) != "alice" || e.Addr.IsValid() {
		t.Errorf("got peer %q at %v, want alice at no address", e.Peer, e.Addr)
	}
	if err := r.Send(e.Peer, octets("answer", big)); err != nil {
		t.Fatal(err)
	}
	out.message("answer", big)
	if err := r.Close(); err != nil { // and the link reconnects
		t.Fatal(err)
	}
	again.relisten(zsock.ListenOptions{Endpoint: endpoint})
	again.until(func() { send(t, l, "again") }, "again")
}

// testInproc stays within one set, so that it needs one transport only.
func testInproc(t *testing.T, p pairing) {
	for _, name := range []string{"a name", "wakeup", "zeromq.zap.01"} {
		t.Run(name, func(t *testing.T) {
			c, other := open(t, p.listens, zsock.Options{}), open(t, p.listens, zsock.Options{})
			endpoint := "inproc://" + name
			early := c.dial(zsock.DialOptions{Endpoint: endpoint, Identity: []byte("early")})
			send(t, early, "before anybody listens")
			other.listen(zsock.ListenOptions{Endpoint: endpoint}) // of no concern to c
			r := c.listen(zsock.ListenOptions{Endpoint: endpoint})
			if r.Endpoint() != endpoint {
				t.Errorf("listening at %s, want %s", r.Endpoint(), endpoint)
			}
			if e := c.message("before anybody listens"); string(e.Peer) != "early" || e.Link != nil {
				t.Errorf("got peer %q, link %v", e.Peer, e.Link)
			}
			l := c.dial(zsock.DialOptions{Endpoint: endpoint, Identity: []byte("alice")})
			big := strings.Repeat("b", 1<<20)
			send(t, l, "question", "", big)
			c.message("question", "", big)
			if err := r.Send([]byte("alice"), octets("answer", big)); err != nil {
				t.Fatal(err)
			}
			if e := c.message("answer", big); e.Link != l {
				t.Error("the answer went elsewhere")
			}
			if _, err := c.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: endpoint}); !errors.Is(err, syscall.EADDRINUSE) {
				t.Errorf("second listener: got %v, want EADDRINUSE", err)
			}
			other.quiet()
		})
	}
}
