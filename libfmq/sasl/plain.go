package sasl

import (
	"bytes"
	"fmt"
)

// PlainMessage is what a client says in PLAIN (RFC 4616).
type PlainMessage struct {
	As       []byte // whom the client wants to act for; empty: itself
	Login    []byte // 1 octet to MaxText of them, no NUL
	Password []byte // the same
}

// ParsePlain reads a response of PLAIN: [identity to act as] NUL login NUL password. Texts are any octets but NUL, at most
// MaxText of them; login and password are not empty. The result aliases the response. An error is ErrMalformed.
func ParsePlain(response []byte) (PlainMessage, error) {
	var m PlainMessage
	var ok1, ok2 bool
	m.As, response, ok1 = bytes.Cut(response, []byte{0})
	m.Login, m.Password, ok2 = bytes.Cut(response, []byte{0})
	if !ok1 || !ok2 {
		return PlainMessage{}, fmt.Errorf("%w: PLAIN is three texts with NUL between them", ErrMalformed)
	}
	if err := m.check(ErrMalformed); err != nil {
		return PlainMessage{}, err
	}
	return m, nil
}

// Append appends the response to dst. An error is ErrInvalid, and dst comes back unchanged.
func (m PlainMessage) Append(dst []byte) ([]byte, error) {
	if err := m.check(ErrInvalid); err != nil {
		return dst, err
	}
	dst = append(append(dst, m.As...), 0)
	dst = append(append(dst, m.Login...), 0)
	return append(dst, m.Password...), nil
}

func (m PlainMessage) check(kind error) error {
	for _, t := range []struct {
		name string
		text []byte
	}{{"the identity to act as", m.As}, {"the login", m.Login}, {"the password", m.Password}} {
		if len(t.text) > MaxText {
			return fmt.Errorf("%w: PLAIN: %s has %d octets, at most %d", kind, t.name, len(t.text), MaxText)
		}
		if bytes.IndexByte(t.text, 0) >= 0 {
			return fmt.Errorf("%w: PLAIN: %s holds a NUL octet", kind, t.name)
		}
	}
	if len(m.Login) == 0 {
		return fmt.Errorf("%w: PLAIN: the login is empty", kind)
	}
	if len(m.Password) == 0 { // a directory that is asked may take that for no question at all, and say yes
		return fmt.Errorf("%w: PLAIN: the password is empty", kind)
	}
	return nil
}

// PlainServer accepts clients by their login and password. Check says whether they are right; [Logins.Check] is one. A client
// that wants to act for somebody else is refused.
type PlainServer struct {
	Check func(login, password []byte) bool // nil: nobody is let in
}

// Name is "PLAIN".
func (PlainServer) Name() string { return "PLAIN" }

// Start begins an exchange.
func (p PlainServer) Start() ServerExchange { return plainExchange{p.Check} }

type plainExchange struct {
	check func(login, password []byte) bool
}

func (e plainExchange) Respond(response []byte) ([]byte, *Identity, error) {
	m, err := ParsePlain(response)
	if err != nil {
		return nil, nil, err
	}
	right := e.check != nil && e.check(m.Login, m.Password) // who has nothing to check with lets nobody in
	if !right || len(m.As) > 0 && !bytes.Equal(m.As, m.Login) {
		return nil, nil, ErrRefused
	}
	return nil, &Identity{Login: string(m.Login), As: string(m.Login)}, nil
}

// PlainClient shows a login and a password.
type PlainClient struct {
	Login, Password string // 1 octet to MaxText of them, no NUL
}

// Name is "PLAIN".
func (PlainClient) Name() string { return "PLAIN" }

// Start begins an exchange.
func (p PlainClient) Start() ClientExchange {
	return &once{func() ([]byte, error) {
		return PlainMessage{Login: []byte(p.Login), Password: []byte(p.Password)}.Append(nil)
	}}
}

// once is the client's side of mechanisms that have one response, whatever the server says.
type once struct{ respond func() ([]byte, error) }

func (o *once) Answer([]byte) ([]byte, error) {
	respond := o.respond
	if respond == nil {
		return nil, fmt.Errorf("%w: the server challenges again, but the mechanism has one response only", ErrMalformed)
	}
	o.respond = nil
	return respond()
}
