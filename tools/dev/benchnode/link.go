package main

import (
	"errors"
	"fmt"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// wire are the flags of what is measured between sockets, without nodes.
type wire struct {
	carrier
	Curve     bool `help:"Encrypt."`
	HighWater int  `default:"1000" help:"How many messages a link may queue."`
}

// flags hands them on to another process.
func (w wire) flags(more ...string) []string {
	own := []string{"--transport=" + w.Transport, fmt.Sprintf("--curve=%t", w.Curve), fmt.Sprintf("--high-water=%d", w.HighWater)}
	return append(own, more...)
}

// place is where a listener is to be found, and the key it shows there.
type place struct {
	Endpoint string
	Key      zsock.Key
}

// listener is a Router in a set of sockets of its own.
type listener struct {
	place
	sockets zsock.Sockets
	router  zsock.Listener
}

func (w wire) listen(authenticate func(zsock.Credentials) error) (*listener, error) {
	l, o := &listener{}, zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://127.0.0.1:*", HighWater: w.HighWater}
	o.Security.Authenticate = authenticate
	err := w.secure(&o.Security)
	if err != nil {
		return nil, err
	}
	if l.sockets, err = w.transport().Open(zsock.Options{}); err != nil {
		return nil, err
	}
	if l.router, err = l.sockets.Listen(o); err != nil {
		return nil, errors.Join(err, l.sockets.Close())
	}
	l.place = place{l.router.Endpoint(), o.Security.Public}
	return l, nil
}

// dialing is how a Dealer gets to a listener. The identity is left to the caller.
func (w wire) dialing(to place) (zsock.DialOptions, error) {
	o := zsock.DialOptions{Kind: zsock.Dealer, Endpoint: to.Endpoint, HighWater: w.HighWater}
	err := w.secure(&o.Security)
	if w.Curve {
		o.Security.Server = to.Key
	}
	return o, err
}

func (w wire) secure(s *zsock.Security) (err error) {
	if w.Curve {
		s.Mechanism = zsock.Curve
		s.Public, s.Secret, err = zsock.NewKeys()
	}
	return err
}

// identity is one of 17 octets, as a node of ZRE has.
func identity(n int) []byte { return fmt.Appendf(nil, "\x01%016d", n) }

// proveCurve makes sure that the transport encrypts, when it shall: else its figures would be those of NULL.
func (w wire) proveCurve() error {
	if !w.Curve {
		return nil
	}
	shown := make(chan zsock.Credentials, 1)
	l, err := w.listen(func(c zsock.Credentials) error { shown <- c; return nil })
	if err != nil {
		return err
	}
	defer l.sockets.Close()
	o, err := w.dialing(l.place)
	if err != nil {
		return err
	}
	link, err := l.sockets.Dial(o)
	if err == nil {
		err = link.Send([][]byte{nil})
	}
	if err != nil {
		return err
	}
	(&mail{inbox: l.sockets.Inbox()}).await(message)
	select {
	case c := <-shown:
		if c.Mechanism == zsock.Curve && c.Key == o.Security.Public {
			return nil
		}
	default:
	}
	return fmt.Errorf("%s admitted a peer without CURVE where CURVE was asked for", w.Transport)
}

// mail is who reads an inbox and waits for one thing at a time.
type mail struct {
	inbox *zsock.Inbox
	batch []zsock.Event
	next  int // in batch
}

// await drops events until one fits.
func (m *mail) await(fits func(zsock.Event) bool) zsock.Event {
	for {
		for m.next < len(m.batch) {
			m.next++
			if e := m.batch[m.next-1]; fits(e) {
				return e
			}
		}
		<-m.inbox.Ready()
		m.batch, m.next = m.inbox.Take(m.batch), 0
	}
}

func message(e zsock.Event) bool { return e.Type == zsock.Message }

// send waits for room, if there is none.
func (m *mail) send(l zsock.Link, frames [][]byte) error {
	err := l.Send(frames)
	for errors.Is(err, zsock.ErrFull) {
		m.await(func(e zsock.Event) bool { return e.Type == zsock.Writable && e.Link == l })
		err = l.Send(frames)
	}
	return err
}
