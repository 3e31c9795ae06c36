package filemq

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/fmqconfig"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// ServeOptions say what to offer, where, and to whom.
type ServeOptions struct {
	cli.Carrier
	Login     Login
	Dirs      []string // each DIR or DIR:/virtual
	Bind      string   // empty: what the configuration says
	Config    string   // a file; empty: none
	NoLinks   bool
	Anonymous bool
	JSON      bool
}

// Serve offers directories until ctx is done.
func Serve(ctx context.Context, o ServeOptions, std cli.Streams) error {
	if err := o.Login.check(); err != nil {
		return err
	}
	screen := NewScreen(std, o.JSON, nil)
	defer screen.Close()
	flags := fmqconfig.NewFlags()
	for _, arg := range o.Dirs {
		dir, virtual := split(arg)
		flags.Add("DIR "+show.Text(arg), "publish", "location", dir, "virtual", virtual)
	}
	if o.Bind != "" {
		flags.Add("--bind", "bind", "endpoint", o.Bind)
	}
	if o.Anonymous {
		flags.Add("--anonymous", "security", "anonymous", "1")
	}
	if o.NoLinks {
		flags.NoLinks()
	}
	if o.Login.User != "" {
		password, err := o.Login.password(screen)
		if err != nil {
			return err
		}
		flags.Account("--user", o.Login.User, password)
	}
	c, err := merge(o.Config, flags, "client", "connect", "subscribe")
	if err != nil {
		return err
	}
	if !c.Serves() {
		return cli.Usagef("nothing to serve: name a directory, or a --config with publish in it")
	}
	announce(c, screen)
	return serve(ctx, c.Server, o.Carrier, screen)
}

// UserCache is the folder of this user that keeps digests; empty if it cannot be made: a user without a home serves as well.
func UserCache() string {
	cache := fmqconfig.DefaultCache()
	if os.MkdirAll(cache, 0o700) != nil {
		return ""
	}
	return cache
}

// serve listens until ctx is done.
func serve(parent context.Context, cfg fmq.ServerConfig, carrier cli.Carrier, screen *Screen) error {
	ctx, leave := context.WithCancel(parent)
	defer leave()
	screen.Failed(leave)
	cfg.Transport, cfg.Log = carrier.Sockets(), carrier.Log(screen.Log(), slog.LevelInfo)
	if cfg.Cache == fmqconfig.DefaultCache() {
		cfg.Cache = UserCache()
	}
	s, err := fmq.Listen(ctx, cfg)
	switch {
	case err != nil && parent.Err() != nil:
		return nil // the user had enough of the reading
	case err != nil:
		return errors.Join(screen.Err(), invalid(err))
	}
	screen.Say(fmt.Sprintf("listening at %s", show.Text(s.Endpoint())), said{Type: "listening", Server: s.Endpoint(), Time: now()})
	select {
	case <-ctx.Done():
	case <-s.Done():
	}
	return errors.Join(screen.Err(), s.Close(), s.Err())
}
