package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/zeromq/gozyre/libfmq"
)

// stable is how old a file's last change is when it may be sent.
const stable = time.Second

// deliver is a client that is there already when files appear.
type deliver struct {
	Endpoint string        `required:"" help:"Of the server."`
	Dir      string        `required:"" help:"What it publishes as /."`
	Inbox    string        `required:"" help:"Where files arrive."`
	Count    int           `default:"100" help:"How many files."`
	Octets   int           `default:"1000" help:"Their size."`
	Every    time.Duration `default:"100ms" help:"How long from one to the next."`
	File     string        `help:"Instead of those, give this one another name, in the directory."`
}

func (d deliver) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	client, err := fmq.Dial(ctx, fmq.ClientConfig{Servers: []string{d.Endpoint}, Inbox: d.Inbox})
	if err != nil {
		return err
	}
	defer client.Close()
	if err := client.Subscribe(ctx, "/", fmq.Subscription{Resync: true}); err != nil {
		return err
	}
	if _, err := await(client, fmq.Synced); err != nil {
		return err
	}
	names := []string{filepath.Base(d.File)}
	if d.File == "" {
		names = nil
		for i := range d.Count {
			names = append(names, fmt.Sprintf("file-%03d", i))
		}
	}
	go func() {
		if err := d.write(ctx, names); err != nil {
			cancel(err)
		}
	}()
	came := map[string]time.Time{}
	for len(came) < len(names) {
		e, err := await(client, fmq.Deliver)
		if err != nil {
			return errors.Join(err, context.Cause(ctx))
		}
		came[e.Name] = time.Now()
	}
	var took []time.Duration
	for _, name := range names {
		info, err := os.Stat(filepath.Join(d.Dir, name))
		if err != nil {
			return err
		}
		took = append(took, came[name].Sub(info.ModTime().Add(stable)))
	}
	slices.Sort(took)
	return result{
		"p50": took[len(took)/2].Seconds(),
		"p99": took[(len(took)*99-1)/100].Seconds(),
		"max": took[len(took)-1].Seconds(),
	}.print()
}

// await reads events until there is one of that type.
func await(c *fmq.Client, t fmq.EventType) (fmq.Event, error) {
	for e := range c.Events() {
		switch e.Type {
		case t:
			return e, nil
		case fmq.Denied, fmq.Refused, fmq.Blocked:
			return e, fmt.Errorf("%s: %w", e.Type, e.Cause)
		}
	}
	return fmq.Event{}, fmt.Errorf("the client ended before %s: %w", t, c.Err())
}

// write makes the files, one after the other.
func (d deliver) write(ctx context.Context, names []string) error {
	turn := time.NewTicker(d.Every)
	defer turn.Stop()
	for i, name := range names {
		if err := d.put(filepath.Join(d.Dir, name), i); err != nil {
			return err
		}
		select {
		case <-turn.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// put makes a file that was changed just now.
func (d deliver) put(path string, number int) error {
	if d.File != "" {
		return errors.Join(os.Chtimes(d.File, time.Time{}, time.Now()), os.Link(d.File, path))
	}
	content := make([]byte, d.Octets)
	copy(content, fmt.Sprintln(number))
	return os.WriteFile(path, content, 0o644)
}
