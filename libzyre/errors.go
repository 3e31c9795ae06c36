package zyre

import "github.com/zeromq/gozyre/libzyre/internal/core"

// Errors of a node, met with errors.Is.
var (
	// ErrClosed: the node has ended.
	ErrClosed = core.ErrClosed
	// ErrUnknownPeer: no such peer is present; it may have left a moment ago.
	ErrUnknownPeer = core.ErrUnknownPeer
	// ErrBlocked: the peer took no messages for Config.SendTimeout and was
	// given up; it exits, and enters again when it says HELLO.
	ErrBlocked = core.ErrBlocked
	// ErrInvalid: a name, group, header or number that makes no sense. Nothing
	// was sent.
	ErrInvalid = core.ErrInvalid
)

// Causes of an Exit.
var (
	// ErrGoodbye: the peer said that it leaves.
	ErrGoodbye = core.ErrGoodbye
	// ErrExpired: nothing was heard from the peer for Config.Expired.
	ErrExpired = core.ErrExpired
	// ErrLost: messages of the peer were lost on the way. It enters again.
	ErrLost = core.ErrLost
	// ErrRestarted: the peer began anew. It enters again.
	ErrRestarted = core.ErrRestarted
	// ErrReplaced: another peer is at the peer's address now.
	ErrReplaced = core.ErrReplaced
	// ErrUnreachable: the connection to the peer broke, and it does not answer.
	ErrUnreachable = core.ErrUnreachable
	// ErrMoved: the peer is at another address, and what was on its way to the
	// old one may be lost. It enters again.
	ErrMoved = core.ErrMoved
	// ErrMisbehaved: the peer claimed more than anyone can hold.
	ErrMisbehaved = core.ErrMisbehaved
)
