package fmq

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/libfmq/internal/inbox"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

// Client receives files into one inbox, from any number of servers. Its methods may be called from any goroutine.
type Client struct {
	cfg        ClientConfig
	sasl       *sasl.Client
	store      store
	dir        string        // the inbox
	retryEvery time.Duration // what the disk does not take
	log        *slog.Logger
	events     chan Event
	wants      atomic.Pointer[wants]
	counts     clientCounts

	ctx    context.Context // ends when Close begins
	cancel context.CancelFunc
	ended  chan struct{} // closed behind everything else
	once   sync.Once

	mu       sync.Mutex
	sessions map[string]*session
	leaving  map[string]*session // those that Disconnect has not ended yet
	running  sync.WaitGroup      // all of them
	closed   bool
	err      error

	subscribed uint64 // how often Subscribe was called
}

// Dial opens the inbox and begins to connect. It does not wait for a server: that may come later, go and come back. The client ends with
// Close, or with ctx. An error is ErrInvalid, or why the inbox cannot be used.
func Dial(ctx context.Context, cfg ClientConfig) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	var in store = &lazy{open: func() (store, error) { return openInbox(&cfg) }, path: cfg.Inbox}
	if !cfg.Lazy {
		var err error
		if in, err = openInbox(&cfg); err != nil {
			return nil, err
		}
	}
	if cfg.KeepFree != 0 {
		in = &roomy{in, cfg.Inbox, cfg.KeepFree, freeOf}
	}
	return dial(ctx, cfg, in)
}

func openInbox(cfg *ClientConfig) (store, error) {
	open := inbox.Open
	if cfg.NoLink {
		open = inbox.OpenFolder
	}
	in, err := open(cfg.Inbox, cfg.Log)
	if err != nil {
		return nil, fmt.Errorf("fmq: %w", err)
	}
	return disk{in}, nil
}

// dial is Dial with any store, which is the client's from then on.
func dial(ctx context.Context, cfg ClientConfig, in store) (*Client, error) {
	mechanisms := []sasl.ClientMechanism{sasl.AnonymousClient{}}
	if cfg.Login != "" {
		mechanisms = append([]sasl.ClientMechanism{sasl.PlainClient{Login: cfg.Login, Password: cfg.Password}}, mechanisms...)
	}
	who, err := sasl.NewClient(mechanisms...)
	if err != nil {
		in.Close()
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Inbox)
	if err != nil {
		in.Close()
		return nil, fmt.Errorf("fmq: inbox: %w", err)
	}
	c := &Client{
		cfg: cfg, sasl: who, store: in, dir: dir, log: cfg.Log, events: make(chan Event, cfg.Queue), ended: make(chan struct{}),
		sessions: map[string]*session{}, leaving: map[string]*session{},
	}
	c.retryEvery = retryEvery
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.wants.Store(&wants{})
	for _, endpoint := range cfg.Servers {
		if err := c.Connect(endpoint); err != nil {
			c.Close()
			return nil, err
		}
	}
	stop := context.AfterFunc(ctx, func() { c.end(context.Cause(ctx)) })
	context.AfterFunc(c.ctx, func() { stop() })
	return c, nil
}

// Connect adds a server. It does not wait. For a server that has denied us (see [Denied]) it is another attempt; for any other that was
// added before it does nothing. An error is ErrClosed, or what the transport finds wrong with the endpoint.
func (c *Client) Connect(endpoint string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	if s := c.sessions[endpoint]; s != nil {
		s.again()
		return nil
	}
	s, err := newSession(c, endpoint, c.leaving[endpoint])
	if err != nil {
		return err
	}
	c.sessions[endpoint] = s
	c.want(*c.wants.Load())
	return nil
}

// Disconnect says goodbye to a server and waits until that is done. What has come of unfinished files is kept for the next time. Events of
// the server that nobody has read yet may be lost. A server that was not added is nothing to do; an error is ErrClosed.
func (c *Client) Disconnect(endpoint string) error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return ErrClosed
	}
	s := c.sessions[endpoint]
	if s != nil {
		delete(c.sessions, endpoint)
		c.leaving[endpoint] = s
		c.want(*c.wants.Load())
	}
	c.mu.Unlock()
	if s != nil {
		s.leave()
		c.mu.Lock()
		if c.leaving[endpoint] == s {
			delete(c.leaving, endpoint)
		}
		c.mu.Unlock()
	}
	return nil
}

// Events yields what happens. It is closed behind the last event when the client has ended. Who does not read it stops the transfers, in the
// end; only Progress is left out then.
func (c *Client) Events() <-chan Event { return c.events }

// Err is why the client has ended: nil before that, and after Close.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Close says goodbye and ends the client. What has come of unfinished files is kept for the next time. It waits, and is idempotent. Events that
// were not read yet can be read afterwards, as far as they had room in the queue.
func (c *Client) Close() error {
	c.end(nil)
	<-c.ended
	return nil
}

func (c *Client) end(cause error) {
	c.once.Do(func() {
		c.mu.Lock()
		c.closed, c.err = true, cause
		c.mu.Unlock()
		c.cancel()
		c.running.Wait()
		if err := c.store.Close(); err != nil {
			c.log.Warn("the inbox is not closed well", "err", err)
		}
		close(c.events)
		close(c.ended)
	})
}
