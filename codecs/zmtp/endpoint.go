package zmtp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// endpoint is a place to listen at or to connect to.
type endpoint struct {
	text    string // as the user gave it
	network string // "tcp", "unix" or "inproc"
	host    string // of tcp
	port    string // of tcp: a number, or * for any
	path    string // of the others
}

// parseEndpoint reads tcp://HOST:PORT, ipc://PATH and inproc://NAME.
func parseEndpoint(text string) (*endpoint, error) {
	ep := &endpoint{text: text}
	scheme, rest, _ := strings.Cut(text, "://")
	switch scheme {
	case "tcp":
		host, port, err := net.SplitHostPort(rest)
		if err != nil || host == "" {
			return ep, fmt.Errorf("%w: endpoint %.100q: it must be tcp://ADDRESS:PORT", zsock.ErrInvalid, text)
		}
		if n, err := strconv.ParseUint(port, 10, 16); port != "*" && (err != nil || n == 0 && port != "0") {
			return ep, fmt.Errorf("%w: endpoint %.100q: the port must be 1 to 65535, or * to listen at any", zsock.ErrInvalid, text)
		}
		ep.network, ep.host, ep.port = "tcp", host, port
		return ep, nil
	case "ipc", "inproc":
		if rest == "" || rest == "*" || strings.IndexByte(rest, 0) >= 0 {
			return ep, fmt.Errorf("%w: endpoint %.100q: it must be %s://NAME", zsock.ErrInvalid, text, scheme)
		}
		ep.network, ep.path = scheme, rest
		if scheme == "ipc" {
			ep.network = "unix"
		}
		return ep, nil
	}
	return ep, fmt.Errorf("%w: endpoint %.100q: it must begin with tcp://, ipc:// or inproc://", zsock.ErrInvalid, text)
}

// parseDialled is parseEndpoint for one to connect to.
func parseDialled(text string) (*endpoint, error) {
	ep, err := parseEndpoint(text)
	if err == nil && (ep.host == "*" || ep.port == "*" || ep.port == "0") {
		err = fmt.Errorf("%w: endpoint %.100q: to connect it must name an address and a port", zsock.ErrInvalid, text)
	}
	return ep, err
}

// addr is the address that an endpoint names by number, or the zero Addr.
func (ep *endpoint) addr() netip.Addr {
	a, _ := netip.ParseAddr(ep.host)
	return a
}

// dial makes a connection.
func (s *sockets) dial(ctx context.Context, ep *endpoint) (net.Conn, error) {
	switch ep.network {
	case "inproc":
		return s.dialInproc(ep.path)
	case "unix":
		return s.transport.Dial(ctx, "unix", ep.path)
	}
	network := "tcp4"
	if strings.Contains(ep.host, ":") {
		network = "tcp6"
	}
	return s.transport.Dial(ctx, network, net.JoinHostPort(ep.host, ep.port))
}

// bind makes a listener, and says which endpoint it became.
func (s *sockets) bind(ep *endpoint) (net.Listener, string, error) {
	switch ep.network {
	case "inproc":
		l, err := s.listenInproc(ep.path)
		return l, ep.text, err
	case "unix":
		l, err := s.listenUnix(ep.path)
		return l, ep.text, err
	}
	host, port := ep.host, ep.port
	if port == "*" {
		port = "0"
	}
	switch {
	case host == "*":
		host = "0.0.0.0"
	case ep.addr().IsValid():
	default:
		var err error
		if host, err = interfaceAddr(host); err != nil {
			return nil, "", err
		}
	}
	network := "tcp4"
	if strings.Contains(host, ":") {
		network = "tcp6"
	}
	l, err := s.transport.Listen(s.ctx, network, net.JoinHostPort(host, port))
	if err != nil {
		return nil, "", err
	}
	return l, "tcp://" + l.Addr().String(), nil
}

// interfaceAddr is the first IPv4 address of an interface.
func interfaceAddr(name string) (string, error) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return "", fmt.Errorf("%w: %q is no address and no interface of this machine", zsock.ErrInvalid, name)
	}
	all, err := i.Addrs()
	if err != nil {
		return "", err
	}
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil {
			return n.IP.String(), nil
		}
	}
	return "", fmt.Errorf("zmtp: interface %s has no IPv4 address", name)
}

// listenUnix listens at a path. A socket that a dead process left there is removed; anything else that is there stays.
func (s *sockets) listenUnix(path string) (net.Listener, error) {
	l, err := s.transport.Listen(s.ctx, "unix", path)
	if err == nil || !isTaken(err) || strings.HasPrefix(path, "@") {
		return l, err
	}
	removing.Lock()
	defer removing.Unlock()
	if !removeDead(s.ctx, path) {
		return nil, err
	}
	return s.transport.Listen(s.ctx, "unix", path)
}
