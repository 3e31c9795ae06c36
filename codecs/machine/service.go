package machine

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Service runs a server's engine over a ROUTER.
type Service struct {
	server   *Server
	sockets  zsock.Sockets
	listener zsock.Listener
	outbox   outbox
	log      *slog.Logger
	works    chan func(now time.Time) []Effect
	done     chan struct{}
}

// Listen binds a ROUTER for the engine, which is the service's own from then on. So is what arrives in the sockets: they
// serve nothing else. Kind need not be given; a nil log is silent. Nothing happens before Run.
func Listen(sockets zsock.Sockets, opt zsock.ListenOptions, server *Server, log *slog.Logger) (*Service, error) {
	opt.Kind = zsock.Router
	listener, err := sockets.Listen(opt)
	if err != nil {
		return nil, err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Service{
		server: server, sockets: sockets, listener: listener, outbox: newOutbox(listener), log: log,
		works: make(chan func(time.Time) []Effect), done: make(chan struct{}),
	}, nil
}

// Endpoint is where clients connect.
func (s *Service) Endpoint() string { return s.listener.Endpoint() }

// Run serves until ctx ends. Then it unbinds; closing the sockets is up to who opened them. It is called once.
//
// What a machine sends to a client whose queue is full waits, up to 64 messages; with one more the client counts as gone. When
// there is room again and nothing waits any more, the machine gets the event "writable".
func (s *Service) Run(ctx context.Context) error {
	defer close(s.done)
	timer := newAlarm()
	defer timer.Stop()
	var batch []zsock.Event
	for {
		// What has arrived comes before what is overdue: who was heard in time must not expire because we were late.
		batch = s.sockets.Inbox().Take(batch)
		for _, e := range batch {
			s.take(e)
		}
		for _, peer := range s.outbox.retries(time.Now()) {
			s.do(s.server.Event(time.Now(), []byte(peer), Writable))
		}
		s.do(s.server.Tick(time.Now()))
		timer.set(s.deadline())
		select {
		case <-s.sockets.Inbox().Ready():
		case work := <-s.works:
			s.do(work(time.Now()))
		case <-s.outbox.untold:
		case <-timer.C:
		case <-ctx.Done():
			return s.listener.Close()
		}
	}
}

// deadline is when there is something to do, if nothing comes before; false: never.
func (s *Service) deadline() (at time.Time, ok bool) {
	at, ok = s.server.Deadline()
	if again, waits := s.outbox.again(); waits && (!ok || again.Before(at)) {
		return again, true
	}
	return at, ok
}

// Send queues a message for a client, from any goroutine, without blocking. It says zsock.ErrFull when the client's queue is full,
// or messages of the client's machine wait before it: then that machine gets the event "writable" when there is room, which may
// be before Send has returned. Else it says what [zsock.Listener] says. The caller may reuse frames afterwards.
func (s *Service) Send(peer []byte, frames [][]byte) error {
	return s.outbox.try(zsock.Listener.Send, peer, frames)
}

// SendOwned is Send of frames that are given away, as [zsock.SendOwned] has it.
func (s *Service) SendOwned(peer []byte, frames [][]byte) error {
	return s.outbox.try(zsock.SendOwned, peer, frames)
}

// Do runs an input in the goroutine that owns the engine, from any other one:
//
//	service.Do(func(now time.Time) []machine.Effect { return engine.Resume(now, m, EventDone) })
//
// It waits until that is done, and gives ErrClosed when the service has ended. Actions must not call it.
func (s *Service) Do(input func(now time.Time) []Effect) error { return do(s.works, s.done, input) }

func do(works chan<- func(time.Time) []Effect, done <-chan struct{}, input func(time.Time) []Effect) error {
	finished := make(chan struct{})
	work := func(now time.Time) []Effect {
		defer close(finished)
		return input(now)
	}
	select {
	case works <- work:
		<-finished
		return nil
	case <-done:
		return ErrClosed
	}
}

func (s *Service) take(e zsock.Event) {
	switch e.Type {
	case zsock.Message:
		s.do(s.server.Message(time.Now(), e.Peer, e.Frames))
	case zsock.Down:
		// A conversation ends with its connection, or whoever comes under the client's identity next would go on with it.
		s.gone(e.Peer)
	case zsock.Writable:
		if s.outbox.writable(e.Peer) {
			s.do(s.server.Event(time.Now(), e.Peer, Writable))
		}
	}
}

func (s *Service) gone(peer []byte) {
	s.outbox.forget(peer)
	s.do(s.server.Gone(time.Now(), peer))
}

func (s *Service) do(effects []Effect) {
	var stuck [][]byte // clients that take nothing
	for _, e := range effects {
		switch e.Type {
		case Send:
			// A client that is away loses the message, as ROUTER has it; silence will tell it.
			ok, err := s.outbox.send(e.Peer, e.Frames)
			if !ok {
				stuck = append(stuck, e.Peer)
			} else if err != nil && !errors.Is(err, zsock.ErrClosed) {
				s.log.Debug("a message to a client is lost", "peer", e.Peer, "err", err)
			}
		case Fault:
			s.log.Error("the actions of the engine are wrong", "peer", e.Peer, "err", e.Err)
		}
	}
	for _, peer := range stuck {
		s.log.Debug("a client takes no messages", "peer", peer)
		s.gone(peer)
	}
}

// alarm is a timer that can be off.
type alarm struct{ *time.Timer }

func newAlarm() alarm {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return alarm{t}
}

func (a alarm) set(at time.Time, on bool) {
	if on {
		a.Reset(time.Until(at))
	} else {
		a.Stop()
	}
}
