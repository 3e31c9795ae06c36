package zmtp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// admitted is what a handshake has found out.
type admitted struct {
	minor    byte // of the peer's version: 3.minor
	peer     properties
	cipher   cipher
	leftover []byte // octets that came behind the handshake
}

// handshake brings a fresh connection to where messages may pass. It holds little memory, on the stack too: nobody knows
// yet who is there, and goroutines begin with as large a stack as others needed on the average.
type handshake struct {
	admitted
	end  *end
	conn net.Conn
	kind zsock.Kind
	in   []byte // received, not yet looked at
	sent chan error
	// buffered says that a write does not wait for the other end to read, as it is with a system's sockets. Both ends
	// write first and read then; on a connection without a buffer each would wait for the other for ever.
	buffered bool
}

// shake does the whole handshake, within that time.
func shake(conn net.Conn, e *end, kind zsock.Kind, timeout time.Duration) (*admitted, error) {
	h := &handshake{end: e, conn: conn, kind: kind}
	err := h.begin(timeout)
	if err == nil {
		err = h.run()
	}
	return h.over(err, timeout)
}

func (h *handshake) begin(timeout time.Duration) error {
	h.buffered = rawOf(h.conn) != nil
	if err := h.conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return fmt.Errorf("zmtp: handshake: %w", err)
	}
	return nil
}

func (h *handshake) over(err error, timeout time.Duration) (*admitted, error) {
	if h.sent != nil {
		err = errors.Join(err, <-h.sent)
	}
	if err == nil {
		err = h.conn.SetDeadline(time.Time{})
	}
	if err != nil {
		return nil, failed(err, timeout)
	}
	return &h.admitted, nil
}

// failed says why a handshake failed, where the system's words would say little.
func failed(err error, timeout time.Duration) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("zmtp: the handshake took longer than %v", timeout)
	case errors.Is(err, io.EOF):
		return errors.New("zmtp: the other end hung up during the handshake")
	}
	return err
}

func (h *handshake) run() error {
	m, err := h.introduce()
	if err != nil {
		return err
	}
	if err := h.readGreeting(); err != nil {
		return err
	}
	if err := h.checkGreeting(m); err != nil {
		return err
	}
	for done := false; !done; {
		if done, err = h.step(m); err != nil {
			return err
		}
	}
	return h.admit(m)
}

// introduce sends our greeting. With NULL there is no secret in the first command, and nothing that depends on the peer: it
// goes along, which spares both ends a turn.
func (h *handshake) introduce() (mechanism, error) {
	m, err := newMechanism(h.end)
	if err != nil {
		return nil, err
	}
	own := h.end.security.Mechanism
	b := appendGreeting(make([]byte, 0, 2*greetingSize), own, h.end.server && own != zsock.Null)
	if own == zsock.Null {
		first, err := m.first()
		if err != nil {
			return nil, err
		}
		if first != nil {
			b = appendFrame(b, flagCommand, first)
		}
	}
	return m, h.write(b)
}

// readGreeting waits for the peer's.
func (h *handshake) readGreeting() error {
	for len(h.in) < greetingSize {
		// Early, so that what is no ZMTP at all need not be waited for.
		if err := checkGreeting(h.in); err != nil {
			return err
		}
		if err := h.fill(); err != nil {
			return err
		}
	}
	return nil
}

// checkGreeting looks at it, and sends the mechanism's first command if that waited for it.
func (h *handshake) checkGreeting(m mechanism) error {
	g, err := parseGreeting(h.in[:greetingSize])
	if err != nil {
		return err
	}
	h.in, h.minor = h.in[greetingSize:], g.minor
	if own := h.end.security.Mechanism.String(); g.mechanism != own {
		return fmt.Errorf("zmtp: the other end wants the mechanism %.20q, this one %s", g.mechanism, own)
	}
	if g.server && h.end.server { // libzmq's servers say that they are none: so two clients find out by themselves
		return fmt.Errorf("zmtp: %s needs a client, and both ends are servers", g.mechanism)
	}
	if h.end.security.Mechanism == zsock.Null {
		return nil
	}
	first, err := m.first()
	if err != nil {
		return err
	}
	return h.command(first)
}

// admit looks at what the peer says of itself.
func (h *handshake) admit(m mechanism) (err error) {
	if h.peer, err = parseProperties(m.metadata()); err != nil {
		return err
	}
	if !fit(h.kind, h.peer.socketType) {
		return fmt.Errorf("zmtp: a %.20q does not talk to a %s", h.peer.socketType, h.kind)
	}
	h.cipher = m.cipher()
	if len(h.in) > 0 {
		h.leftover = h.in
	}
	return nil
}

// step takes one command and answers it.
func (h *handshake) step(m mechanism) (done bool, err error) {
	body, err := h.readCommand()
	if err != nil {
		return false, err
	}
	if name, data, err := parseCommand(body); err != nil {
		return false, err
	} else if name == "ERROR" {
		return false, parseError(data)
	}
	answer, done, err := m.next(body)
	if werr := h.command(answer); err == nil {
		err = werr
	}
	return done && err == nil, err
}

// fit says whether a socket may talk to one of that type (RFC 28, RFC 29).
func fit(kind zsock.Kind, peer string) bool {
	switch kind {
	case zsock.Router:
		return peer == "DEALER" || peer == "REQ" || peer == "ROUTER"
	case zsock.Dealer:
		return peer == "ROUTER" || peer == "REP" || peer == "DEALER"
	case zsock.Pub:
		return peer == "SUB" || peer == "XSUB"
	case zsock.Sub:
		return peer == "PUB" || peer == "XPUB"
	}
	return false
}

// readCommand reads a command frame and gives its body.
func (h *handshake) readCommand() ([]byte, error) {
	for {
		if len(h.in) > 0 && h.in[0]&^flagLong != flagCommand {
			return nil, fmt.Errorf("%w: a frame with flags %#x during the handshake", errCommand, h.in[0])
		}
		if _, size, n := parseHeader(h.in); n > 0 {
			if size > maxCommand {
				return nil, fmt.Errorf("%w: a command of %d octets during the handshake: at most %d are possible", errCommand, size, maxCommand)
			}
			if len(h.in) >= n+int(size) {
				body := h.in[n : n+int(size) : n+int(size)]
				h.in = h.in[n+int(size):]
				return body, nil
			}
		}
		if err := h.fill(); err != nil {
			return nil, err
		}
	}
}

// fill reads more. The buffer grows with what has arrived, not with what was announced.
func (h *handshake) fill() error {
	if cap(h.in)-len(h.in) < 64 {
		in := make([]byte, len(h.in), max(256, 2*len(h.in)))
		copy(in, h.in)
		h.in = in
	}
	n, err := h.conn.Read(h.in[len(h.in):cap(h.in)])
	h.in = h.in[:len(h.in)+n]
	if n > 0 {
		return nil
	}
	return err
}

// command sends a command's body as a frame; nil is nothing.
func (h *handshake) command(body []byte) error {
	if body == nil {
		return nil
	}
	return h.write(appendFrame(nil, flagCommand, body))
}

func (h *handshake) write(b []byte) error {
	if h.buffered {
		_, err := h.conn.Write(b)
		return err
	}
	before, sent := h.sent, make(chan error, 1)
	h.sent = sent
	go func() {
		if before != nil {
			if err := <-before; err != nil {
				sent <- err
				return
			}
		}
		_, err := h.conn.Write(b)
		sent <- err
	}()
	return nil
}
