package sasl

import "fmt"

// Server offers mechanisms to clients. It may be used by several goroutines, if its mechanisms may.
type Server struct {
	mechanisms []ServerMechanism
	names      []string
}

// NewServer makes a server that accepts any of the mechanisms. They are offered in this order.
func NewServer(mechanisms ...ServerMechanism) (*Server, error) {
	s := &Server{mechanisms: mechanisms}
	for _, m := range mechanisms {
		s.names = append(s.names, m.Name())
	}
	if err := checkNames(s.names); err != nil {
		return nil, err
	}
	return s, nil
}

// Offer is the list of names that goes to the client.
func (s *Server) Offer() []string { return append([]string(nil), s.names...) }

// Start begins an exchange with a client. The first challenge is empty, since the client has yet to choose.
func (s *Server) Start() *Exchange { return &Exchange{server: s} }

// Exchange is what a server does with one client. It decides once; for another attempt a new one is started.
type Exchange struct {
	server *Server
	name   string // what the client has chosen
	inner  ServerExchange
	rounds int
	over   bool
}

// Respond takes the mechanism that the client has chosen and its response. Its result is one of three: a challenge, to
// which the client responds in turn; who the client is; or an error, which refuses it and is ErrRefused, ErrMechanism,
// ErrMalformed or the mechanism's own. What the error says is for the server's log, not for the client.
func (e *Exchange) Respond(mechanism string, response []byte) (challenge []byte, who *Identity, err error) {
	if e.over {
		return nil, nil, fmt.Errorf("%w: this exchange is over", ErrRefused)
	}
	challenge, who, err = e.respond(mechanism, response)
	if err != nil {
		e.over = true
		return nil, nil, err
	}
	if who != nil {
		e.over = true
		who.Mechanism = e.name
		return nil, who, nil
	}
	return challenge, nil, nil
}

func (e *Exchange) respond(mechanism string, response []byte) ([]byte, *Identity, error) {
	switch {
	case len(response) > MaxMessage:
		return nil, nil, fmt.Errorf("%w: a response of %d octets", ErrMalformed, len(response))
	case e.inner != nil && mechanism != e.name:
		return nil, nil, fmt.Errorf("%w: the client has begun with %s and goes on with %.20q", ErrMechanism, e.name, mechanism)
	case e.rounds >= MaxRounds:
		return nil, nil, fmt.Errorf("%w: no end after %d responses", ErrRefused, MaxRounds)
	}
	e.rounds++
	for i, name := range e.server.names {
		if e.inner == nil && name == mechanism {
			e.name, e.inner = name, e.server.mechanisms[i].Start()
		}
	}
	if e.inner == nil {
		return nil, nil, fmt.Errorf("%w: the client wants %.20q", ErrMechanism, mechanism)
	}
	return e.inner.Respond(response)
}
