package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// linkFlood sends as fast as the other process takes it, until that has all.
type linkFlood struct {
	wire
	Count  int `default:"2000000" help:"How many messages."`
	Octets int `default:"100" help:"How long they are."`
	Links  int `default:"1" help:"How many links each message is sent on, all to the same process."`
}

// usage is what a process has used up between two moments.
type usage struct {
	Mallocs   uint64
	Processor time.Duration
}

func used() (u usage, err error) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.Mallocs = m.Mallocs
	u.Processor, err = processorTime()
	return u, err
}

func (u usage) since(before usage) usage {
	return usage{u.Mallocs - before.Mallocs, u.Processor - before.Processor}
}

func (m *linkFlood) Run() error {
	if err := m.proveCurve(); err != nil {
		return err
	}
	far, err := start(append([]string{"link-sink"}, m.flags(fmt.Sprintf("--sockets=%d", m.Links))...)...)
	if err != nil {
		return err
	}
	defer far.end()
	var there []place
	if err := far.hear(&there); err != nil {
		return err
	}
	sockets, err := m.transport().Open(zsock.Options{})
	if err != nil {
		return err
	}
	defer sockets.Close()
	var links []zsock.Link
	for _, p := range there {
		o, err := m.dialing(p)
		if err != nil {
			return err
		}
		o.Identity, o.SendOnly = identity(1), true
		link, err := sockets.Dial(o)
		if err != nil {
			return err
		}
		links = append(links, link)
	}

	in := mail{inbox: sockets.Inbox()}
	msg := [][]byte{make([]byte, m.Octets)}
	// round sends each link that many messages and returns when all of them are there.
	round := func(count int) (here, there usage, took time.Duration, err error) {
		if err = far.ask(count*len(links), &nothing{}); err != nil {
			return
		}
		before, err := used()
		if err != nil {
			return
		}
		begin := time.Now()
		for range count {
			for _, l := range links {
				if err = in.send(l, msg); err != nil {
					return
				}
			}
		}
		if err = far.hear(&there); err != nil {
			return
		}
		took = time.Since(begin)
		here, err = used()
		return here.since(before), there, took, err
	}
	if _, _, _, err := round(1 + m.Count/10); err != nil { // connected, and warm
		return err
	}
	here, sunk, took, err := round(m.Count)
	if err != nil {
		return err
	}
	n := float64(m.Count * len(links))
	return result{
		"rate": n / took.Seconds(), "octets": n * float64(m.Octets) / took.Seconds(), "took": took.Seconds(),
		"allocs-sent": float64(here.Mallocs) / n, "allocs-received": float64(sunk.Mallocs) / n,
		"cpu": (here.Processor + sunk.Processor).Seconds() / n,
	}.print()
}

// linkSink is the other process. It hears how many messages will come, says that it is ready for them, and says what
// they cost once they have come.
type linkSink struct {
	wire
	Sockets int
	left    atomic.Int64
	done    chan struct{}
}

func (m *linkSink) Run() error {
	m.done = make(chan struct{})
	var places []place
	for range m.Sockets {
		l, err := m.listen(nil)
		if err != nil {
			return err
		}
		defer l.sockets.Close()
		places = append(places, l.place)
		go m.count(l.sockets.Inbox())
	}
	p := parent()
	if err := p.say(places); err != nil {
		return err
	}
	for {
		var expected int64
		if err := p.hear(&expected); err != nil {
			return atEnd(err)
		}
		m.left.Store(expected)
		before, err := used()
		if err != nil {
			return err
		}
		if err := p.say(nothing{}); err != nil {
			return err
		}
		<-m.done
		after, err := used()
		if err != nil {
			return err
		}
		if err := p.say(after.since(before)); err != nil {
			return err
		}
	}
}

func (m *linkSink) count(in *zsock.Inbox) {
	var batch []zsock.Event
	for range in.Ready() {
		batch = in.Take(batch)
		n := int64(0)
		for i := range batch {
			if batch[i].Type == zsock.Message {
				n++
				zsock.Recycle(batch[i].Frames) // as whoever receives gigabytes should
			}
		}
		if n > 0 && m.left.Add(-n) == 0 {
			m.done <- struct{}{}
		}
	}
}
