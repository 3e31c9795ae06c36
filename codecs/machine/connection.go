package machine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Connection runs a client's engine over a DEALER.
type Connection struct {
	client  *Client
	sockets zsock.Sockets
	link    zsock.Link
	log     *slog.Logger
	works   chan func(now time.Time) []Effect
	done    chan struct{}

	// Of the goroutine that runs.
	waiting map[*Call]waiter
	unsent  [][][]byte // messages that found the link full
	news    []Event    // what happened to the connection meanwhile
}

// waiter is who waits for a call's answer.
type waiter struct {
	ctx    context.Context
	answer chan<- error
}

// Dial makes a DEALER for the engine, which is the connection's own from then on. So is what arrives in the sockets: they
// serve nothing else. Kind need not be given, and no Linger means a second; a nil log is silent. Nothing happens before Run.
func Dial(sockets zsock.Sockets, opt zsock.DialOptions, client *Client, log *slog.Logger) (*Connection, error) {
	opt.Kind = zsock.Dealer
	if opt.Linger == 0 {
		opt.Linger = lastWords
	}
	link, err := sockets.Dial(opt)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Connection{
		client: client, sockets: sockets, link: link, log: log,
		works: make(chan func(time.Time) []Effect), done: make(chan struct{}), waiting: map[*Call]waiter{},
	}, nil
}

// Run works until the machine or ctx ends; then calls return ErrClosed. It closes the link; closing the sockets is up to
// who opened them. It is called once.
//
// Where the transport tells, the machine gets the events "up", "down" and "failed".
//
// While the link is full the machine stands still: nothing is received or called, and no timer runs. When that has lasted for as
// long as a server may be quiet (Config.Expired), the connection ends.
func (c *Connection) Run(ctx context.Context) error {
	defer close(c.done)
	timer := newAlarm()
	defer timer.Stop()
	var batch []zsock.Event
	fullSince := time.Now()
	for {
		full := len(c.unsent) > 0
		if full {
			batch = c.sockets.Inbox().TakeNews(batch)
		} else {
			batch = c.sockets.Inbox().Take(batch)
		}
		ended := c.take(batch)
		if full && len(c.unsent) == 0 {
			continue // and take what had to wait
		}
		if !full {
			ended = c.do(c.client.Tick(time.Now())) || ended
		}
		if ended {
			return c.finish(ctx)
		}
		timer.set(c.client.Deadline())
		works, at := c.works, time.Now()
		if len(c.unsent) == 0 {
			fullSince = at
		} else {
			works = nil
			patience := c.client.timers.expired
			timer.set(fullSince.Add(patience), patience > 0)
			if patience > 0 && at.Sub(fullSince) >= patience {
				c.log.Debug("the server takes no messages")
				c.do(c.client.Close(at))
				return c.link.Drop()
			}
		}
		select {
		case <-c.sockets.Inbox().Ready():
		case work := <-works:
			if c.do(work(time.Now())) {
				return c.finish(ctx)
			}
		case <-timer.C:
		case <-ctx.Done():
			c.do(c.client.Close(time.Now()))
			return c.link.Close()
		}
	}
}

// lastWords is how long what a machine said at its end may wait for room in the link, and then in it.
const lastWords = time.Second

// finish closes the link, behind what could not be sent yet.
func (c *Connection) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lastWords)
	defer cancel()
	for len(c.unsent) > 0 && ctx.Err() == nil {
		select {
		case <-c.sockets.Inbox().Ready():
			c.take(c.sockets.Inbox().TakeNews(nil))
		case <-ctx.Done():
		}
	}
	return c.link.Close()
}

// take handles what arrived and tells whether the machine has ended.
func (c *Connection) take(batch []zsock.Event) (ended bool) {
	for _, e := range batch {
		switch e.Type {
		case zsock.Message:
			ended = c.do(c.client.Message(time.Now(), e.Frames)) || ended
		case zsock.Writable:
			waiting := c.unsent
			c.unsent = nil
			for _, frames := range waiting {
				c.send(frames)
			}
			c.client.Awake(time.Now())
		case zsock.Up:
			c.note(Up)
		case zsock.Down:
			c.note(Down)
		case zsock.Failed:
			c.note(Failed)
		}
		for len(c.news) > 0 && len(c.unsent) == 0 {
			news := c.news[0]
			c.news = c.news[1:]
			ended = c.do(c.client.Event(time.Now(), news)) || ended
		}
	}
	return ended
}

// note keeps what happened to the connection until the machine may move: of much only what came first, and what is so now.
func (c *Connection) note(e Event) {
	if len(c.news) > 1 {
		c.news = c.news[:1]
	}
	c.news = append(c.news, e)
}

func (c *Connection) do(effects []Effect) (ended bool) {
	for _, e := range effects {
		switch e.Type {
		case Send:
			c.send(e.Frames)
		case Answered:
			if w, ok := c.waiting[e.Call]; ok {
				delete(c.waiting, e.Call)
				w.answer <- e.Err
			}
		case Ended:
			ended = true
		case Fault:
			c.log.Error("the actions of the engine are wrong", "err", e.Err)
		}
	}
	return ended
}

func (c *Connection) send(frames [][]byte) {
	if len(c.unsent) > 0 {
		c.unsent = append(c.unsent, frames)
		return
	}
	switch err := c.link.Send(frames); {
	case errors.Is(err, zsock.ErrFull):
		c.unsent = append(c.unsent, frames)
	case err != nil:
		c.log.Debug("a message to the server is lost", "err", err)
	}
}

// Do runs an input in the goroutine that owns the engine, from any other one, and waits until that is done; see [Service.Do].
func (c *Connection) Do(input func(now time.Time) []Effect) error { return do(c.works, c.done, input) }

// Call makes a call and waits for its answer. Generated code wraps it.
func (c *Connection) Call(ctx context.Context, call func(now time.Time) (*Call, []Effect)) error {
	answer := make(chan error, 1)
	work := func(now time.Time) []Effect {
		for old, w := range c.waiting { // who has given up in the meantime
			if w.ctx.Err() != nil {
				c.client.Abandon(old)
				delete(c.waiting, old)
			}
		}
		made, effects := call(now)
		c.waiting[made] = waiter{ctx, answer}
		return effects
	}
	select {
	case c.works <- work:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.done:
		return ErrClosed
	}
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
