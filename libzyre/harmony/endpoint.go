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

// check refuses an endpoint that a peer may have sent us to make us look up names, or to open another kind of socket. Names are
// for who may give them.
func (cfg *Config) check(endpoint string) error {
	rest, tcp := strings.CutPrefix(endpoint, "tcp://")
	ap, err := netip.ParseAddrPort(rest)
	if tcp && err == nil && ap.Port() != 0 && !ap.Addr().IsUnspecified() {
		return nil
	}
	if tcp && cfg.Names && named(rest) {
		return nil
	}
	return fmt.Errorf("%w, not %.100q", ErrEndpoint, endpoint)
}

// named says whether that is HOSTNAME:PORT (RFC 1123, section 2.1).
func named(text string) bool {
	host, port, ok := strings.Cut(text, ":")
	n, err := strconv.ParseUint(port, 10, 16)
	if !ok || err != nil || n == 0 || host == "" || len(host) > 253 {
		return false
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return false // it is none that one can connect to
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, letters) != "" {
			return false
		}
	}
	return true
}

// letters are those of a name; the underline is not one of the RFC's, but there are such names.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
