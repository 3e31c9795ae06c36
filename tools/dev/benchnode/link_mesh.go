package main

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// linkMesh measures a full mesh: each node listens, dials every other and sends one message on each link. The nodes
// are spread over processes, because each end of a link takes a descriptor, with libzmq more.
type linkMesh struct {
	wire
	Nodes int `default:"50" help:"How many."`
}

// Descriptors, as libzmq takes them: the same split for every transport.
const (
	perLink    = 3
	perProcess = 17_000 // of 20,000, which is as many as some machines allow
)

// meshReport is what a process of the mesh says once its nodes have heard of everybody.
type meshReport struct {
	Processor       time.Duration // used for it
	Empty, Complete float64       // octets of memory before the first socket, and now
}

// meshCost is what its links cost once all is quiet; both ends are counted, each where it is.
type meshCost struct {
	Settled                 float64 // octets of memory
	Goroutines, Descriptors int     // more than before the first link
}

func (m *linkMesh) Run() error {
	links := m.Nodes * (m.Nodes - 1)
	processes := (links*perLink + perProcess - 1) / perProcess
	need := links*perLink/processes + 100
	if limit, err := descriptorLimit(); err == nil && limit < need {
		return fmt.Errorf("a mesh of %d nodes takes %d descriptors in each of %d processes; this machine allows %d (ulimit -Hn)",
			m.Nodes, need, processes, limit)
	}
	var parts []*other
	var all, some []place
	for i := range processes {
		first, end := fmt.Sprintf("--first=%d", i*m.Nodes/processes), fmt.Sprintf("--end=%d", (i+1)*m.Nodes/processes)
		p, err := start(append([]string{"link-mesh-part"}, m.flags(first, end)...)...)
		if err != nil {
			return err
		}
		defer p.end()
		if err := p.hear(&some); err != nil {
			return err
		}
		parts, all = append(parts, p), append(all, some...)
	}
	for _, p := range parts {
		if err := p.ask(all, &nothing{}); err != nil {
			return err
		}
	}

	begin := time.Now()
	for _, p := range parts {
		if err := p.say(nothing{}); err != nil {
			return err
		}
	}
	r := result{}
	perLink := 1 / float64(links)
	for _, p := range parts {
		var done meshReport
		if err := p.hear(&done); err != nil {
			return err
		}
		r["cpu"] += done.Processor.Seconds()
		r["memory"] += done.Complete
		r["complete"] += (done.Complete - done.Empty) * perLink
		r["settled"] -= done.Empty * perLink
	}
	r["took"] = time.Since(begin).Seconds()
	for _, p := range parts {
		var cost meshCost
		if err := p.ask(nothing{}, &cost); err != nil {
			return err
		}
		r["settled"] += cost.Settled * perLink
		r["goroutines"] += float64(cost.Goroutines) * perLink
		r["descriptors"] += float64(cost.Descriptors) * perLink
	}
	return r.print()
}

// linkMeshPart is one of the processes.
type linkMeshPart struct {
	wire
	First, End int // of the nodes, which ones live here
}

func (m *linkMeshPart) Run() error {
	report := meshReport{}
	var err error
	if report.Empty, err = settled(); err != nil {
		return err
	}
	var nodes []*listener
	var here, all []place
	for range m.End - m.First {
		l, err := m.listen(nil)
		if err != nil {
			return err
		}
		nodes, here = append(nodes, l), append(here, l.place)
	}
	p := parent()
	if err := p.ask(here, &all); err != nil {
		return err
	}
	heard := make(chan struct{}, len(nodes))
	for _, l := range nodes {
		go hearAll(l.sockets.Inbox(), len(all)-1, heard)
	}
	files, err := descriptors()
	if err != nil {
		return err
	}
	goroutines := runtime.NumGoroutine()
	if err := p.ask(nothing{}, &nothing{}); err != nil {
		return err
	}

	before, err := processorTime()
	if err != nil {
		return err
	}
	failed := make(chan error, len(nodes))
	for i, l := range nodes {
		go func() { failed <- m.greet(l, m.First+i, all) }()
	}
	for range nodes {
		if err := <-failed; err != nil {
			return err
		}
	}
	for range nodes {
		<-heard
	}
	report.Processor, err = processorTime()
	report.Processor -= before
	if err != nil {
		return err
	}
	if report.Complete, err = residentMemory(); err != nil {
		return err
	}
	if err := p.ask(report, &nothing{}); err != nil {
		return err
	}

	cost := meshCost{}
	if cost.Settled, err = settled(); err != nil {
		return err
	}
	now, err := descriptors()
	if err != nil {
		return err
	}
	cost.Goroutines, cost.Descriptors = runtime.NumGoroutine()-goroutines, now-files
	if err := p.say(cost); err != nil {
		return err
	}
	// Nothing is closed: the end of the process is quicker.
	return atEnd(p.hear(&nothing{}))
}

// greet dials everybody else and sends each 200 octets, as long as a usual HELLO.
func (m *linkMeshPart) greet(l *listener, self int, all []place) error {
	msg := [][]byte{make([]byte, 200)}
	for i, to := range all {
		if i == self {
			continue
		}
		o, err := m.dialing(to)
		if err != nil {
			return err
		}
		o.Identity, o.SendOnly = identity(self), true
		link, err := l.sockets.Dial(o)
		if err == nil {
			err = link.Send(msg)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("node %d greets node %d", self, i), err)
		}
	}
	return nil
}

// hearAll says when that many messages are there, and goes on reading.
func hearAll(in *zsock.Inbox, count int, done chan<- struct{}) {
	for m := (mail{inbox: in}); ; count-- {
		if count == 0 {
			done <- struct{}{}
		}
		m.await(message)
	}
}

// settled is the memory that is left when all that nobody needs has been given back, in octets.
func settled() (float64, error) {
	runtime.GC()
	debug.FreeOSMemory()
	return residentMemory()
}
