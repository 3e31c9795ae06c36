package fmq

import (
	"context"
	"sync"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/client"
)

// Bounds of a conversation's sockets.
const (
	mostOctets = 4 << 20 // octets of a server's message: a chunk of 1,000,000, a name and headers fit well
	maxUnsent  = 10_000  // messages of ours that wait: receipts, for the most part
	farewell   = 250 * time.Millisecond
)

// conversation is one attempt to talk to a server, and what comes of it: an engine and sockets of its own, a goroutine that runs them, one
// that stores what comes, and some for what takes its time.
type conversation struct {
	session    *session
	core       *client.Core
	sockets    zsock.Sockets
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
	c.core = client.New(client.Config{Heartbeat: cfg.Heartbeat, Expired: cfg.Expired, Window: cfg.Window, SASL: s.client.sasl, Host: c})
	var err error
	if c.sockets, err = cfg.Transport.Open(zsock.Options{InboxOctets: int(cfg.Window), Log: cfg.Log}); err != nil {
		return nil, err
	}
	opt := zsock.DialOptions{Endpoint: s.endpoint, HighWater: maxUnsent, MaxMessage: mostOctets, Linger: farewell}
	if c.connection, err = machine.Dial(c.sockets, opt, c.core.Engine(), cfg.Log); err != nil {
		c.sockets.Close()
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
	if err := c.sockets.Close(); err != nil {
		s.client.log.Debug("the sockets are not closed well", "server", s.endpoint, "err", err)
	}
	c.helpers.Wait()
	c.queue.close()
	<-stored
	opened, cause := c.core.End()
	if cause == nil { // it took no messages for as long as a server may be silent
		cause = client.ErrSilent
	}
	e := ending{cause: cause, opened: opened}
	if opened {
		s.client.counts.servers.Add(-1)
		e.lasted = time.Since(c.opened)
	}
	return e
}

// do runs an input, unless the conversation is over.
func (c *conversation) do(input func(now time.Time) []machine.Effect) {
	c.connection.Do(input) // an error only says that
}

// newPath tells the machine that what is wanted has changed. session.mu is held.
func (c *conversation) newPath() { c.helpers.Go(func() { c.do(c.core.NewPath) }) }

// What follows is what the machine asks for: a [client.Host], in the goroutine that runs.

func (c *conversation) Opened() {
	c.opened = time.Now()
	c.session.client.counts.servers.Add(1)
	c.put(item{event: Connected})
}

func (c *conversation) Failed() { c.put(item{event: Lost, cause: ErrUnreachable}) }

func (c *conversation) Subscriptions() []client.Subscription {
	return c.session.client.wants.Load().inOrder
}

func (c *conversation) List(s client.Subscription, without []string) {
	c.helpers.Go(func() {
		l := c.session.list(c.over, s, without)
		c.do(func(now time.Time) []machine.Effect { return c.core.Listed(now, l) })
	})
}

func (c *conversation) Take(chunk client.Chunk) (room bool) { return c.put(item{chunk: chunk}) }

func (c *conversation) GiveUp() {
	c.session.client.counts.malformed.Add(1)
	if c.queue.putGiveUp() {
		c.session.client.counts.messages.Add(1)
	}
}

func (c *conversation) put(i item) bool {
	c.session.client.counts.messages.Add(1)
	return c.queue.put(i)
}
