package harmony

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// The ports that RFC 36 wants, those that IANA leaves to everybody.
const (
	firstPort = 49152
	lastPort  = 65535
	tries     = 32
)

// bind binds the ROUTER.
func (h *Harmony) bind() error {
	for try := 0; ; try++ {
		port := "*"
		if h.cfg.Port != 0 {
			port, try = strconv.Itoa(int(h.cfg.Port)), tries
		} else if try < tries {
			port = strconv.Itoa(firstPort + rand.IntN(lastPort-firstPort+1))
		}
		l, err := h.sockets.Listen(zsock.ListenOptions{
			Kind: zsock.Router, Endpoint: "tcp://" + host(h.cfg.Bind) + ":" + port, Identity: h.identity[:], MaxMessage: h.cfg.MaxMessage,
		})
		if errors.Is(err, syscall.EADDRINUSE) && try < tries {
			continue
		}
		if err != nil {
			return fmt.Errorf("harmony: %w", err)
		}
		h.endpoint = l.Endpoint()
		n, err := strconv.ParseUint(h.endpoint[strings.LastIndexByte(h.endpoint, ':')+1:], 10, 16)
		if err != nil {
			return fmt.Errorf("harmony: the transport bound %q, which has no port: %w", h.endpoint, err)
		}
		h.port = uint16(n)
		return nil
	}
}

// host is how an address stands in an endpoint.
func host(a netip.Addr) string {
	switch {
	case !a.IsValid():
		return "0.0.0.0"
	case a.Is4():
		return a.String()
	}
	return "[" + a.String() + "]"
}

// checkEndpoint refuses what a peer may have sent us to make us look up names, or to open another kind of socket.
func checkEndpoint(endpoint string) error {
	rest, ok := strings.CutPrefix(endpoint, "tcp://")
	ap, err := netip.ParseAddrPort(rest)
	if !ok || err != nil || ap.Port() == 0 || ap.Addr().IsUnspecified() {
		return fmt.Errorf("%w, not %.100q", ErrEndpoint, endpoint)
	}
	return nil
}
