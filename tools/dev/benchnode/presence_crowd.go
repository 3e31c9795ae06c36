package main

import (
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// crowd measures many nodes in a few processes: until all know all, and what becomes of them then.
type crowd struct {
	ground
	Nodes     int           `default:"50" help:"How many."`
	Processes int           `default:"1" help:"In how many processes; 0: as few as the system's limit of descriptors allows."`
	Before    time.Duration `help:"How long they have to get quiet after they have met."`
	During    time.Duration `help:"How long they are watched then."`
	Busy      bool          `help:"Meanwhile others keep all cores busy."`
	Alone     bool          `help:"On a network of their own, so that nobody else's octets are counted. Takes root and Linux."`
}

// perNode is how many descriptors a node takes besides two for each peer.
const perNode = 8

func (m *crowd) Run() error {
	if m.Processes == 0 {
		limit, err := descriptorLimit()
		if err != nil {
			return err
		}
		m.Processes = 1
		for (m.Nodes+m.Processes-1)/m.Processes*(2*m.Nodes+perNode)+100 > limit {
			if m.Processes++; m.Processes > m.Nodes {
				return fmt.Errorf("one node among %d takes more than the %d descriptors that this machine allows (ulimit -Hn)", m.Nodes, limit)
			}
		}
	}
	if !m.Alone {
		return m.measure(nil)
	}
	return netlab.Outside(func(lab *netlab.Lab) error { return m.measure(lab.Host("alone")) })
}

func (m *crowd) measure(on *netlab.Host) (err error) {
	var parts []*other
	defer func() {
		for _, p := range parts {
			p.end()
		}
	}()
	for i := range m.Processes {
		first, end := i*m.Nodes/m.Processes, (i+1)*m.Nodes/m.Processes
		p, err := m.part(on, partFlags{First: first, Nodes: end - first, All: m.Nodes})
		if err != nil {
			return err
		}
		parts = append(parts, p)
	}
	began := time.Now()
	for _, p := range parts {
		if err := p.say(askBegin); err != nil {
			return err
		}
	}
	r := result{"processes": float64(m.Processes)}
	for _, p := range parts {
		n, err := hear(p, "know")
		if err != nil {
			return err
		}
		r["took"] = max(r["took"], n.At.Sub(began).Seconds())
	}
	if m.Busy {
		for range runtime.NumCPU() {
			b, err := start("burn")
			if err != nil {
				return err
			}
			defer b.end()
		}
	}
	<-time.After(m.Before)
	began = time.Now()
	if err := m.sum(parts, askUse, func(n news) {
		r["cpu"] -= n.Processor.Seconds()
		r["network"] = -n.Network // each tells the same
	}); err != nil {
		return err
	}
	<-time.After(m.During)
	during := time.Since(began).Seconds()
	network := r["network"]
	if err := m.sum(parts, askUse, func(n news) {
		r["cpu"] += n.Processor.Seconds()
		r["network"] = network + n.Network
	}); err != nil {
		return err
	}
	r["share"], r["network"] = r["cpu"]/during, r["network"]/during
	causes := map[string]int{}
	r["exits"] = 0
	if err := m.sum(parts, askCost, func(n news) {
		r["memory"] += n.Memory
		r["descriptors"] = max(r["descriptors"], float64(n.Descriptors))
		for cause, count := range n.Exits {
			causes[cause] += count
			r["exits"] += float64(count)
		}
	}); err != nil {
		return err
	}
	if len(causes) > 0 {
		fmt.Fprintln(os.Stderr, "benchnode: EXITs:", causes)
	}
	return r.print()
}

// sum asks all parts.
func (m *crowd) sum(parts []*other, q question, add func(news)) error {
	for _, p := range parts {
		n, err := q.ask(p)
		if err != nil {
			return err
		}
		add(n)
	}
	return nil
}

// burn keeps a core busy until it is told to end.
type burn struct{}

func (burn) Run() error {
	end := make(chan error, 1)
	go func() { end <- atEnd(parent().hear(&nothing{})) }()
	for {
		for range 1_000_000 {
		}
		select {
		case err := <-end:
			return err
		default:
		}
	}
}
