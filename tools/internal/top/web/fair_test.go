package web

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// TestStrangers: who has no token does not keep others out, with as many connections
// as there may be, each with a body that never comes.
func TestStrangers(t *testing.T) {
	s := listen(t, newFake(), "127.0.0.1:0", "secret")
	for _, request := range []string{"POST / HTTP/1.1\r\nContent-Length: 100000", "POST /healthz HTTP/1.1\r\nContent-Length: 100000", "GET /healthz HTTP/1.1\r\nTransfer-Encoding: chunked",
		"GET / HTTP/1.1", "GET /healthz HTTP/1.1", "HEAD /healthz HTTP/1.1"} {
		var all []net.Conn
		for range maxConnections {
			c, err := net.Dial("tcp", s.listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, _ = fmt.Fprintf(c, "%s\r\nHost: x\r\n\r\n", request) // one too many is closed
			all = append(all, c)
		}
		answered := 0
		for _, c := range all {
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
			answer, err := io.ReadAll(c)
			if late := net.Error(nil); errors.As(err, &late) && late.Timeout() {
				t.Fatalf("%s: it stays open", request)
			}
			if strings.HasPrefix(string(answer), "HTTP/1.1 ") {
				answered++
			}
		}
		if answered < maxOfLoopback {
			t.Errorf("%s: %d have an answer", request, answered)
		}
		if code, _, _ := get(t, s, "/healthz"); code != http.StatusOK {
			t.Error(request, code)
		}
	}
	if s.http.ReadTimeout == 0 {
		t.Error("a request may take for ever")
	}
}

// TestBodyIsNotAwaited: the answer to a request with a body is the end of it.
func TestBodyIsNotAwaited(t *testing.T) {
	s := listen(t, newFake(), "127.0.0.1:0", "secret")
	patient := httptest.NewServer(s.handler()) // it has no time for requests
	defer patient.Close()
	for _, request := range []string{"POST /", "GET /healthz"} {
		c, err := net.Dial("tcp", patient.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = fmt.Fprintf(c, "%s HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n", request)
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
		if answer, err := io.ReadAll(c); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 40") {
			t.Errorf("%s: %q, %v", request, answer, err)
		}
	}
}

// TestTwoOfOneHost: browsers send cookies to all ports of a host.
func TestTwoOfOneHost(t *testing.T) {
	a, b := listen(t, newFake(), "127.0.0.1:0", "aaaa"), listen(t, newFake(), "127.0.0.1:0", "bbbb")
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
	metrics := func(s *Server) string { return "http://" + s.listener.Addr().String() + "/metrics" }
	for _, url := range []string{a.URL(), metrics(a), b.URL(), metrics(a), metrics(b)} {
		answer, err := c.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Error(url, answer.Status)
		}
	}
}

// crowd is a listener to which connections come from addresses that are made up.
type crowd chan net.Conn

func (c crowd) Accept() (net.Conn, error) {
	if one, open := <-c; open {
		return one, nil
	}
	return nil, net.ErrClosed
}
func (c crowd) Close() error   { return nil }
func (c crowd) Addr() net.Addr { return &net.TCPAddr{} }

type caller struct {
	net.Conn
	at net.TCPAddr
}

func (c *caller) RemoteAddr() net.Addr { return &c.at }

// come has one come from an address, and returns its own end.
func (c crowd) come(ip string, port int) net.Conn {
	mine, theirs := net.Pipe()
	at := net.ParseIP(ip)
	c <- &caller{theirs, net.TCPAddr{IP: at, Port: port}}
	return mine
}

// TestFair: one host has its share of the connections, however many addresses it has.
func TestFair(t *testing.T) {
	for _, host := range []string{"192.0.2.%d", "::ffff:192.0.2.%d", "2001:db8::%x"} {
		from := make(crowd, maxConnections)
		l := &fair{Listener: from, of: map[netip.Addr]int{}}
		one := func(i int) string {
			if strings.HasPrefix(host, "2001") {
				return fmt.Sprintf(host, i+1)
			}
			return fmt.Sprintf(host, 1)
		}
		var taken []net.Conn
		for i := range maxOfHost {
			from.come(one(i), i+1)
			c, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			taken = append(taken, c)
		}
		late := from.come(one(maxOfHost), 1000)
		from.come("198.51.100.1", 1001)
		if c, err := l.Accept(); err != nil || !strings.HasPrefix(c.RemoteAddr().String(), "198.51.100.1:") {
			t.Error(host, c, err)
		}
		if _, err := bufio.NewReader(late).ReadByte(); err != io.EOF {
			t.Error(host, "one too many is not closed:", err)
		}
		_ = taken[0].Close()
		_ = taken[0].Close() // counts once
		from.come(one(0), 1002)
		from.come(one(0), 1003)
		close(from)
		if _, err := l.Accept(); err != nil {
			t.Error(host, err)
		}
		if c, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Error(host, c, err)
		}
		for _, c := range taken[1:] {
			_ = c.Close()
		}
		if len(l.of) != 2 {
			t.Error(l.of)
		}
	}
}
