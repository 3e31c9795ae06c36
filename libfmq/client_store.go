package fmq

import (
	"context"

	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// store is where files go: an inbox, or one with faults in tests.
type store interface {
	Begin(origin, name string, h inbox.Header, offset int64) (file, error)
	Remove(origin, name string, mirror bool) (removed bool, err error)
	Leave(origin, name string) (left bool, err error)
	List(ctx context.Context, origin string, all bool) ([]inbox.Held, error)
	Forget(origin string)
	Close() error
}

// file is a file that is being received.
type file interface {
	Write(p []byte) error
	Finish(want *[20]byte) (inbox.Delivered, error)
	Keep()
	Discard()
}

// disk is an inbox as a store.
type disk struct{ *inbox.Inbox }

func (d disk) Begin(origin, name string, h inbox.Header, offset int64) (file, error) {
	f, err := d.Inbox.Begin(origin, name, h, offset)
	if err != nil {
		return nil, err // not a file that is a nil pointer
	}
	return f, nil
}
