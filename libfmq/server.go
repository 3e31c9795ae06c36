package fmq

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/server"
	"github.com/zeromq/gozyre/libfmq/sasl"
)

// Server offers directories to clients. Its methods may be called from any goroutine.
type Server struct {
	cfg     ServerConfig
	core    *server.Core // of the service's goroutine
	service *machine.Service
	sockets zsock.Sockets
	sender  *sender
	cache   *dir.Cache
	stop    context.CancelFunc
	done    chan struct{}
	err     error

	mu     sync.Mutex
	offers []*offer
	closed bool
}

// What the configuration leaves open.
const (
	DefaultEndpoint  = "tcp://*:5670"
	defaultHeartbeat = time.Second
	defaultSilence   = 5

	youngWait     = 1100 * time.Millisecond // that Listen and Publish wait for files that were just written
	retryAfter    = time.Second             // what cannot be read is tried again
	patchesAtOnce = 256                     // of a directory's changes; heartbeats come between

	peerOctets = 1 << 20  // that wait in the transport for one client
	maxMessage = 16 << 20 // of a client: the list of what it has; of about 170,000 files
)

// Listen reads the directories that cfg publishes, waits up to about a second for files in them that were just written to, and then binds. The
// server works until ctx ends or Close is called. An error is ErrInvalid, or says what about a directory or the endpoint is wrong.
func Listen(ctx context.Context, cfg ServerConfig) (*Server, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, done: make(chan struct{})}
	started := false
	defer func() {
		if !started {
			s.release()
		}
	}()
	if err := s.open(); err != nil {
		return nil, err
	}
	for _, p := range cfg.Publish {
		o, err := s.watch(p)
		if err != nil {
			return nil, err
		}
		s.offers = append(s.offers, o)
	}
	for _, o := range s.offers { // all are being read at once
		content, err := o.content(ctx)
		if err != nil {
			return nil, err
		}
		s.core.Mount(time.Now(), o.watcher, server.Offer{As: o.As, Groups: o.Groups, Hidden: o.Hidden}, content)
	}
	var err error
	if s.sockets, err = cfg.Transport.Open(zsock.Options{Log: cfg.Log}); err != nil {
		return nil, err
	}
	if s.service, err = machine.Listen(s.sockets, zsock.ListenOptions{
		Endpoint: cfg.Endpoint, HighWaterOctets: peerOctets, MaxMessage: maxMessage, MaxFrames: 2, Linger: time.Second,
		// For connections that are dead: C filemq's client is there without a word. Whoever only stands still for a while is to find his again.
		Heartbeat: min(max(cfg.Expired, 10*time.Second), zsock.MaxHeartbeat),
	}, s.core.Engine(), cfg.Log); err != nil {
		return nil, err
	}
	started = true
	running, stop := context.WithCancel(context.Background())
	s.stop = stop
	for _, o := range s.offers {
		go s.follow(o)
	}
	go s.run(running)
	unwatch := context.AfterFunc(ctx, func() { s.Close() })
	context.AfterFunc(running, func() { unwatch() })
	return s, nil
}

// open makes what needs no directory.
func (s *Server) open() (err error) {
	file := ""
	if s.cfg.Cache != "" {
		if err := os.MkdirAll(s.cfg.Cache, 0o700); err != nil {
			return err
		}
		file = filepath.Join(s.cfg.Cache, "digests")
	}
	if s.cache, err = dir.OpenCache(file); err != nil {
		return err
	}
	accounts, err := s.authentication()
	if err != nil {
		return err
	}
	s.sender = &sender{
		cache: s.cache, log: s.cfg.Log, slots: make(chan struct{}, turnsAtOnce), digesting: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		transmit: func(peer []byte, frames [][]byte) error { return s.service.SendOwned(peer, frames) },
		over: func(t *server.Turn) {
			if s.do(func(now time.Time) []machine.Effect { return s.core.Settle(now, t) }) != nil && t.Current != nil {
				t.Current.Close() // there is no core any more
			}
		},
	}
	groups := map[string]string{}
	for _, a := range s.cfg.Accounts {
		groups[a.Login] = a.Group
	}
	s.core = server.New(server.Config{
		Heartbeat: s.cfg.Heartbeat, Silence: int(s.cfg.Expired / s.cfg.Heartbeat), MaxClients: s.cfg.MaxClients,
		SASL: accounts, Group: func(login string) string { return groups[login] },
		Receipt: s.cfg.receipt(),
		Digest:  func(f *dir.File) (dir.Digest, bool) { return s.cache.Get(f.Key()) },
		Begin:   func(t *server.Turn) { s.sender.take(t) },
		Later:   func(input func(time.Time) []machine.Effect) { time.AfterFunc(retryAfter, func() { s.do(input) }) },
		Log:     s.cfg.Log,
	})
	return nil
}

