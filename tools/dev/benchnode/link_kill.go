package main

import (
	"bytes"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// linkKill measures from the killing of a process until its peer was told of both connections, the one that it made
// and the one that it accepted. Only a transport that says Down can be measured.
type linkKill struct {
	wire
	Count int `default:"30" help:"How many."`
}

func (m *linkKill) Run() error {
	near, err := m.listen(nil)
	if err != nil {
		return err
	}
	defer near.sockets.Close()
	in := mail{inbox: near.sockets.Inbox()}
	var took []time.Duration
	for i := range m.Count {
		d, err := m.once(near, &in, identity(i))
		if err != nil {
			return err
		}
		took = append(took, d)
	}
	r := percentiles(took)
	r["max"] = took[len(took)-1].Seconds() // percentiles has sorted them
	return r.print()
}

func (m *linkKill) once(near *listener, in *mail, name []byte) (time.Duration, error) {
	victim, err := start(append([]string{"link-victim"}, m.flags("--name="+string(name[1:]))...)...)
	if err != nil {
		return 0, err
	}
	defer victim.end()
	var there place
	if err := victim.ask(near.place, &there); err != nil {
		return 0, err
	}
	o, err := m.dialing(there)
	if err != nil {
		return 0, err
	}
	o.SendOnly = true
	link, err := near.sockets.Dial(o)
	if err != nil {
		return 0, err
	}
	defer link.Drop()
	both := func(t zsock.EventType) {
		var made, accepted bool // by us
		for !made || !accepted {
			e := in.await(func(e zsock.Event) bool { return e.Type == t })
			made = made || e.Link == link
			accepted = accepted || e.Link == nil && bytes.Equal(e.Peer, name)
		}
	}
	both(zsock.Up)
	begin := time.Now()
	if err := victim.kill(); err != nil {
		return 0, err
	}
	both(zsock.Down)
	return time.Since(begin), nil
}

// linkVictim is the other process.
type linkVictim struct {
	wire
	Name string
}

func (m *linkVictim) Run() error {
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
	o, err := m.dialing(there)
	if err != nil {
		return err
	}
	o.Identity, o.SendOnly = []byte("\x01"+m.Name), true
	if _, err := l.sockets.Dial(o); err != nil {
		return err
	}
	if err := p.say(l.place); err != nil {
		return err
	}
	return atEnd(p.hear(&nothing{}))
}
