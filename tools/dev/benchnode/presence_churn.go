package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// churn has nodes that join and leave groups all the time, with short queues, and judges what they tell.
type churn struct {
	ground
	Nodes     int           `default:"100" help:"How many."`
	Processes int           `default:"2" help:"In how many processes."`
	Groups    int           `default:"10" help:"How many groups there are."`
	HighWater int           `default:"10" help:"How many messages are queued for a peer."`
	During    time.Duration `default:"30s" help:"How long. Each node joins or leaves once a second, and shouts once."`
	Calm      time.Duration `default:"20s" help:"How long views have to agree afterwards."`
}

// What the checker's rules are about, for the table.
var (
	wrongViews = []string{history.RuleView, history.RuleMembers, history.RuleGroup, history.RuleOrder, history.RuleGhost}
	silentGaps = []string{history.RuleLost, history.RuleDoubled, history.RuleReordered, history.RuleStray, history.RuleUntold}
)

func (m *churn) Run() error {
	// The machine is busy with so many: what is told may be late.
	collector := history.Collect(history.New(history.Config{Lag: 5 * time.Second}), 5*time.Second)
	var parts []*churning
	defer func() {
		for _, p := range parts {
			p.part.end()
		}
	}()
	for i := range m.Processes {
		first, end := i*m.Nodes/m.Processes, (i+1)*m.Nodes/m.Processes
		part, err := start("churn-part", "--transport="+m.Transport, fmt.Sprintf("--port=%d", m.Port), fmt.Sprintf("--first=%d", first),
			fmt.Sprintf("--nodes=%d", end-first), fmt.Sprintf("--all=%d", m.Nodes), fmt.Sprintf("--groups=%d", m.Groups),
			fmt.Sprintf("--high-water=%d", m.HighWater), fmt.Sprintf("--during=%v", m.During))
		if err != nil {
			return err
		}
		p := &churning{part: part, told: make(chan error)}
		parts = append(parts, p)
		go p.listen(collector)
	}
	step := func(q question) error {
		for _, p := range parts {
			if err := p.part.say(q); err != nil {
				return err
			}
		}
		for _, p := range parts {
			if err := <-p.told; err != nil {
				return err
			}
		}
		return nil
	}
	if err := errors.Join(step("meet"), step("churn")); err != nil {
		return err
	}
	<-time.After(m.Calm)
	if err := step("end"); err != nil {
		return err
	}
	r := result{"views": 0, "gaps": 0, "others": 0}
	findings := collector.Finish(time.Now())
	for i, f := range findings {
		switch {
		case slices.Contains(wrongViews, f.Rule):
			r["views"]++
		case slices.Contains(silentGaps, f.Rule):
			r["gaps"]++
		default:
			r["others"]++
		}
		if i < 10 {
			fmt.Fprintf(os.Stderr, "benchnode: %v\n", f)
		}
	}
	figures := collector.Figures()
	r["joins"], r["leaves"], r["shouts"] = float64(figures.Joins), float64(figures.Leaves), float64(figures.Shouted)
	return r.print()
}

// churning is one of the processes, seen from the one that judges.
type churning struct {
	part *other
	told chan error // each time that it has done what it was asked
}

// seen is what such a process says: what happened, or that it has done what it was asked.
type seen struct {
	Done     bool                 `json:"done,omitempty"`
	Happened *history.Observation `json:"happened,omitempty"`
}

func (p *churning) listen(collector *history.Collector) {
	for {
		var s seen
		if err := p.part.hear(&s); err != nil {
			p.told <- err
			return
		}
		if s.Happened != nil {
			collector.Take(*s.Happened)
		}
		if s.Done {
			p.told <- nil
		}
	}
}

// churnPart has some of the nodes.
type churnPart struct {
	carrier
	Port                                 uint16
	First, Nodes, All, Groups, HighWater int
	During                               time.Duration

	mu       sync.Mutex
	talk     talk
	recorder *history.Recorder
	nodes    []*zyre.Node
	met      sync.WaitGroup
	readers  sync.WaitGroup
}

func (m *churnPart) Run() error {
	m.talk = parent()
	m.recorder = history.NewRecorder(func(o history.Observation) { m.say(seen{Happened: &o}) })
	for _, step := range []func() error{m.meet, m.churn, m.end} {
		var q question
		if err := m.talk.hear(&q); err != nil {
			return atEnd(err)
		}
		if err := step(); err != nil {
			return err
		}
		m.say(seen{Done: true})
	}
	return atEnd(m.talk.hear(&nothing{}))
}

func (m *churnPart) say(s seen) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.talk.say(s)
}

// meet starts the nodes and waits until they know all others.
func (m *churnPart) meet() error {
	m.met.Add(m.Nodes)
	for i := range m.Nodes {
		cfg := zyre.Config{UUID: zyre.NewUUID(), Name: nodeName(m.First + i), Port: m.Port, Interfaces: []string{zyre.Loopback()},
			Transport: m.transport(), HighWater: m.HighWater}
		m.recorder.Start(cfg.UUID, cfg.Name)
		node, err := zyre.Start(context.Background(), cfg)
		if err != nil {
			return err
		}
		m.nodes = append(m.nodes, node)
		m.readers.Go(func() { m.read(node) })
	}
	m.met.Wait()
	return nil
}

func (m *churnPart) read(node *zyre.Node) {
	known, complete := 0, false
	for e := range node.Events() {
		m.recorder.Event(node.UUID(), &e)
		switch e.Type {
		case zyre.Enter:
			known++
		case zyre.Exit:
			known--
		}
		if known == m.All-1 && !complete {
			complete = true
			m.met.Done()
		}
	}
}

// churn has each node join or leave one group each second, and shout to one.
func (m *churnPart) churn() error {
	var all sync.WaitGroup
	failed := make(chan error, len(m.nodes))
	for _, node := range m.nodes {
		all.Go(func() {
			if err := m.live(node); err != nil {
				failed <- err
			}
		})
	}
	all.Wait()
	close(failed)
	return <-failed
}

func (m *churnPart) live(node *zyre.Node) error {
	in := map[string]bool{}
	name := func() string { return fmt.Sprintf("group %d", rand.IntN(m.Groups)) }
	<-time.After(rand.N(time.Second)) // not all at once
	for end := time.Now().Add(m.During); time.Now().Before(end); {
		group, call := name(), node.Join
		if in[group] {
			call = node.Leave
			m.recorder.Leave(node.UUID(), group)
		} else {
			m.recorder.Join(node.UUID(), group)
		}
		in[group] = !in[group]
		if err := call(group); err != nil && !errors.Is(err, zyre.ErrBlocked) {
			return err
		}
		to := name()
		payload := m.recorder.Shout(node.UUID(), to)
		if err := node.Shout(to, payload); err != nil {
			m.recorder.Failed(payload, err)
		}
		<-time.After(time.Second)
	}
	return nil
}

// end closes all at once: what is told of that is no part of it.
func (m *churnPart) end() error {
	for _, node := range m.nodes {
		m.recorder.Stop(node.UUID(), history.Goodbye)
	}
	var all sync.WaitGroup
	for _, node := range m.nodes {
		all.Go(func() { node.Close() })
	}
	all.Wait()
	m.readers.Wait()
	return nil
}
