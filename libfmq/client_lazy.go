package fmq

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/zeromq/gozyre/libfmq/internal/inbox"
)

// errUnopened says that the inbox could not be opened; that may be tried again.
var errUnopened = errors.New("the inbox cannot be used")

// lazy is a store that is opened when something is in it or is to come.
type lazy struct {
	open func() (store, error)
	path string

	mu     sync.Mutex
	in     store // nil: not yet
	closed bool
}

// get opens the store. It is nil when it may be left alone, because there is nothing at its path.
func (l *lazy) get(leave bool) (store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.in != nil || l.closed {
		return l.in, nil
	}
	if leave {
		if _, err := os.Lstat(l.path); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	in, err := l.open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnopened, err)
	}
	l.in = in
	return in, nil
}

func (l *lazy) Begin(origin, name string, h inbox.Header, offset int64) (file, error) {
	in, err := l.get(false)
	switch {
	case err != nil:
		return nil, err
	case in == nil:
		return nil, inbox.ErrClosed
	}
	return in.Begin(origin, name, h, offset)
}

func (l *lazy) Remove(origin, name string, mirror bool) (removed bool, err error) {
	in, err := l.get(true)
	if in == nil {
		return false, err
	}
	return in.Remove(origin, name, mirror)
}

func (l *lazy) Leave(origin, name string) (left bool, err error) {
	in, err := l.get(true)
	if in == nil {
		return false, err
	}
	return in.Leave(origin, name)
}

func (l *lazy) List(ctx context.Context, origin string, all bool) ([]inbox.Held, error) {
	in, err := l.get(true)
	if in == nil {
		return nil, err
	}
	return in.List(ctx, origin, all)
}

func (l *lazy) Forget(origin string) {
	if in, _ := l.get(true); in != nil {
		in.Forget(origin)
	}
}

func (l *lazy) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.in == nil {
		return nil
	}
	return l.in.Close()
}
