package fmq

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libfmq/internal/client"
)

// Times of a session.
const (
	firstPause = 100 * time.Millisecond // before another conversation; then doubled up to
	mostPause  = 5 * time.Second
	settled    = time.Second // a conversation that was open for so long is followed by the next at once when its connection breaks
	oneMistake = time.Minute // a second RTFM within that time is final (rfcs/filemq, 5.1)
	lastWords  = time.Second // how long a goodbye may take
)

// session has one conversation with a server after the other. Its goroutine is run's.
type session struct {
	client   *Client
	endpoint string
	ctx      context.Context // ends when the client leaves the server
	cancel   context.CancelFunc
	retry    chan struct{} // the user wants another attempt
	done     chan struct{}

	mu      sync.Mutex
	present *conversation // nil between conversations

	// Of the goroutine that runs, and of those that serve its present conversation.
	lost    bool // the user was told that the server is not there
	mistake time.Time
	anew    map[string]time.Time // when files were asked for again
}

// newSession begins a session, when the one before it with the same server has ended. c.mu is held.
func newSession(c *Client, endpoint string, before *session) (*session, error) {
	s := &session{client: c, endpoint: endpoint, retry: make(chan struct{}, 1), done: make(chan struct{}), anew: map[string]time.Time{}}
	s.ctx, s.cancel = context.WithCancel(c.ctx)
	first, err := newConversation(s)
	if err != nil {
		s.cancel()
		return nil, err
	}
	c.running.Go(func() {
		if before != nil {
			<-before.done
		}
		s.run(first)
	})
	return s, nil
}

// leave ends the session and waits for that.
func (s *session) leave() {
	s.cancel()
	<-s.done
}

// again makes another attempt with a server that has denied us.
func (s *session) again() {
	wake(s.retry)
}

// newPath tells the server that w is wanted now, in a while.
func (s *session) newPath(w *wants) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.present != nil {
		s.present.newPath(w)
	}
}

func (s *session) run(next *conversation) {
	defer close(s.done)
	pause := time.Duration(0)
	for {
		end := s.hold(next)
		if s.ctx.Err() != nil {
			return
		}
		if s.final(end) {
			select {
			case <-s.retry: // asked for while we were still talking
			default:
			}
			s.emit(Event{Type: Denied, Cause: end.cause})
			select {
			case <-s.retry:
				pause = 0
			case <-s.ctx.Done():
				return
			}
		} else {
			s.tellLost(end.cause)
			pause = nextPause(pause, end)
		}
		for next = nil; next == nil; {
			select {
			case <-time.After(pause/2 + rand.N(pause/2+1)): // not everybody at the same time
			case <-s.ctx.Done():
				return
			}
			var err error
			if next, err = newConversation(s); err != nil { // there are too many sockets, for instance
				s.tellLost(err)
				pause = nextPause(pause, ending{})
			}
		}
	}
}

// hold has a conversation.
func (s *session) hold(c *conversation) ending {
	s.mu.Lock()
	s.present = c
	s.mu.Unlock()
	return c.run()
}

// ending is how a conversation ended.
type ending struct {
	cause  error
	opened bool
	lasted time.Duration // since it was opened
}

// final tells whether the server is not to be asked again by ourselves (rfcs/filemq, 5.1).
func (s *session) final(e ending) bool {
	switch {
	case errors.Is(e.cause, client.ErrRefused):
		return true
	case errors.Is(e.cause, client.ErrMistake):
		before := s.mistake
		s.mistake = time.Now()
		return !e.opened || !before.IsZero() && time.Since(before) < oneMistake
	}
	return false
}

// nextPause is how long to wait before the next conversation.
func nextPause(last time.Duration, e ending) time.Duration {
	switch {
	case e.lasted < settled:
		return min(max(2*last, firstPause), mostPause)
	case errors.Is(e.cause, client.ErrBroken):
		return 0
	}
	return firstPause
}

// tellLost tells the user once that the server is not there.
func (s *session) tellLost(cause error) {
	if !s.lost {
		s.lost = true
		s.emit(Event{Type: Lost, Cause: cause})
	}
}

// emit tells the user something, and waits for room, unless the server is being left.
func (s *session) emit(e Event) {
	e.Server, e.Time = s.endpoint, time.Now()
	select {
	case s.client.events <- e:
		return
	default:
	}
	select {
	case s.client.events <- e:
	case <-s.ctx.Done():
	}
}

// emitIfRoom tells the user what need not be known.
func (s *session) emitIfRoom(e Event) {
	e.Server, e.Time = s.endpoint, time.Now()
	select {
	case s.client.events <- e:
	default:
	}
}
