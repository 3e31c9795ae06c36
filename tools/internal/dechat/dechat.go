// Package dechat is the chat without a server: what is typed is shouted to a
// group, what the others shout is printed.
package dechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/state"
)

// Options say how to chat.
type Options struct {
	Node  cli.Node
	Inbox string        // where files arrive; empty: none do, and none can be sent
	Group string        // where lines go at first, 1 to 255 octets
	JSON  bool          // print events as JSON, one a line
	For   time.Duration // leave after this long; 0: when stdin ends
	Wait  time.Duration // how long lines of a pipe wait for somebody to hear them
}

// check refuses what makes no sense, before anything is sent.
func (o Options) check() error {
	switch {
	case o.Group == "":
		return cli.Usagef("--group: a group has a name, such as CHAT")
	case len(o.Group) > 255:
		return cli.Usagef("--group: the name has %d octets: at most 255 are possible", len(o.Group))
	case strings.Contains(o.Group, "\x00"):
		return cli.Usagef("--group: a name has no NUL octet in it")
	}
	return errors.Join(cli.CheckDuration("for", o.For), cli.CheckDuration("wait", o.Wait))
}

// Run chats until ctx is done, the time is over, the user leaves or stdin
// ends, and says goodbye. What it reads and prints is told in the README of
// the tools. A Read of stdin that is under way goes on when Run returns: only
// who owns stdin can end it.
func Run(ctx context.Context, opts Options, std cli.Streams) error {
	if err := opts.check(); err != nil {
		return err
	}
	ends := open(std)
	defer ends.close()
	cfg := opts.Node.Config(ends.err)
	if opts.Inbox != "" {
		me, err := state.Take("dechat")
		if err != nil {
			fmt.Fprintf(ends.err, "* your UUID is not kept (%s): files that are interrupted will begin anew\n", printable(err.Error()))
		}
		defer me.Release()
		cfg.UUID, cfg.Inbox, cfg.Outbox = me.UUID, opts.Inbox, me.Outbox()
	}
	// The node ends by Close, after whose goodbye its last events are printed.
	n, err := zyre.Start(context.WithoutCancel(ctx), cfg)
	if err != nil {
		return err
	}
	return chat(ctx, n, opts, ends)
}

// node is what chat needs of a zyre.Node.
type node interface {
	UUID() zyre.UUID
	Name() string
	Join(group string) error
	Leave(group string) error
	Whisper(peer zyre.UUID, msg ...[]byte) error
	Shout(group string, msg ...[]byte) error
	PublishTo(group, path, as string) error
	Peers() []zyre.Peer
	PeersIn(group string) []zyre.Peer
	Events() <-chan zyre.Event
	Err() error
	Close() error
}

// Reasons to leave that are no failure.
var (
	errQuit = errors.New("the user left")
	errOver = errors.New("the time is over")
	errEnd  = errors.New("stdin has ended")

	errNodeEnded = errors.New("the node has ended by itself")
)

// chat runs until something ends it. One goroutine prints events, so that the
// node never waits for a user; another does what the lines say.
func chat(parent context.Context, n node, opts Options, ends *ends) error {
	ctx, leave := context.WithCancelCause(parent)
	defer leave(nil)
	if opts.For > 0 {
		timer := time.AfterFunc(opts.For, func() { leave(errOver) })
		defer timer.Stop()
	}
	scr := newScreen(ends.out, ends.err, opts.JSON, ends.outIsTerminal, leave)
	scr.introduce(n.Name(), n.UUID(), opts.Node.Port, opts.Group)

	closed := make(chan error, 1)
	context.AfterFunc(ctx, func() { closed <- n.Close() })

	sp := newSpeaker(n, scr, opts, ends)
	go func() { leave(sp.run(ctx)) }()

	for e := range n.Events() {
		sp.shelf.event(e)
		scr.event(e)
		sp.news()
	}
	leave(errNodeEnded) // only if it ended by itself
	if err := errors.Join(n.Err(), <-closed); err != nil {
		return err
	}
	switch cause := context.Cause(ctx); {
	case parent.Err() != nil:
		return nil // a signal
	case errors.Is(cause, errQuit), errors.Is(cause, errOver), errors.Is(cause, errEnd):
		if ends.edits() {
			return nil // the user saw what failed
		}
		return sp.failure()
	default:
		return cause
	}
}

// ends are where lines come from and where text goes.
type ends struct {
	lines         func() (string, error) // the next line; io.EOF at the end
	out, err      io.Writer
	outIsTerminal bool
	editor        *editor // nil when stdin is no terminal
}

// open finds out whether a person sits at stdin, who then gets a line editor.
func open(std cli.Streams) *ends {
	e := &ends{out: std.Out, err: std.Err, outIsTerminal: isTerminal(std.Out)}
	if e.editor = newEditor(std); e.editor == nil {
		e.lines = readLines(std.In)
		return e
	}
	e.lines = e.editor.line
	// What shares the screen with the editor has to go through it.
	if e.outIsTerminal {
		e.out = e.editor
	}
	if isTerminal(std.Err) {
		e.err = e.editor
	}
	return e
}

func (e *ends) edits() bool { return e.editor != nil }

func (e *ends) close() {
	if e.editor != nil {
		e.editor.close()
	}
}
