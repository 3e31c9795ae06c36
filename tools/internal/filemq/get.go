package filemq

import (
	"context"
	"log/slog"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/fmqconfig"
)

// GetOptions say what to receive, and from where.
type GetOptions struct {
	cli.Carrier
	Login    Login
	Endpoint string
	Path     string
	Inbox    string
	Config   string // a file; empty: none
	Resync   bool
	Mirror   bool
	Once     bool // leave when everything is here
	JSON     bool
}

// Get receives files until ctx is done, or with Once until everything is here.
func Get(ctx context.Context, o GetOptions, std cli.Streams) error {
	if err := o.Login.check(); err != nil {
		return err
	}
	screen := NewScreen(std, o.JSON, nil)
	defer screen.Close()
	flags := fmqconfig.NewFlags()
	flags.Add("ENDPOINT", "connect", "endpoint", o.Endpoint)
	flags.Add("PATH", "subscribe", "path", o.Path)
	flags.Add("INBOX", "client", "inbox", o.Inbox)
	if o.Once {
		flags.Add("--once", "client", "resync", "1") // else nothing is to be had
	}
	if o.Resync {
		flags.Add("--resync", "client", "resync", "1")
	}
	if o.Mirror {
		flags.Add("--mirror", "client", "mirror", "1")
	}
	if o.Login.User != "" {
		password, err := o.Login.password(screen)
		if err != nil {
			return err
		}
		flags.Add("--user", "client", "login", o.Login.User)
		flags.Add("--password-file", "client", "password", password)
	}
	c, err := merge(o.Config, flags, "server", "publish", "security", "bind", "connect", "subscribe")
	if err != nil {
		return err
	}
	announce(c, screen)
	return fetch(ctx, c, o.Once, true, o.Carrier, screen)
}

// fetch receives what c says until ctx is done, or with once until everything
// is here. Alone says that nothing else goes on meanwhile.
func fetch(ctx context.Context, c *fmqconfig.Config, once, alone bool, carrier cli.Carrier, screen *Screen) error {
	cfg := c.Client
	cfg.Transport, cfg.Log = carrier.Sockets(), carrier.Log(screen.Log(), slog.LevelWarn)
	// The client ends by Close, after which its last events are printed.
	client, err := fmq.Dial(context.WithoutCancel(ctx), cfg)
	if err != nil {
		return invalid(err)
	}
	for _, s := range c.Subscriptions {
		if err := client.Subscribe(ctx, s.Path, s.Subscription); err != nil {
			_ = client.Close()
			return invalid(err)
		}
	}
	f := &Follower{Screen: screen, Servers: len(cfg.Servers), Login: cfg.Login != "", Alone: alone, Once: once, Paths: len(c.Subscriptions)}
	err = f.Run(ctx, client)
	f.Sum()
	return err
}
