package main

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// mesh measures many nodes in one process.
type mesh struct {
	network
	Nodes int `default:"50" help:"How many."`
}

func (m *mesh) Run() error {
	begin := time.Now()
	var nodes []*zyre.Node
	for range m.Nodes {
		node, stop, err := m.start(m.config())
		if err != nil {
			return err
		}
		defer stop()
		nodes = append(nodes, node)
	}
	for _, node := range nodes {
		for range m.Nodes - 1 {
			if _, err := await(node, func(e zyre.Event) bool { return e.Type == zyre.Enter }); err != nil {
				return err
			}
		}
	}
	took := time.Since(begin).Seconds()
	memory, err := peakMemory()
	if err != nil {
		return err
	}
	return result{"took": took, "octets": memory}.print()
}

// idle measures the processor time of a node that only lives among its peers.
type idle struct {
	network
	Peers  int           `default:"10" help:"How many servers there are."`
	During time.Duration `default:"10s" help:"How long."`
}

func (m *idle) Run() error {
	node, stop, err := m.start(m.config())
	if err != nil {
		return err
	}
	defer stop()
	for range m.Peers {
		if _, err := await(node, is(greeting)); err != nil {
			return err
		}
	}
	go func() {
		for range node.Events() { // somebody has to read them
		}
	}()
	// The burst of announcements at birth is no idling.
	<-time.After(time.Second)
	before, err := processorTime()
	if err != nil {
		return err
	}
	begin := time.Now()
	<-time.After(m.During)
	after, err := processorTime()
	if err != nil {
		return err
	}
	return result{"share": (after - before).Seconds() / time.Since(begin).Seconds()}.print()
}
