package main

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// whispers measures how many a pair gets across: until the server has read the
// last and said so.
type whispers struct {
	network
	Count  int `default:"1000000" help:"How many."`
	Octets int `default:"100" help:"How long they are."`
}

func (m *whispers) Run() error {
	node, server, stop, err := m.meet()
	if err != nil {
		return err
	}
	defer stop()
	msg := make([]byte, m.Octets)
	begin := time.Now()
	for range m.Count {
		if err := node.Whisper(server, msg); err != nil {
			return err
		}
	}
	if err := node.Whisper(server, []byte(last)); err != nil {
		return err
	}
	if _, err := await(node, is(thanks)); err != nil {
		return err
	}
	took := time.Since(begin).Seconds()
	return result{"rate": float64(m.Count) / took, "took": took}.print()
}

// shouts measures how many deliveries the members of a group get: until each
// has read the last shout and said so.
type shouts struct {
	network
	Count   int `default:"200000" help:"How many shouts."`
	Octets  int `default:"100" help:"How long they are."`
	Members int `default:"10" help:"How many servers there are."`
}

func (m *shouts) Run() error {
	node, stop, err := m.start(m.config())
	if err != nil {
		return err
	}
	defer stop()
	for range m.Members {
		if _, err := await(node, func(e zyre.Event) bool { return e.Type == zyre.Join && e.Group == group }); err != nil {
			return err
		}
	}
	msg := make([]byte, m.Octets)
	begin := time.Now()
	for range m.Count {
		if err := node.Shout(group, msg); err != nil {
			return err
		}
	}
	if err := node.Shout(group, []byte(last)); err != nil {
		return err
	}
	for range m.Members {
		if _, err := await(node, is(thanks)); err != nil {
			return err
		}
	}
	took := time.Since(begin).Seconds()
	return result{"rate": float64(m.Count*m.Members) / took, "took": took}.print()
}