// authentication is how clients show who they are; nil: they need not.
func (s *Server) authentication() (*sasl.Server, error) {
	if s.cfg.Anonymous || len(s.cfg.Accounts) == 0 {
		return nil, nil
	}
	passwords := map[string]string{}
	for _, a := range s.cfg.Accounts {
		if a.Login == "" || len(a.Login) > sasl.MaxText || len(a.Password) > sasl.MaxText {
			return nil, fmt.Errorf("%w: account %q: a login has 1 to %d octets, a password at most %d", ErrInvalid, a.Login, sasl.MaxText, sasl.MaxText)
		}
		if _, twice := passwords[a.Login]; twice {
			return nil, fmt.Errorf("%w: account %q: there are two", ErrInvalid, a.Login)
		}
		passwords[a.Login] = a.Password
	}
	return sasl.NewServer(sasl.PlainServer{Check: sasl.NewLogins(passwords).Check})
}

func (s *Server) run(ctx context.Context) {
	err := s.service.Run(ctx)
	s.err = err
	s.release()
	close(s.done)
}

// do runs something in the goroutine that owns the core.
func (s *Server) do(work func(now time.Time) []machine.Effect) error {
	if s.service.Do(work) != nil {
		return ErrClosed
	}
	return nil
}

// release ends everything but the service.
func (s *Server) release() {
	s.mu.Lock()
	offers := s.offers
	s.offers, s.closed = nil, true
	s.mu.Unlock()
	for _, o := range offers {
		o.watcher.Close()
		if s.service != nil { // else nobody follows it yet
			<-o.ended
		}
	}
	if s.sender != nil {
		s.sender.wg.Wait()
	}
	if s.sockets != nil {
		s.sockets.Close()
	}
	if s.cache != nil {
		s.cache.Close()
	}
}

// Endpoint is where clients connect, with the port that was bound.
func (s *Server) Endpoint() string { return s.service.Endpoint() }

// Done is closed when the server has ended; Err says why.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err is why the server has ended: nil after Close, and while it works.
func (s *Server) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Close tells the clients and ends the server. It waits, and is idempotent.
func (s *Server) Close() error {
	s.do(func(now time.Time) []machine.Effect { return s.core.Stop(now) })
	s.stop()
	<-s.done
	return nil
}

// ServerStats are counters since Listen, and gauges.
type ServerStats struct {
	Clients       int    // that hold a peering, now
	Subscriptions int    // of all clients, now
	Files         int    // that are offered, now
	Sent          uint64 // files sent whole
	Skipped       uint64 // files that a client had already
	Deletes       uint64 // deletes sent
	Broken        uint64 // files that had changed, vanished or could not be read when their turn came
	Octets        uint64 // of content sent
	Malformed     uint64 // messages that were none
	Ignored       uint64 // messages that came when they mean nothing
	Refused       uint64 // messages of clients that would have been too many
}

// Stats counts. After the end everything is zero.
func (s *Server) Stats() (stats ServerStats) {
	s.do(func(time.Time) []machine.Effect {
		c := s.core.Stats()
		stats = ServerStats{
			Clients: c.Clients, Subscriptions: c.Subscriptions, Files: c.Files, Sent: c.Sent, Skipped: c.Skipped, Deletes: c.Deletes,
			Broken: c.Broken, Octets: c.Octets, Malformed: c.Malformed, Ignored: c.Ignored, Refused: c.Stats.Refused,
		}
		return nil
	})
	return stats
}
