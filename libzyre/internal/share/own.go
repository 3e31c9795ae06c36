package share

import (
	"errors"
	"net"
	"net/netip"
	"strings"
)

var errOwn = errors.New("it says that its files are where this node's own are, so they are not fetched: its header X-FILEMQ is wrong")

// own tells whether an endpoint is this node's own file server: somebody on this host may claim that, and our files would come to us as his.
func (s *Share) own(endpoint string) bool {
	at, err := netip.ParseAddrPort(strings.TrimPrefix(endpoint, "tcp://"))
	ours := s.Endpoint()
	if err != nil || ours[strings.LastIndexByte(ours, ':'):] != endpoint[strings.LastIndexByte(endpoint, ':'):] {
		return false
	}
	addr := at.Addr().Unmap()
	switch bind := s.cfg.Bind.Unmap(); {
	case addr.IsUnspecified(): // leads to this host
		return true
	case bind.IsValid() && !bind.IsUnspecified():
		return addr == bind // at another address the port is another program's
	case addr.IsLoopback():
		return true
	}
	mine, err := net.InterfaceAddrs() // as they are now; so many ports are there that it is rarely asked
	for _, a := range mine {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(net.IP(addr.AsSlice())) {
			return true
		}
	}
	return err != nil // then better no files than our own
}
