package sasl

import "fmt"

// AnonymousServer accepts everybody (ANONYMOUS, RFC 4505).
type AnonymousServer struct{}

// Name is "ANONYMOUS".
func (AnonymousServer) Name() string { return "ANONYMOUS" }

// Start begins an exchange.
func (a AnonymousServer) Start() ServerExchange { return a }

// Respond takes the trace: whatever the client wants to say of itself, or nothing.
func (AnonymousServer) Respond(response []byte) ([]byte, *Identity, error) {
	trace, err := ParseAnonymous(response)
	if err != nil {
		return nil, nil, err
	}
	return nil, &Identity{Trace: string(trace)}, nil
}

// ParseAnonymous reads a response of ANONYMOUS, which is the trace. It is any octets, at most MaxText of them: print it with care. An
// error is ErrMalformed.
func ParseAnonymous(response []byte) (trace []byte, err error) {
	if len(response) > MaxText {
		return nil, fmt.Errorf("%w: ANONYMOUS: the trace has %d octets, at most %d", ErrMalformed, len(response), MaxText)
	}
	return response, nil
}

// AnonymousClient does not say who it is. The trace is optional: a text that helps the server's operator, an e-mail address for
// instance.
type AnonymousClient struct {
	Trace string // at most MaxText octets; may be empty
}

// Name is "ANONYMOUS".
func (AnonymousClient) Name() string { return "ANONYMOUS" }

// Start begins an exchange.
func (a AnonymousClient) Start() ClientExchange {
	return &once{func() ([]byte, error) {
		if len(a.Trace) > MaxText {
			return nil, fmt.Errorf("%w: ANONYMOUS: the trace has %d octets, at most %d", ErrInvalid, len(a.Trace), MaxText)
		}
		return []byte(a.Trace), nil
	}}
}
