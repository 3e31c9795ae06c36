// Package track is the Guide's tool that makes a directory follow another: a
// server and a client in one process.
package track

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/filemq"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Options say what follows what.
type Options struct {
	cli.Carrier
	Send, Recv string // directories
	JSON       bool
}

// Run makes Recv a copy of Send, and keeps it one until ctx is done.
func Run(ctx context.Context, o Options, std cli.Streams) error {
	if err := o.check(); err != nil {
		return err
	}
	screen := filemq.NewScreen(std, o.JSON, line)
	defer screen.Close()
	log := o.Log(screen.Log(), slog.LevelWarn)
	s, err := fmq.Listen(ctx, fmq.ServerConfig{Endpoint: "tcp://127.0.0.1:*", Publish: []fmq.Publish{{Dir: o.Send}}, Cache: filemq.UserCache(),
		Transport: o.Sockets(), Log: log})
	switch {
	case err != nil && ctx.Err() != nil:
		return nil // the user had enough of the reading
	case err != nil:
		return err
	}
	defer s.Close()
	// The client ends by Close, after which its last events are printed.
	c, err := fmq.Dial(context.WithoutCancel(ctx), fmq.ClientConfig{Servers: []string{s.Endpoint()}, Inbox: o.Recv,
		Transport: o.Sockets(), Log: log})
	if err != nil {
		return err
	}
	if err := c.Subscribe(ctx, "/", fmq.Subscription{Resync: true, Mirror: true}); err != nil {
		_ = c.Close()
		return err
	}
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	go func() {
		select {
		case <-s.Done(): // without it nothing comes any more
			leave()
		case <-ctx.Done():
		}
	}()
	f := &filemq.Follower{Screen: screen, Servers: 1}
	return errors.Join(f.Run(ctx, c), s.Close(), s.Err())
}

// line is what the Guide's track prints.
func line(e fmq.Event) string {
	verb := "received"
	if e.Type == fmq.Delete {
		verb = "deleted"
	}
	return fmt.Sprintf("I: %s %s (%s)\n", verb, show.Text(e.Name), show.Text(e.File))
}

// check refuses directories of which one lies within the other: the copy would
// hold itself, or the original would be deleted from the copy.
func (o Options) check() error {
	if info, err := os.Stat(o.Send); err != nil {
		return fmt.Errorf("SEND: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("SEND: %s is no directory", show.Text(o.Send))
	}
	if o.Recv == "" {
		return cli.Usagef("RECV: name a directory")
	}
	send, recv := real(o.Send), real(o.Recv)
	if within(send, recv) || within(recv, send) {
		return cli.Usagef("SEND and RECV: one is within the other (%s, %s): RECV becomes a copy of SEND, so it must lie elsewhere",
			show.Text(send), show.Text(recv))
	}
	return nil
}

// real is where a path leads, as far as it is there.
func real(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	for missing := ""; ; {
		if found, err := filepath.EvalSymlinks(path); err == nil {
			return filepath.Join(found, missing)
		}
		up := filepath.Dir(path)
		if up == path {
			return filepath.Join(path, missing)
		}
		missing, path = filepath.Join(filepath.Base(path), missing), up
	}
}

// within reports whether path is dir, or lies in it.
func within(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
