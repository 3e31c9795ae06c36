package fmq

import (
	"errors"

	"github.com/zeromq/gozyre/libfmq/internal/client"
)

// Causes of a Lost or a Denied, to be met with errors.Is. Other causes are the transport's.
var (
	// ErrBroken: the connection broke.
	ErrBroken = client.ErrBroken
	// ErrSilent: nothing was heard from the server for ClientConfig.Expired.
	ErrSilent = client.ErrSilent
	// ErrGoodbye: the server said that it stops.
	ErrGoodbye = client.ErrGoodbye
	// ErrMisbehaved: the server sends much more than it may.
	ErrMisbehaved = client.ErrMisbehaved
	// ErrRefused: the server does not accept the login, or a path, or there is no mechanism that both sides accept.
	ErrRefused = client.ErrRefused
	// ErrMistake: the server says that it does not understand us.
	ErrMistake = client.ErrMistake
	// ErrUnreachable: no connection to the server can be made.
	ErrUnreachable = errors.New("the server cannot be reached")
)

// Causes of a Refused. Others are the inbox's and the system's.
var (
	// ErrUncovered: the server sends a file that was not subscribed to.
	ErrUncovered = errors.New("nobody has subscribed to that path")
	// ErrOutOfOrder: a part of the file is missing, or lies beyond its end.
	ErrOutOfOrder = errors.New("the parts of the file do not fit together")
	// ErrGarbled: a message of the server could not be read; it may have been a part of the file.
	ErrGarbled = errors.New("a message of the server could not be read")
)
