package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// simulate measures what cannot be had: so many nodes, so much time, a network that is so bad. It runs the code of the nodes in a network
// and a time that do not exist, on one core.
type simulate struct {
	ground         // nothing of it is needed
	What   string  `arg:"" enum:"loss,thousand,air" help:"A network that loses and stalls, a thousand nodes, or an access point."`
	Nodes  int     `help:"How many. By default 20, 1,000 and 100."`
	Hours  float64 `default:"100" help:"Loss: hours of one node, of all together."`
	Seed   uint64  `default:"1" help:"What all follows from."`
}

func (m *simulate) Run() error {
	s := zyretest.Simulation{Nodes: m.Nodes, Seed: m.Seed, Quiet: true, Shrink: -1}
	switch m.What {
	case "loss":
		m.loss(&s)
	case "thousand":
		or(&s.Nodes, 1000)
		s.For, s.Churn = 5*time.Minute+30*time.Second, time.Second
	case "air":
		m.air(&s)
	}
	r, err := zyretest.Simulate(context.Background(), s)
	if err != nil {
		return err
	}
	for i, f := range r.Findings {
		if i < 10 {
			fmt.Fprintf(os.Stderr, "benchnode: %v\n", f)
		}
	}
	cpu, err := processorTime()
	if err != nil {
		return err
	}
	exits := 0.0
	for _, n := range r.Figures.Exits {
		exits += float64(n)
	}
	return result{
		"exits": exits, "findings": float64(len(r.Findings)), "wall": r.Wall.Seconds(), "cpu": cpu.Seconds(), "rate": r.EventsPerSecond,
		"octets": float64(r.OctetsPerLink), "links": float64(r.Links), "share": r.Airtime, "enters": float64(r.Figures.Enters),
	}.print()
}

// loss is a fifth of all datagrams lost, as many segments of TCP, and connections that stall for up to 2 s all the time.
func (m *simulate) loss(s *zyretest.Simulation) {
	or(&s.Nodes, 20)
	s.For = time.Duration(m.Hours / float64(s.Nodes) * float64(time.Hour))
	s.Networks = []zyretest.Network{{Latency: time.Millisecond, Jitter: 5 * time.Millisecond, Loss: 0.2}}
	random := rand.New(rand.NewPCG(m.Seed, 0))
	s.Actions = starts(s.Nodes, 3*time.Second)
	rests := map[[2]int]time.Duration{} // until when two are left alone: stalls that follow each other at once are a longer one
	for at := 10 * time.Second; at < s.For-10*time.Second; at += span(random, 0, 4*time.Second/time.Duration(s.Nodes)) {
		a, b, stall := random.IntN(s.Nodes), random.IntN(s.Nodes), span(random, 100*time.Millisecond, 2*time.Second)
		pair := [2]int{min(a, b), max(a, b)}
		if a == b || at < rests[pair] {
			continue
		}
		rests[pair] = at + stall + 5*time.Second
		s.Actions = append(s.Actions, zyretest.Action{At: at, Do: "stall", Node: a, With: b, For: stall})
	}
}

// air is an access point whose clients come one after the other, and stay.
func (m *simulate) air(s *zyretest.Simulation) {
	or(&s.Nodes, 100)
	coming := time.Duration(s.Nodes) * 3 * time.Second / 2
	s.For = coming + 20*time.Minute
	s.Networks = []zyretest.Network{{Latency: time.Millisecond, AccessPoint: true}}
	s.Actions = starts(s.Nodes, coming)
}

func starts(nodes int, within time.Duration) (actions []zyretest.Action) {
	for i := range nodes {
		actions = append(actions, zyretest.Action{At: within * time.Duration(i) / time.Duration(nodes), Do: "start", Node: i})
	}
	return actions
}

func span(random *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(random.Int64N(int64(to-from)))
}

func or(value *int, otherwise int) {
	if *value == 0 {
		*value = otherwise
	}
}
