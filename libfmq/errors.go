package fmq

import "errors"

// Errors, to be met with errors.Is.
var (
	// ErrInvalid: an argument or a configuration makes no sense; the text says what would.
	ErrInvalid = errors.New("fmq: invalid")
	// ErrClosed: the server or the client has ended.
	ErrClosed = errors.New("fmq: closed")
)
