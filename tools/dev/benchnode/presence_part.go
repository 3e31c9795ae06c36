package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// presencePart has some nodes of a network.
type presencePart struct {
	carrier
	partFlags

	talk  talk
	mu    sync.Mutex
	exits map[string]int // by cause
	left  int            // nodes that do not know all others yet
}

func (m *presencePart) Run() error {
	m.talk, m.exits, m.left = parent(), map[string]int{}, m.Nodes
	for {
		var q question
		switch err := m.talk.hear(&q); {
		case errors.Is(err, io.EOF):
			return nil // nothing is closed: the end of the process is quicker
		case err != nil:
			return err
		}
		if err := m.answer(q); err != nil {
			return err
		}
	}
}

func (m *presencePart) answer(q question) error {
	if q == askBegin {
		return m.begin()
	}
	n := news{Type: string(q)}
	var err error
	if n.Processor, err = processorTime(); err != nil {
		return err
	}
	if n.Network, err = sent(); err != nil {
		return err
	}
	if q == askCost {
		if n.Memory, err = settled(); err != nil {
			return err
		}
		if n.Descriptors, err = descriptors(); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n.Exits = m.exits
	return m.talk.say(n)
}

func (m *presencePart) begin() error {
	for i := range m.Nodes {
		node, err := zyre.Start(context.Background(), zyre.Config{
			Name: nodeName(m.First + i), Port: m.Port, Interfaces: []string{m.Interface}, Transport: m.transport(),
		})
		if err != nil {
			return err
		}
		go m.watch(node, m.First+i)
	}
	return nil
}

// watch reads a node's events.
func (m *presencePart) watch(node *zyre.Node, number int) {
	known, complete := 0, false
	for e := range node.Events() {
		switch e.Type {
		case zyre.Enter:
			known++
		case zyre.Exit:
			known--
		default:
			continue
		}
		m.told(number, e)
		if known == m.All-1 && !complete {
			complete = true
			m.knows()
		}
	}
}

// told counts a coming or going, and says it.
func (m *presencePart) told(number int, e zyre.Event) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e.Type == zyre.Exit {
		m.exits[e.Cause.Error()]++
	}
	if m.Tell {
		m.talk.say(news{Type: e.Type.String(), Node: number, Peer: e.Name, At: time.Now()})
	}
}

// knows says when all here know all others.
func (m *presencePart) knows() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left--; m.left == 0 {
		m.talk.say(news{Type: "know", At: time.Now()})
	}
}

// sent is how many octets this machine, or this namespace of it, has sent on all interfaces; 0 where the system is not Linux.
func sent() (octets float64, err error) {
	data, err := os.ReadFile("/proc/net/dev")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	for line := range strings.Lines(string(data)) {
		_, counters, ok := strings.Cut(line, ":")
		if fields := strings.Fields(counters); ok && len(fields) > 8 {
			n, err := strconv.ParseFloat(fields[8], 64)
			if err != nil {
				return 0, err
			}
			octets += n
		}
	}
	return octets, err
}
