package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// window is the credit that a client has outstanding, as package fmq has by default.
const window = 4_000_000

// peer is a client without a disk.
type peer struct {
	endpoint string
	resync   bool          // asks for what is there
	pause    time.Duration // how long it thinks about each chunk
	link     zsock.Link
	in, out  fmq.Message
	ready    func()       // called when it is subscribed
	chunks   atomic.Int64 // that have come
}

// run talks until ctx ends, which is no error.
func (p *peer) run(ctx context.Context) error {
	// What it does not take stays in the network, and at the server.
	sockets, err := zmtp.Transport{}.Open(zsock.Options{InboxOctets: 300_000})
	if err != nil {
		return err
	}
	defer sockets.Close()
	p.link, err = sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: p.endpoint, HighWater: 100})
	if err != nil {
		return err
	}
	if err := p.say(fmq.Message{ID: fmq.IDOhai}); err != nil {
		return err
	}
	for batch := []zsock.Event(nil); ; {
		select {
		case <-sockets.Inbox().Ready():
		case <-ctx.Done():
			return nil
		}
		batch = sockets.Inbox().Take(batch)
		for _, e := range batch {
			switch e.Type {
			case zsock.Message:
				if err := p.in.Parse(e.Frames); err != nil {
					return err
				}
				if err := p.hear(ctx); err != nil {
					return err
				}
			case zsock.Down:
				return fmt.Errorf("the connection to the server broke: %w", e.Err)
			}
		}
	}
}

func (p *peer) say(m fmq.Message) error {
	p.out = m
	frame, err := p.out.Append(nil)
	if err != nil {
		return err
	}
	return p.link.Send(p.out.AppendRest([][]byte{frame}))
}

// hear answers a message as a client does.
func (p *peer) hear(ctx context.Context) error {
	switch p.in.ID {
	case fmq.IDOhaiOK:
		m := fmq.Message{ID: fmq.IDIcanhaz, Path: []byte("/")}
		if p.resync {
			m.Options = []wire.Pair{{Key: []byte("RESYNC"), Value: []byte("1")}}
		}
		return p.say(m)
	case fmq.IDIcanhazOK:
		p.ready()
		return p.say(fmq.Message{ID: fmq.IDNom, Credit: window})
	case fmq.IDHugz:
		return p.say(fmq.Message{ID: fmq.IDHugzOK})
	case fmq.IDHugzOK:
		return nil
	case fmq.IDCheezburger:
		m := fmq.Message{ID: fmq.IDNom, Credit: uint64(len(p.in.Chunk)), Sequence: p.in.Sequence}
		p.chunks.Add(1)
		select {
		case <-time.After(p.pause/2 + rand.N(p.pause+1)): // so that not all do it at once
		case <-ctx.Done():
		}
		return p.say(m)
	}
	return fmt.Errorf("the server says %s: %s", p.in.ID, p.in.Reason)
}
