package top

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

const (
	pingEvery   = 2 * time.Second       // of one peer, where there are few
	pingApart   = 20 * time.Millisecond // of all: more peers are pinged less often
	pingTimeout = 2 * time.Second
	maxPings    = 128 // that wait for an answer
)

// pinger asks all peers, one after the other, how long they take to answer.
// It belongs to the hub's goroutine.
type pinger struct {
	node    node
	ctx     context.Context
	cancel  context.CancelFunc
	due     map[zyre.UUID]time.Time
	results chan pinged
	active  int
	group   sync.WaitGroup
}

// pinged is what became of a ping.
type pinged struct {
	peer   zyre.UUID
	time   time.Duration
	failed bool
}

func newPinger(n node) pinger {
	ctx, cancel := context.WithCancel(context.Background())
	return pinger{node: n, ctx: ctx, cancel: cancel, due: map[zyre.UUID]time.Time{}, results: make(chan pinged, maxPings)}
}

func (p *pinger) event(e *zyre.Event) {
	switch e.Type {
	case zyre.Enter:
		p.due[e.Peer] = e.Time
	case zyre.Exit:
		delete(p.due, e.Peer)
	}
}

// tick pings who has not been pinged for long enough.
func (p *pinger) tick(now time.Time) {
	every := max(pingEvery, time.Duration(len(p.due))*pingApart)
	for peer, due := range p.due {
		if p.active == maxPings {
			return
		}
		if now.Before(due) {
			continue
		}
		p.due[peer] = now.Add(every)
		p.active++
		p.group.Go(func() { p.ping(peer) })
	}
}

func (p *pinger) ping(peer zyre.UUID) {
	ctx, cancel := context.WithTimeout(p.ctx, pingTimeout)
	defer cancel()
	d, err := p.node.Ping(ctx, peer)
	p.results <- pinged{peer, d, err != nil && !errors.Is(err, zyre.ErrUnknownPeer)} // there is room for all
}

// close waits for what is under way.
func (p *pinger) close() {
	p.cancel()
	p.group.Wait()
}
