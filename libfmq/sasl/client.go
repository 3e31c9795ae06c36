package sasl

import (
	"fmt"
	"slices"
	"strings"
)

// Client has the mechanisms that a client is willing to use. It may be used by several goroutines, if its mechanisms may.
type Client struct {
	mechanisms []ClientMechanism
}

// NewClient makes a client that uses the first of the mechanisms that its server offers. So whoever wants no password to
// be sent to a server that lets everybody in puts ANONYMOUS before PLAIN, and whoever wants to be known the other way round.
func NewClient(mechanisms ...ClientMechanism) (*Client, error) {
	var names []string
	for _, m := range mechanisms {
		names = append(names, m.Name())
	}
	if err := checkNames(names); err != nil {
		return nil, err
	}
	return &Client{mechanisms}, nil
}

// Start begins an exchange with a server.
func (c *Client) Start() *Answers { return &Answers{client: c} }

// Answers is what a client says to one server.
type Answers struct {
	client *Client
	name   string
	inner  ClientExchange
	rounds int
}

// Answer takes the mechanisms that the server offers and its challenge. It gives the mechanism chosen, which remains
// the same for all challenges, and the response. An error is ErrMechanism if the server offers none that we have, ErrMalformed,
// or the mechanism's own.
func (a *Answers) Answer(offered []string, challenge []byte) (mechanism string, response []byte, err error) {
	if len(challenge) > MaxMessage {
		return "", nil, fmt.Errorf("%w: a challenge of %d octets", ErrMalformed, len(challenge))
	}
	if a.rounds++; a.rounds > MaxRounds {
		return "", nil, fmt.Errorf("%w: no end after %d challenges", ErrMalformed, MaxRounds)
	}
	if a.inner == nil {
		m, err := a.client.choose(offered)
		if err != nil {
			return "", nil, err
		}
		a.name, a.inner = m.Name(), m.Start()
	}
	response, err = a.inner.Answer(challenge)
	if err != nil {
		return "", nil, err
	}
	return a.name, response, nil
}

func (c *Client) choose(offered []string) (ClientMechanism, error) {
	if len(offered) > MaxMechanisms {
		return nil, fmt.Errorf("%w: a list of %d mechanisms", ErrMalformed, len(offered))
	}
	for _, m := range c.mechanisms {
		if slices.Contains(offered, m.Name()) {
			return m, nil
		}
	}
	return nil, fmt.Errorf("%w: the server offers %.200q", ErrMechanism, strings.Join(offered, " "))
}
