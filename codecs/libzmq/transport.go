package libzmq

import (
	"errors"
	"fmt"
	"log/slog"
	"syscall"

	"github.com/pebbe/zmq4"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Transport is libzmq as a zsock.Transport. The zero value is ready for use.
type Transport struct{}

var _ zsock.Transport = Transport{}

// String is "libzmq".
func (Transport) String() string { return "libzmq" }

// Version is the version of libzmq that the program runs with, "4.3.4" for instance.
func Version() string {
	major, minor, patch := zmq4.Version()
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}

// Open makes an empty set of sockets and starts the goroutine that receives.
func (Transport) Open(o zsock.Options) (zsock.Sockets, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	ctx, err := newContext()
	if err != nil {
		return nil, err
	}
	s := &sockets{ctx: ctx, log: o.Log, done: make(chan struct{}), all: map[*socket]struct{}{}, full: map[*socket]struct{}{}}
	if s.wakeup, err = newWakeup(ctx); err != nil {
		return nil, errors.Join(err, ctx.Term())
	}
	s.inbox = zsock.NewInbox(o.Inbox, o.InboxOctets, s.wakeup.wake)
	go s.run()
	return s, nil
}

// newContext makes a context that holds as many sockets as the process may have descriptors for.
func newContext() (*zmq4.Context, error) {
	ctx, err := zmq4.NewContext()
	if err != nil {
		return nil, limit(fmt.Errorf("libzmq: new context: %w", fault(err)))
	}
	if err := ctx.SetMaxSockets(maxSockets()); err != nil {
		return nil, errors.Join(fmt.Errorf("libzmq: set the number of sockets: %w", fault(err)), ctx.Term())
	}
	ctx.SetRetryAfterEINTR(true)
	copyOnReceive(ctx)
	return ctx, nil
}

// ownErrors is where libzmq's own error numbers begin (ZMQ_HAUSNUMERO).
const ownErrors = 156384712

// fault turns pebbe's error numbers into those of package syscall, which callers can compare.
func fault(err error) error {
	var e zmq4.Errno
	if errors.As(err, &e) {
		if e < ownErrors {
			return syscall.Errno(e)
		}
		return e // a number of libzmq's own, which has a text
	}
	return err
}
