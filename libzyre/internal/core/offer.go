package core

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// OfferedPort gives the port that a header says, tcp://HOST:PORT. Nothing else of it counts, for it could name anybody's host (rfcs/zre, 10).
func OfferedPort(header string) (port string, ok bool) {
	rest, ok := strings.CutPrefix(header, "tcp://")
	number, err := strconv.ParseUint(rest[strings.LastIndexByte(rest, ':')+1:], 10, 16)
	return strconv.FormatUint(number, 10), ok && err == nil && number > 0
}

// OfferedAt gives the endpoint of that port at a peer whose own endpoint is addr.
func OfferedAt(port, addr string) (endpoint string, ok bool) {
	at, err := netip.ParseAddrPort(strings.TrimPrefix(addr, "tcp://"))
	return "tcp://" + net.JoinHostPort(at.Addr().String(), port), err == nil
}
