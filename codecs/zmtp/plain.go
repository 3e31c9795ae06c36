package zmtp

import (
	"fmt"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// newMechanism makes an end's part of the handshake.
func newMechanism(e *end) (mechanism, error) {
	switch e.security.Mechanism {
	case zsock.Plain:
		return &plain{end: *e}, nil
	case zsock.Curve:
		return newCurve(*e)
	}
	return &null{end: *e}, nil
}

// refuse is the answer to a peer that Authenticate did not admit, with the status code of ZAP (RFC 27) for "no".
func refuse(err error) (answer []byte, done bool, _ error) {
	return errorCommand("400"), false, fmt.Errorf("zmtp: not admitted: %w", err)
}

// null is the NULL mechanism: both ends say READY, and that is all.
type null struct {
	end
	peer []byte
}

func (m *null) first() ([]byte, error) {
	if m.security.Authenticate != nil {
		return nil, nil // not ready before it was asked
	}
	return command("READY", m.end.metadata), nil
}

func (m *null) next(body []byte) (answer []byte, done bool, err error) {
	data, err := expect(body, "READY")
	if err != nil {
		return nil, false, err
	}
	if ask := m.security.Authenticate; ask != nil {
		if err := ask(zsock.Credentials{Mechanism: zsock.Null, Addr: m.addr}); err != nil {
			return refuse(err)
		}
		answer = command("READY", m.end.metadata)
	}
	m.peer = data
	return answer, true, nil
}

func (m *null) metadata() []byte { return m.peer }
func (m *null) cipher() cipher   { return nil }

// plain is the PLAIN mechanism: HELLO with name and password, WELCOME, INITIATE, READY.
type plain struct {
	end
	step int
	peer []byte
}

func (m *plain) first() ([]byte, error) {
	if m.server {
		return nil, nil
	}
	s := &m.security
	return command("HELLO", []byte{byte(len(s.Username))}, []byte(s.Username), []byte{byte(len(s.Password))}, []byte(s.Password)), nil
}

func (m *plain) next(body []byte) (answer []byte, done bool, err error) {
	name := []string{"WELCOME", "READY"}
	if m.server {
		name = []string{"HELLO", "INITIATE"}
	}
	if m.step == len(name) {
		return nil, false, fmt.Errorf("%w: after the handshake", errCommand)
	}
	data, err := expect(body, name[m.step])
	if err != nil {
		return nil, false, err
	}
	m.step++
	switch {
	case m.step == 2:
		m.peer = data
		if m.server {
			answer = command("READY", m.end.metadata)
		}
		return answer, true, nil
	case m.server:
		return m.hello(data)
	case len(data) > 0:
		return nil, false, fmt.Errorf("%w: WELCOME with data", errCommand)
	}
	return command("INITIATE", m.end.metadata), false, nil
}

// hello asks whether the name and the password will do.
func (m *plain) hello(data []byte) (answer []byte, done bool, err error) {
	username, rest, ok := shortText(data)
	password, rest, ok2 := shortText(rest)
	if !ok || !ok2 || len(rest) > 0 {
		return nil, false, fmt.Errorf("%w: HELLO is not a name and a password", errCommand)
	}
	who := zsock.Credentials{Mechanism: zsock.Plain, Addr: m.addr, Username: username, Password: password}
	if err := m.security.Authenticate(who); err != nil {
		return refuse(err)
	}
	return command("WELCOME"), false, nil
}

// shortText reads a length of one octet and so many octets.
func shortText(b []byte) (text string, rest []byte, ok bool) {
	if len(b) == 0 || int(b[0]) > len(b)-1 {
		return "", nil, false
	}
	n := 1 + int(b[0])
	return string(b[1:n]), b[n:], true
}

func (m *plain) metadata() []byte { return m.peer }
func (m *plain) cipher() cipher   { return nil }
