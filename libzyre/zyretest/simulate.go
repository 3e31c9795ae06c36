package zyretest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/internal/sim"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// Simulation describes a network and a time that do not exist, in which nodes of the
// production code live. The zero value is 20 nodes on a good network for six minutes.
//
// Draft.
type Simulation struct {
	// Nodes is how many there are. Default 20.
	Nodes int `json:"nodes" toml:"nodes"`
	// Seed is what everything follows from: the same seed gives the same history.
	Seed uint64 `json:"seed" toml:"seed"`
	// For is how much time passes in the simulation. Default 6 minutes.
	For time.Duration `json:"for" toml:"for"`
	// Faults lets everything go wrong that can, at random: lost datagrams, partitions, hosts that sleep,
	// move and die, processes that hang.
	Faults bool `json:"faults" toml:"faults"`
	// Churn is the mean time between a node's coming or going. Default: none, or with Faults 4 s.
	Churn time.Duration `json:"churn,omitempty" toml:"churn"`
	// Networks are the segments that hosts are on: all on the first, each third on each of the others.
	// Default: one good wire, or with Faults what the seed brings.
	Networks []Network `json:"networks,omitempty" toml:"networks"`
	// PerHost is how many nodes share a host. Default 1.
	PerHost int `json:"per-host,omitempty" toml:"per-host"`
	// HighWater is how many messages are queued for a peer. Default 3000.
	HighWater int `json:"high-water,omitempty" toml:"high-water"`
	// Quiet applications do nothing by themselves, and only answer.
	Quiet bool `json:"quiet,omitempty" toml:"quiet"`
	// Actions are what is done. Default: what Seed, Churn and Faults bring.
	Actions []Action `json:"actions,omitempty" toml:"actions"`
	// Shrink is how long, of real time, a shorter history is looked for when there are findings. Default:
	// 10 s; negative: not at all.
	Shrink time.Duration `json:"-" toml:"-"`
	// Trace gets the traces of all nodes in one, as Config.Trace of a node does; see package trace. Default: none.
	Trace io.Writer `json:"-" toml:"-"`
}

// Network says how a segment carries what is sent.
type Network = sim.Wire

// Action is one thing that is done to a simulated network at a time; see the
// names of what can be done, in Actions.
type Action = sim.Action

// Actions are the names of what can be done: the values of Action.Do.
func Actions() []string { return sim.Names() }

// Report is what came of a simulation.
type Report struct {
	Seed            uint64            `json:"seed"`              // repeats it
	Findings        []history.Finding `json:"findings"`          // what must not be, oldest first
	Figures         history.Figures   `json:"figures"`           // what was seen
	Hash            uint64            `json:"hash"`              // of all that applications were told: equal for equal histories
	Events          uint64            `json:"events"`            // that were simulated
	Messages        uint64            `json:"messages"`          // that were sent
	Wall            time.Duration     `json:"wall"`              // how long it took, in nanoseconds
	Simulated       time.Duration     `json:"simulated"`         // how much time passed in it, in nanoseconds
	EventsPerSecond float64           `json:"events-per-second"` // of real time
	Links           int               `json:"links"`             // connections in the end
	OctetsPerLink   uint64            `json:"octets-per-link"`   // of all memory; 0: not measured
	Airtime         float64           `json:"airtime"`           // the share of beacons, on the first access point
	Busy            float64           `json:"busy"`              // and of everything
	// Shortest are the fewest actions that were found to lead to the first finding.
	Shortest []Action `json:"shortest,omitempty"`
	// Transcript is what happened then between the two nodes that the finding is about.
	Transcript []string `json:"transcript,omitempty"`
}

// Simulate runs a simulation. It uses one core, and returns early, with the
// cause, when ctx ends. Findings are no error.
func Simulate(ctx context.Context, s Simulation) (Report, error) {
	if err := s.check(); err != nil {
		return Report{Seed: s.Seed}, err
	}
	cfg := sim.Config{
		Nodes: s.Nodes, Seed: s.Seed, For: s.For, Faults: s.Faults, Churn: s.Churn, Segments: s.Networks, PerHost: s.PerHost,
		HighWater: s.HighWater, Quiet: s.Quiet, Actions: s.Actions, Shrink: s.Shrink, Trace: s.Trace,
	}
	if cfg.Shrink == 0 {
		cfg.Shrink = 10 * time.Second
	}
	r, err := sim.Run(ctx, cfg)
	if err != nil {
		return Report{Seed: s.Seed}, err
	}
	report := Report{
		Seed: s.Seed, Findings: r.Findings, Figures: r.Figures, Hash: r.Hash, Events: r.Events, Messages: r.Messages,
		Wall: r.Wall, Simulated: r.Simulated, EventsPerSecond: float64(r.Events) / r.Wall.Seconds(), Links: r.Links,
		OctetsPerLink: r.PerLink, Airtime: r.Airtime, Busy: r.Busy, Transcript: r.History,
	}
	if len(r.History) > 0 {
		report.Shortest = r.Actions
	}
	return report, nil
}

// check refuses what cannot be simulated.
func (s Simulation) check() error {
	switch {
	case s.Nodes < 0 || s.Nodes > 10_000:
		return fmt.Errorf("%w: a simulation of %d nodes: 1 to 10,000 are possible", zyre.ErrInvalid, s.Nodes)
	case s.For < 0 || s.Churn < 0 || s.Churn > 0 && s.Churn < time.Millisecond:
		return fmt.Errorf("%w: a simulation for %v with a node coming or going every %v: neither is negative, and a millisecond is the shortest", zyre.ErrInvalid, s.For, s.Churn)
	case s.PerHost < 0 || s.HighWater < 0:
		return fmt.Errorf("%w: %d nodes on a host and queues of %d messages: neither is negative", zyre.ErrInvalid, s.PerHost, s.HighWater)
	}
	for i, n := range s.Networks {
		for _, share := range []float64{n.Loss, n.Resent, n.Doubled, n.Late} {
			if !(share >= 0 && share <= 1) {
				return fmt.Errorf("%w: network %d: a share of %v: 0 to 1 is possible", zyre.ErrInvalid, i, share)
			}
		}
	}
	for i, a := range s.Actions {
		if !slices.Contains(Actions(), a.Do) {
			return fmt.Errorf("%w: action %d: %q is nothing that can be done: %s are", zyre.ErrInvalid, i, a.Do, strings.Join(Actions(), ", "))
		}
	}
	return nil
}
