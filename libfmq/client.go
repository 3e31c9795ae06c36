package fmq

import (
	"context"
	"errors"
)

// Client receives files into one inbox, from any number of servers.
type Client struct{}

// Dial opens the inbox and begins to connect. It does not wait for a server: that may come later, go and come back.
func Dial(ctx context.Context, cfg ClientConfig) (*Client, error) { return nil, errors.New("not yet") }

// Subscribe asks every server, now or when it is there, for the files at and below path. It is held in memory and said again whenever a
// server comes back. It does not wait for a server. A second call for the same path replaces the first.
func (c *Client) Subscribe(ctx context.Context, path string, opt Subscription) error { return nil }

// Connect adds a server. Disconnect leaves one.
func (c *Client) Connect(endpoint string) error { return nil }

// Disconnect leaves a server. What it was sending is given up.
func (c *Client) Disconnect(endpoint string) error { return nil }

// Events yields what happens. It is closed behind the last event when the client has ended. Who does not read it stops the transfers, in the
// end; only Progress is left out then.
func (c *Client) Events() <-chan Event { return nil }

// Stats counts.
func (c *Client) Stats() ClientStats { return ClientStats{} }

// ClientStats are counters since Dial, and gauges.
type ClientStats struct{}

// Err is why the client has ended: nil after Close.
func (c *Client) Err() error { return nil }

// Close says goodbye and ends the client. What has come of unfinished files is kept for the next time. It waits, and is idempotent.
func (c *Client) Close() error { return nil }
