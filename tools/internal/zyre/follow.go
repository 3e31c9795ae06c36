package zyre

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/tools/internal/state"
)

// source is what follow needs of a zyre.Node.
type source interface {
	Events() <-chan zyre.Event
	Err() error
	Close() error
}

// errOver: the time is over.
var errOver = errors.New("the time is over")

// follow shows what happens to a node until ctx is done, life is over (0: never),
// stdout takes nothing any more, or see wants to leave; then it closes the node.
// See gets each event, and nil from time to time. It returns why it ended: nil
// when see wanted that, errOver, ctx's error, or what broke.
func follow(ctx context.Context, n source, b *board, life, tick time.Duration, see func(*zyre.Event) (leave bool, err error)) error {
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	if life > 0 {
		timer := time.AfterFunc(life, func() { leave(errOver) })
		defer timer.Stop()
	}
	errDone := errors.New("done")
	b.failed = func() { leave(nil) }
	closed := make(chan error, 1)
	context.AfterFunc(ctx, func() { closed <- n.Close() })
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	look := func(e *zyre.Event) {
		switch done, err := see(e); {
		case err != nil:
			leave(err)
		case done:
			leave(errDone)
		}
	}
	for events := n.Events(); events != nil; {
		select {
		case e, ok := <-events:
			if !ok {
				events = nil
				break
			}
			b.event(e)
			look(&e)
		case <-ticker.C:
			look(nil)
		}
	}
	leave(errDone) // if it has ended by itself: then n.Err says why
	if err := errors.Join(n.Err(), <-closed); err != nil {
		return err
	}
	if b.err != nil {
		return fmt.Errorf("stdout: %w", b.err)
	}
	if cause := context.Cause(ctx); !errors.Is(cause, errDone) {
		return cause
	}
	return nil
}

// begin starts a node under the identity that is kept for the tool. The node ends
// by Close, after which its last events are printed. Release lets go of the
// identity.
func begin(ctx context.Context, o cli.Node, tool string, b *board, change func(*zyre.Config)) (n *zyre.Node, release func(), err error) {
	me, err := state.Take(tool)
	if err != nil {
		b.note("this node's UUID is not kept (%s): what is interrupted will begin anew", show.Text(err.Error()))
	}
	cfg := o.Config(b.talk)
	cfg.UUID, cfg.Outbox = me.UUID, me.Outbox()
	change(&cfg)
	if n, err = zyre.Start(context.WithoutCancel(ctx), cfg); err != nil {
		me.Release()
		if errors.Is(err, beacon.ErrPortInUse) {
			err = fmt.Errorf("%w; `zyre doctor` looks for who has it", err)
		}
		return nil, nil, err
	}
	return n, me.Release, nil
}

// stopped reports whether a run ended as users end it.
func stopped(ctx context.Context, err error) bool {
	return err == nil || errors.Is(err, errOver) || ctx.Err() != nil && errors.Is(err, context.Cause(ctx))
}
