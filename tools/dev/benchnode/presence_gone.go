package main

import (
	"fmt"
	"time"

	"github.com/zeromq/gozyre/tools/netlab"
)

// gone measures how long it takes others to tell that a node is gone, without a farewell: its process is killed, or the
// cable of its host is pulled.
type gone struct {
	ground
	Others int           `default:"10" help:"How many others there are; each has to tell, and counts."`
	Count  int           `default:"30" help:"How often."`
	After  time.Duration `default:"1200ms" help:"How long it is there before."`
	Cable  bool          `help:"Pull a cable. Takes root and Linux."`
}

// scene is where it happens.
type scene struct {
	here, there *netlab.Host // nil: this machine
	cable       *netlab.Link
	others      *other
	took        []time.Duration
}

func (m *gone) Run() error {
	if !m.Cable {
		return m.measure(&scene{})
	}
	// others eth0 10.77.0.1 ── lan ── 10.77.0.2 eth0 one
	return netlab.Outside(func(lab *netlab.Lab) error {
		lan := lab.Switch("lan")
		s := &scene{here: lab.Host("others"), there: lab.Host("one")}
		s.here.Plug(lan, "eth0", "10.77.0.1/24")
		s.cable = s.there.Plug(lan, "eth0", "10.77.0.2/24")
		return m.measure(s)
	})
}

func (m *gone) measure(s *scene) (err error) {
	flags := partFlags{Nodes: m.Others, All: m.Others, Tell: true}
	if m.Cable {
		flags.Interface, flags.Addr = "eth0", "10.77.0.1"
	}
	if s.others, err = m.part(s.here, flags); err != nil {
		return err
	}
	defer s.others.end()
	if err := s.others.say(askBegin); err != nil {
		return err
	}
	if _, err := hear(s.others, "know"); err != nil {
		return err
	}
	for i := range m.Count {
		if err := m.once(s, m.Others+i); err != nil {
			return err
		}
	}
	r := percentiles(s.took)
	r["max"] = s.took[len(s.took)-1].Seconds()
	return r.print()
}

func (m *gone) once(s *scene, number int) error {
	flags := partFlags{First: number, Nodes: 1, All: m.Others + 1}
	if m.Cable {
		flags.Interface, flags.Addr, flags.Seed = "eth0", "10.77.0.2", "10.77.0.1"
	}
	one, err := m.part(s.there, flags)
	if err != nil {
		return err
	}
	defer one.end() // who was killed ends with an error
	if err := one.say(askBegin); err != nil {
		return err
	}
	if _, err := m.all(s, nodeName(number), "ENTER"); err != nil {
		return err
	}
	if _, err := hear(one, "know"); err != nil {
		return err
	}
	<-time.After(m.After)
	since := time.Now()
	if m.Cable {
		s.cable.Unplug()
	} else if err := one.kill(); err != nil {
		return err
	}
	told, err := m.all(s, nodeName(number), "EXIT")
	if err != nil {
		return err
	}
	for _, at := range told {
		s.took = append(s.took, at.Sub(since))
	}
	if m.Cable {
		err := one.kill()
		s.cable.Replug()
		return err
	}
	return nil
}

// all waits until each of the others has told that of the node, and returns when.
func (m *gone) all(s *scene, name, what string) (at []time.Time, err error) {
	seen := map[int]bool{}
	for len(at) < m.Others {
		var n news
		if err := s.others.hear(&n); err != nil {
			return nil, err
		}
		switch {
		case n.Peer == name && n.Type == what:
			if seen[n.Node] {
				return nil, fmt.Errorf("%s told %s of %s twice", nodeName(n.Node), what, name)
			}
			seen[n.Node] = true
			at = append(at, n.At)
		case n.Type == "EXIT":
			return nil, fmt.Errorf("%s told EXIT of %s, which was there", nodeName(n.Node), n.Peer)
		}
	}
	return at, nil
}
