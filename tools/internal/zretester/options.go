// Package zretester is what the tool zretester does: it keeps a pool of nodes
// of which some are started and stopped at random while all talk, and checks
// what each of them tells, on real sockets in one or several processes, in
// network namespaces with faults, or in the simulator.
package zretester

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// Options are the command line. A flag that was not given is its zero value, or nil.
type Options struct {
	cli.Carrier
	Scenario   string
	Nodes      int
	For        *time.Duration
	Settle     *time.Duration
	Processes  int
	Kill       *time.Duration
	Namespaces int
	Loss       string // as "30%"
	Delay      time.Duration
	Partition  string // as "20s/60s": so long, so often
	Interface  []string
	Port       uint16
	Sim        bool
	Seed       uint64 // 0: a random one
	Seeds      int
	ZyreJS     int
	JSON       bool
}

// maxHosts is how many namespaces the network of --namespaces has room for.
const maxHosts = 200

// What a simulated run is when nobody says otherwise.
const (
	simNodes = 20
	simFor   = 6 * time.Minute
)

// scenario is what the standard, the file and the flags come to, the last first.
func (o *Options) scenario() (Scenario, error) {
	s := standard()
	if o.Sim {
		s.Nodes, s.For = simNodes, simFor
	}
	if o.Scenario != "" {
		read, err := readScenario(o.Scenario, s)
		if err != nil {
			return s, err
		}
		s = read
	}
	if o.Nodes != 0 {
		s.Nodes = o.Nodes
	}
	for _, flag := range []struct {
		given *time.Duration
		into  *time.Duration
	}{{o.For, &s.For}, {o.Settle, &s.Settle}, {o.Kill, &s.Kill}} {
		if flag.given != nil {
			*flag.into = *flag.given
		}
	}
	if o.Processes != 0 {
		s.Processes = o.Processes
	}
	if o.Namespaces != 0 {
		s.Namespaces = o.Namespaces
	}
	err := o.faults(&s)
	if err == nil {
		err = o.check(&s)
	}
	return s, err
}

// faults adds those that flags ask for.
func (o *Options) faults(s *Scenario) error {
	if o.Loss != "" {
		amount, ok := parsePercent(o.Loss)
		if !ok {
			return cli.Usagef("--loss %s: it is a percentage, such as 30%%, from 0%% to 100%%", o.Loss)
		}
		s.Faults = append(s.Faults, Fault{What: loss, Amount: amount})
	}
	if o.Delay != 0 {
		if o.Delay < 0 || o.Delay > maxDelay {
			return cli.Usagef("--delay %v: it may be at most %v", o.Delay, maxDelay)
		}
		s.Faults = append(s.Faults, Fault{What: delay, Amount: o.Delay.Seconds()})
	}
	if o.Partition != "" {
		length, every, ok := strings.Cut(o.Partition, "/")
		l, err := time.ParseDuration(length)
		e, err2 := time.ParseDuration(every)
		if !ok || err != nil || err2 != nil || l <= 0 || e <= l {
			return cli.Usagef("--partition %s: it is a length and a rhythm, such as 20s/60s: 20 seconds of each minute", o.Partition)
		}
		s.Faults = append(s.Faults, Fault{What: partition, At: e - l, For: l, Every: e})
	}
	return nil
}

// check refuses what makes no sense together.
func (o *Options) check(s *Scenario) error {
	for _, d := range []struct {
		flag string
		time time.Duration
	}{{"for", s.For}, {"settle", s.Settle}, {"kill", s.Kill}} {
		if err := cli.CheckDuration(d.flag, d.time); err != nil {
			return err
		}
	}
	switch {
	case s.Settle < time.Second:
		return cli.Usagef("--settle %v: nobody can agree in less than %v", s.Settle, time.Second)
	case s.Nodes < 1 || s.Nodes > maxNodes:
		return cli.Usagef("--nodes %d: a pool has 1 to %d", s.Nodes, maxNodes)
	case s.Processes < 1 || s.Processes > maxProcesses:
		return cli.Usagef("--processes %d: 1 to %d are possible", s.Processes, maxProcesses)
	case s.Namespaces < 0 || s.Namespaces > maxHosts:
		return cli.Usagef("--namespaces %d: 2 to %d are possible", s.Namespaces, maxHosts)
	case s.Namespaces == 1:
		return cli.Usagef("--namespaces 1: a network has 2 at least")
	case s.Namespaces > 0 && s.Processes > 1:
		return cli.Usagef("--namespaces and --processes: a namespace is a process already: give one of the two")
	case max(s.Namespaces, s.Processes) > s.Nodes:
		return cli.Usagef("%d nodes are too few for %d processes", s.Nodes, max(s.Namespaces, s.Processes))
	case o.Sim && (s.Namespaces > 0 || s.Processes > 1 || o.ZyreJS > 0 || len(o.Interface) > 0 || o.Port != 0):
		return cli.Usagef("--sim has no real sockets: --processes, --namespaces, --interface, --port and --zyrejs make no sense with it")
	case o.Sim && o.Settle != nil:
		return cli.Usagef("--settle is not for --sim: a simulated network has a time of its own to come to rest")
	case o.Sim && s.For == 0:
		return cli.Usagef("--sim needs a --for: nothing would end it")
	case !o.Sim && o.Seeds != 0:
		return cli.Usagef("--seeds is for --sim")
	case o.Seeds < 0:
		return cli.Usagef("--seeds %d: at least one makes sense", o.Seeds)
	case o.Sim && len(s.Faults) > 0:
		return cli.Usagef("--sim has faults of its own: see the section sim of a scenario")
	case len(s.Faults) > 0 && s.Namespaces == 0:
		return cli.Usagef("faults need a network of their own: give --namespaces")
	case s.Namespaces > 0 && (len(o.Interface) > 0 || o.Port != 0):
		return cli.Usagef("--namespaces has a network of its own: --interface and --port make no sense with it")
	case s.Kill > 0 && s.Namespaces == 0 && s.Processes < 2:
		return cli.Usagef("--kill kills whole processes: give --processes 2 or more, or --namespaces")
	case o.ZyreJS < 0 || o.ZyreJS > maxProcesses:
		return cli.Usagef("--zyrejs %d: 1 to %d are possible", o.ZyreJS, maxProcesses)
	case o.ZyreJS > 0 && s.Namespaces > 0:
		return cli.Usagef("--zyrejs works on this machine's own network: not with --namespaces")
	}
	for _, f := range s.Faults {
		for _, host := range f.Hosts {
			if host > s.Namespaces {
				return cli.Usagef("a fault of host %d: there are %d", host, s.Namespaces)
			}
		}
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// seed is what the run's choices come from.
func (o *Options) seed() uint64 {
	if o.Seed != 0 {
		return o.Seed
	}
	return 1 + rand.Uint64N(1<<32)
}
