package filemq

import (
	"context"
	"errors"
	"sync"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/fmqconfig"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// RunOptions say which configuration is to be executed, or shown.
type RunOptions struct {
	cli.Carrier
	File      string
	Bind      string
	NoLinks   bool
	Anonymous bool
	Resync    bool
	Mirror    bool
	JSON      bool
}

// config reads the file, below what the command line says; given reports
// whether that says anything.
func (o RunOptions) config() (c *fmqconfig.Config, given bool, err error) {
	flags := fmqconfig.NewFlags()
	for _, f := range []struct {
		given                      bool
		flag, section, name, value string
	}{
		{o.Bind != "", "--bind", "bind", "endpoint", o.Bind},
		{o.Anonymous, "--anonymous", "security", "anonymous", "1"},
		{o.Resync, "--resync", "client", "resync", "1"},
		{o.Mirror, "--mirror", "client", "mirror", "1"},
	} {
		if f.given {
			flags.Add(f.flag, f.section, f.name, f.value)
			given = true
		}
	}
	if o.NoLinks {
		flags.NoLinks()
		given = true
	}
	c, err = merge(o.File, flags)
	return c, given, err
}

// Run does what a configuration says, server and client at once, until ctx is
// done.
func Run(ctx context.Context, o RunOptions, std cli.Streams) error {
	c, _, err := o.config()
	if err != nil {
		return err
	}
	if !c.Serves() && !c.Fetches() {
		return errors.New(show.Text(o.File) + ": nothing to do: it has neither a publish nor a connect with a subscribe")
	}
	screen := NewScreen(std, o.JSON, nil)
	defer screen.Close()
	announce(c, screen)
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	// One side that cannot work ends both, except that a server goes on without
	// the servers that deny us access.
	var sides sync.WaitGroup
	var served, fetched error
	if c.Serves() {
		sides.Go(func() {
			defer leave()
			served = serve(ctx, c.Server, o.Carrier, screen)
		})
	}
	if c.Fetches() {
		sides.Go(func() {
			fetched = fetch(ctx, c, false, !c.Serves(), o.Carrier, screen)
			if !c.Serves() {
				leave()
			}
		})
	}
	sides.Wait()
	return errors.Join(served, fetched)
}

// Config prints what a configuration comes to; without a file or a flag, what
// is shipped.
func Config(_ context.Context, o RunOptions, std cli.Streams) error {
	c, given, err := o.config()
	if err != nil {
		return err
	}
	if o.File == "" && !given {
		_, err := std.Out.Write([]byte(fmqconfig.Shipped))
		return err
	}
	return c.Print(std.Out)
}
