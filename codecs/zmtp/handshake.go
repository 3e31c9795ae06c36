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

// handshake brings a fresh connection to where messages may pass. It holds little memory: nobody knows yet who is there.
type handshake struct {
	conn net.Conn
	in   []byte // received, not yet looked at
	sent chan error
	// buffered says that a write does not wait for the other end to read, as it is with a system's sockets. Both ends
	// write first and read then; on a connection without a buffer each would wait for the other for ever.
	buffered bool
}

// shake does the whole handshake, within that time.
func shake(conn net.Conn, e end, kind zsock.Kind, timeout time.Duration) (admitted, error) {
	h := &handshake{conn: conn, buffered: rawOf(conn) != nil}
	if err := conn.SetDeadline(time.Now().Add(timeout)); err != nil {
		return admitted{}, fmt.Errorf("zmtp: handshake: %w", err)
	}
	a, err := h.run(e, kind)
	if h.sent != nil {
		err = errors.Join(err, <-h.sent)
	}
	if err == nil {
		err = conn.SetDeadline(time.Time{})
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("zmtp: the handshake took longer than %v", timeout)
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		err = errors.New("zmtp: the other end hung up during the handshake")
	}
	return a, err
}

func (h *handshake) run(e end, kind zsock.Kind) (admitted, error) {
	var a admitted
	m, err := newMechanism(e)
	if err != nil {
		return a, err
	}
	own := e.security.Mechanism
	if err := h.write(appendGreeting(nil, own, e.server && own != zsock.Null)); err != nil {
		return a, err
	}
	g, err := h.greeting()
	if err != nil {
		return a, err
	}
	a.minor = g.minor
	if g.mechanism != own.String() {
		return a, fmt.Errorf("zmtp: the other end wants the mechanism %.20q, this one %s", g.mechanism, own)
	}
	if g.server && e.server { // libzmq's servers say that they are none: so two clients find out by themselves
		return a, fmt.Errorf("zmtp: %s needs a client, and both ends are servers", own)
	}
	first, err := m.first()
	if err != nil {
		return a, err
	}
	if err := h.command(first); err != nil {
		return a, err
	}
	for done := false; !done; {
		body, err := h.readCommand()
		if err != nil {
			return a, err
		}
		if name, data, err := parseCommand(body); err != nil {
			return a, err
		} else if name == "ERROR" {
			return a, parseError(data)
		}
		var answer []byte
		answer, done, err = m.next(body)
		if werr := h.command(answer); err == nil {
			err = werr
		}
		if err != nil {
			return a, err
		}
	}
	if a.peer, err = parseProperties(m.metadata()); err != nil {
		return a, err
	}
	if !fit(kind, a.peer.socketType) {
		return a, fmt.Errorf("zmtp: a %.20q does not talk to a %s", a.peer.socketType, kind)
	}
	a.cipher, a.leftover = m.cipher(), h.in
	return a, nil
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

func (h *handshake) greeting() (greeting, error) {
	for len(h.in) < greetingSize {
		// Early, so that what is no ZMTP at all need not be waited for.
		if err := checkGreeting(h.in); err != nil {
			return greeting{}, err
		}
		if err := h.fill(); err != nil {
			return greeting{}, err
		}
	}
	g, err := parseGreeting(h.in[:greetingSize])
	h.in = h.in[greetingSize:]
	return g, err
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
