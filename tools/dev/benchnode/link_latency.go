package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// linkRtt measures messages that come back: on the connection that they went, or by a link of the other side's own, as
// nodes answer each other.
type linkRtt struct {
	wire
	Count  int  `default:"20000" help:"How many."`
	Octets int  `default:"100" help:"How long they are."`
	Pair   bool `help:"The answer comes by a link of its own."`
}

func (m *linkRtt) Run() error {
	near, err := m.listen(nil)
	if err != nil {
		return err
	}
	defer near.sockets.Close()
	far, err := start(append([]string{"link-echo"}, m.flags(fmt.Sprintf("--pair=%t", m.Pair))...)...)
	if err != nil {
		return err
	}
	defer far.end()
	var there place
	if err := far.ask(near.place, &there); err != nil {
		return err
	}
	o, err := m.dialing(there)
	if err != nil {
		return err
	}
	o.Identity, o.SendOnly = identity(1), m.Pair
	link, err := near.sockets.Dial(o)
	if err != nil {
		return err
	}

	in := mail{inbox: near.sockets.Inbox()}
	msg := [][]byte{make([]byte, m.Octets)}
	var took []time.Duration
	for i := range m.Count + m.Count/10 {
		begin := time.Now()
		if err := link.Send(msg); err != nil {
			return err
		}
		in.await(message)
		if i >= m.Count/10 { // the first are for warming up
			took = append(took, time.Since(begin))
		}
	}
	return percentiles(took).print()
}

// linkEcho is the other process.
type linkEcho struct {
	wire
	Pair bool
}

func (m *linkEcho) Run() error {
	l, err := m.listen(nil)
	if err != nil {
		return err
	}
	defer l.sockets.Close()
	p := parent()
	var there place
	if err := p.hear(&there); err != nil {
		return err
	}
	var back zsock.Link
	if m.Pair {
		o, err := m.dialing(there)
		if err != nil {
			return err
		}
		o.Identity, o.SendOnly = identity(2), true
		if back, err = l.sockets.Dial(o); err != nil {
			return err
		}
	}
	go func() {
		for in := (mail{inbox: l.sockets.Inbox()}); ; {
			e := in.await(message)
			var err error
			if back != nil {
				err = back.Send(e.Frames)
			} else {
				err = l.router.Send(e.Peer, e.Frames)
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "benchnode: link-echo:", err)
			}
		}
	}()
	if err := p.say(l.place); err != nil {
		return err
	}
	return atEnd(p.hear(&nothing{}))
}

// linkHandshake measures from the call of Dial until the first message is there, link after link.
type linkHandshake struct {
	wire
	Count int `default:"300" help:"How many."`
}

func (m *linkHandshake) Run() error {
	if err := m.proveCurve(); err != nil {
		return err
	}
	l, err := m.listen(nil)
	if err != nil {
		return err
	}
	defer l.sockets.Close()
	// A set of its own, as another process would have it.
	dialler, err := m.transport().Open(zsock.Options{})
	if err != nil {
		return err
	}
	defer dialler.Close()
	o, err := m.dialing(l.place)
	if err != nil {
		return err
	}
	o.SendOnly = true

	in := mail{inbox: l.sockets.Inbox()}
	msg := [][]byte{[]byte(strings.Repeat("h", 100))}
	var took []time.Duration
	for i := range m.Count {
		o.Identity = identity(i)
		begin := time.Now()
		link, err := dialler.Dial(o)
		if err != nil {
			return err
		}
		if err := link.Send(msg); err != nil {
			return err
		}
		in.await(message)
		took = append(took, time.Since(begin))
		if err := link.Drop(); err != nil {
			return err
		}
	}
	return percentiles(took).print()
}
