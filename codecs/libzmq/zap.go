package libzmq

import (
	"errors"
	"fmt"
	"strconv"
	"sync"
	"syscall"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// zap answers libzmq, which asks over inproc whether a peer may be admitted (RFC 27). The receiving goroutine owns its
// socket. A listener is known by its domain, which no other listener of the set has.
type zap struct {
	sock   *zmq4.Socket
	native native
	due    bool // look at the socket without waiting for its descriptor

	mu        sync.Mutex
	listeners map[string]zsock.Security // by domain
	domains   int                       // that were given out
}

// newZAP opens the socket. It must stand before the first listener that needs it: libzmq looks for it once per connection.
func newZAP(ctx *zmq4.Context) (*zap, error) {
	sock, err := ctx.NewSocket(zmq4.REP)
	if err != nil {
		return nil, limit(fmt.Errorf("libzmq: socket for authentication: %w", fault(err)))
	}
	z := &zap{sock: sock, due: true, listeners: map[string]zsock.Security{}}
	err = errors.Join(sock.SetLinger(0), sock.Bind("inproc://zeromq.zap.01"))
	if err == nil {
		z.native, err = nativeOf(sock)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("libzmq: socket for authentication: %w", fault(err)), sock.Close())
	}
	return z, nil
}

// register gives a listener its domain.
func (z *zap) register(s zsock.Security) string {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.domains++
	domain := strconv.Itoa(z.domains)
	z.listeners[domain] = s
	return domain
}

// forget refuses from now on who comes for a listener. Where there is no domain, or no zap, there is nothing to forget.
func (z *zap) forget(domain string) {
	if z == nil {
		return
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	delete(z.listeners, domain)
}

// maxRequests is how many requests are answered in one go, so that many newcomers do not hold up who is in.
const maxRequests = 64

// serveZAP answers what waits.
func (r *receiver) serveZAP(z *zap) {
	z.due = false
	for range maxRequests {
		request, err := z.sock.RecvMessageBytes(zmq4.DONTWAIT)
		if err != nil {
			if err = fault(err); err != syscall.EAGAIN {
				r.log.Error("libzmq: receive a request for authentication", "error", err)
			}
			return
		}
		id, status, text := []byte(nil), "200", "admitted"
		if len(request) > 1 {
			id = request[1]
		}
		if err := z.judge(request, &r.addrs); err != nil {
			// Why stays here: it is no business of the peer's.
			status, text = "400", "refused"
			r.refused.Add(1)
			r.log.Debug("libzmq: peer refused", "error", err)
		}
		if _, err := z.sock.SendMessageDontwait("1.0", id, status, text, "", ""); err != nil {
			r.log.Error("libzmq: answer a request for authentication", "error", fault(err))
		}
	}
	z.due = true
}

// judge asks the listener that a request is about. A request is: version, request id, domain, address, identity, mechanism,
// and the mechanism's credentials.
func (z *zap) judge(request [][]byte, addrs *addresses) error {
	if len(request) < 6 || string(request[0]) != "1.0" {
		return fmt.Errorf("a request for authentication of %d frames is not understood", len(request))
	}
	domain, shown := string(request[2]), request[6:]
	z.mu.Lock()
	listener, ok := z.listeners[domain]
	z.mu.Unlock()
	if !ok {
		return fmt.Errorf("the listener of domain %q is closed", domain)
	}
	c := zsock.Credentials{Mechanism: listener.Mechanism, Addr: addrs.parse(request[3])}
	if mechanism := string(request[5]); mechanism != c.Mechanism.String() {
		return fmt.Errorf("the peer came by %q, the listener expects %s", mechanism, c.Mechanism)
	}
	switch {
	case c.Mechanism == zsock.Null && len(shown) == 0:
	case c.Mechanism == zsock.Plain && len(shown) == 2:
		c.Username, c.Password = string(shown[0]), string(shown[1])
	case c.Mechanism == zsock.Curve && len(shown) == 1 && len(shown[0]) == len(c.Key):
		copy(c.Key[:], shown[0])
	default:
		return fmt.Errorf("credentials of %d frames are not those of %s", len(shown), c.Mechanism)
	}
	return listener.Authenticate(c)
}

// close is called once the receiving goroutine has ended.
func (z *zap) close() { z.sock.Close() }
