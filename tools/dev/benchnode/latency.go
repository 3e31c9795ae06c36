package main

import (
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// enter measures from the call of Start until the new node has the server's
// ENTER and the server has the new node's: it says so in a whisper, the time of
// which is counted too.
type enter struct {
	network
	Count int `default:"60" help:"How many nodes."`
}

func (m *enter) Run() error {
	var took []time.Duration
	for range m.Count {
		d, err := m.once()
		if err != nil {
			return err
		}
		took = append(took, d)
	}
	return percentiles(took).print()
}

func (m *enter) once() (time.Duration, error) {
	begin := time.Now()
	_, _, stop, err := m.meet()
	if err != nil {
		return 0, err
	}
	defer stop()
	return time.Since(begin), nil
}

// roundtrip measures whispers that come back.
type roundtrip struct {
	network
	Count  int `default:"20000" help:"How many."`
	Octets int `default:"100" help:"How long they are."`
}

func (m *roundtrip) Run() error {
	node, server, stop, err := m.meet()
	if err != nil {
		return err
	}
	defer stop()
	msg := make([]byte, m.Octets)
	var took []time.Duration
	for i := range m.Count + m.Count/10 {
		begin := time.Now()
		if err := node.Whisper(server, msg); err != nil {
			return err
		}
		if _, err := await(node, func(e zyre.Event) bool { return e.Type == zyre.Whisper }); err != nil {
			return err
		}
		if i >= m.Count/10 { // the first are for warming up
			took = append(took, time.Since(begin))
		}
	}
	return percentiles(took).print()
}

func percentiles(took []time.Duration) result {
	slices.Sort(took)
	at := func(percent int) float64 { return took[(len(took)-1)*percent/100].Seconds() }
	return result{"p50": at(50), "p99": at(99), "count": float64(len(took))}
}
