package zsock

import (
	"errors"
	"fmt"
)

// The errors of every transport, to be met with errors.Is.
var (
	// ErrFull: the queue to the peer is full, nothing was queued.
	ErrFull = errors.New("zsock: the queue to the peer is full")
	// ErrUntold is an ErrFull that no Writable follows, for the transport cannot tell when there is room: try again in a while.
	ErrUntold = fmt.Errorf("%w, and no event will say when there is room", ErrFull)
	// ErrClosed: the link, the listener or the whole set is closed.
	ErrClosed = errors.New("zsock: closed")
	// ErrTooLarge: the message alone exceeds HighWaterOctets.
	ErrTooLarge = errors.New("zsock: the message is larger than the queue to the peer may be")
	// ErrNoFrames: a message needs at least one frame, and at most MaxFrames.
	ErrNoFrames = errors.New("zsock: a message has 1 to 1024 frames")
	// ErrUnknownPeer: no peer of that routing identity is connected.
	ErrUnknownPeer = errors.New("zsock: no peer of that routing identity is connected")
	// ErrStranger: the other end is not who DialOptions.Expect names.
	ErrStranger = errors.New("zsock: somebody else is there")
	// ErrInvalid: an option that no transport can honour.
	ErrInvalid = errors.New("zsock: invalid option")
	// ErrLimit: the process may not open more sockets; the text says which limit and how to raise it.
	ErrLimit = errors.New("zsock: no more sockets")
)
