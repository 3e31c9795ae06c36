package fmq

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/client"
)

// Bounds of a conversation's sockets.
const (
	mostOctets = 1 << 20 // octets of a server's message: a chunk of 1,000,000, a name and headers fit well
	maxUnsent  = 10_000  // messages of ours that wait: receipts, for the most part
	farewell   = 250 * time.Millisecond
)

// conversation is one attempt to talk to a server, and what comes of it: an engine and sockets of its own, a goroutine that runs them, one
// that stores what comes, and some for what takes its time.
type conversation struct {
	session    *session
	core       *client.Core
	inlet      *inlet
	connection *machine.Connection
	queue      *queue
	over       context.Context // ends with the conversation
	end        context.CancelFunc
	helpers    sync.WaitGroup
	opened     time.Time // zero: never
}

func newConversation(s *session) (*conversation, error) {
	cfg := &s.client.cfg
	c := &conversation{session: s, queue: newQueue()}
	c.core = client.New(client.Config{Heartbeat: cfg.Heartbeat, Expired: cfg.Expired, Window: cfg.Window, Name: cfg.Name, SASL: s.client.sasl, Host: c})
	sockets, err := cfg.Transport.Open(zsock.Options{InboxOctets: int(cfg.Window), Log: cfg.Log})
	if err != nil {
		return nil, err
	}
	c.inlet = newInlet(sockets, int(cfg.Window), c.queue)
	opt := zsock.DialOptions{Endpoint: s.endpoint, HighWater: maxUnsent, MaxMessage: mostOctets, Linger: farewell}
	if c.connection, err = machine.Dial(c.inlet, opt, c.core.Engine(), cfg.Log); err != nil {
		sockets.Close()
		return nil, err
	}
	c.over, c.end = context.WithCancel(context.Background())
	return c, nil
}

// run has the conversation, and returns when all that it brought is stored.
func (c *conversation) run() ending {
	s := c.session
	stored := make(chan struct{})
	go func() {
		newReceiver(c).run()
		close(stored)
	}()
	c.helpers.Go(func() { c.inlet.run(c.over.Done()) })
	c.helpers.Go(c.stayAwake)
	running, stop := context.WithCancel(context.Background())
	c.helpers.Go(func() {
		c.do(c.core.Begin)
		select {
		case <-s.ctx.Done():
			defer time.AfterFunc(lastWords, stop).Stop()
			c.do(c.core.Leave)
		case <-c.over.Done():
		}
	})
	if err := c.connection.Run(running); err != nil {
		s.client.log.Debug("the link is not closed well", "server", s.endpoint, "err", err)
	}
	s.mu.Lock()
	s.present = nil // no more helpers
	s.mu.Unlock()
	c.end()
	stop()
	if err := c.inlet.Close(); err != nil {
		s.client.log.Debug("the sockets are not closed well", "server", s.endpoint, "err", err)
	}
	c.helpers.Wait()
	c.queue.close()
	<-stored
	opened, cause := c.core.End()
	if cause == nil { // it took no messages for as long as a server may be silent
		cause = client.ErrSilent
	}
	if errors.Is(cause, client.ErrBroken) {
		cause = fmt.Errorf("%w: %w", cause, c.inlet.failure())
	}
	e := ending{cause: cause, opened: opened}
	if opened {
		s.client.counts.servers.Add(-1)
		e.lasted = time.Since(c.opened)
	}
	return e
}

// stayAwake sees to it that the server is not judged by its silence while we do not listen. It may judge us: HUGZ goes out.
func (c *conversation) stayAwake() {
	ticker := time.NewTicker(c.session.client.cfg.Expired / 2)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if !c.queue.roomy() {
				c.do(func(now time.Time) []machine.Effect { c.core.Engine().Awake(now); return nil })
			}
		case <-c.over.Done():
			return
		}
	}
}

// do runs an input, unless the conversation is over.
func (c *conversation) do(input func(now time.Time) []machine.Effect) {
	c.connection.Do(input) // an error only says that
}

// newPath tells the machine, and who stores, that w is wanted now. session.mu is held.
func (c *conversation) newPath(w *wants) {
	c.put(item{wants: w})
	c.helpers.Go(func() { c.do(c.core.NewPath) })
}

// What follows is what the machine asks for: a [client.Host], in the goroutine that runs.

func (c *conversation) Opened() {
	c.opened = time.Now()
	c.session.client.counts.servers.Add(1)
	c.put(item{event: Connected})
}

func (c *conversation) Failed() {
	c.put(item{event: Lost, cause: fmt.Errorf("%w: %w", ErrUnreachable, c.inlet.failure())})
}

func (c *conversation) Subscriptions() []client.Subscription {
	return c.session.client.wants.Load().inOrder
}

func (c *conversation) List(s client.Subscription, without []string) {
	ready := make(chan struct{})
	c.put(item{listed: ready})
	c.helpers.Go(func() {
		select {
		case <-ready:
		case <-c.over.Done():
			return
		}
		l := c.session.list(c.over, s, without)
		c.do(func(now time.Time) []machine.Effect { return c.core.Listed(now, l) })
	})
}

func (c *conversation) Take(chunk client.Chunk) { c.put(item{chunk: chunk}) }

func (c *conversation) Left(path string) { c.put(item{left: path}) }

func (c *conversation) GiveUp() {
	c.session.client.counts.malformed.Add(1)
	if c.queue.putGiveUp() {
		c.session.client.counts.messages.Add(1)
	}
}

func (c *conversation) put(i item) {
	c.session.client.counts.messages.Add(1)
	c.queue.put(i)
}
