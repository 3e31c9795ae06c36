package zretester

import (
	_ "embed"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// Scenario says what happens in a run.
type Scenario struct {
	Nodes      int           // in the pool
	For        time.Duration // how long nodes come and go; 0: until interrupted
	Settle     time.Duration // how long after that, and after a fault, until views must agree
	Processes  int           // that share the pool
	Namespaces int           // the same, each in a network namespace of its own; 0: none

	Every time.Duration // about so often a node is started or stopped
	First float64       // this part of the nodes is started at once
	Kill  time.Duration // about so often a process is killed; 0: never

	Groups     int           // that nodes join and leave
	GroupEvery time.Duration // about so often each node does

	Shout  time.Duration // about so often somebody shouts; 0: never
	Octets int           // of a message at most, beside what the checker needs

	Faults []Fault // in the order of the file

	Sim zyretest.Simulation // of a simulated run; Nodes, Seed and For are not used
}

// Fault is something that happens to the network, or to processes.
type Fault struct {
	What   string
	At     time.Duration // from the start
	For    time.Duration // 0: until the end
	Every  time.Duration // 0: once
	Amount float64       // loss, lossy: of 1; delay: seconds
	Hosts  []int         // from 1; empty: see hosts
}

// What a fault may be.
const (
	loss      = "loss"
	lossy     = "lossy"
	delay     = "delay"
	partition = "partition"
	cut       = "cut"
	halt      = "stop"
)

var faults = []string{loss, lossy, delay, partition, cut, halt}

// Bounds of what one machine can be asked for.
const (
	maxNodes     = 10_000
	maxProcesses = 1000
	maxOctets    = 1 << 20
)

// Example is the scenario of a run without a file, with comments.
//
//go:embed scenario.toml
var Example string

// Indented is Example as it stands in a longer text.
func Indented() string { return "    " + strings.ReplaceAll(Example, "\n", "\n    ") }

// standard is what Example says.
func standard() Scenario {
	s, err := parseScenario("scenario.toml", []byte(Example), Scenario{})
	if err != nil {
		panic(err) // it is ours
	}
	return s
}

// everywhere tells whether a fault concerns all hosts unless it names some.
func (f *Fault) everywhere() bool { return f.What == loss || f.What == lossy || f.What == delay }

// hosts returns which of so many hosts a fault concerns, from 1.
func (f *Fault) hosts(of int) []int {
	if len(f.Hosts) > 0 {
		return f.Hosts
	}
	last := of
	if !f.everywhere() {
		last = max(1, of/2)
	}
	hosts := make([]int, 0, last)
	for i := 1; i <= last; i++ {
		hosts = append(hosts, i)
	}
	return hosts
}
