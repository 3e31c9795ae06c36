package share

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/uuid"

	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Headers of a node that has files (rfcs/zre, 10).
const (
	Header      = "X-FILEMQ"       // where its file server is
	HeaderInbox = "X-FILEMQ-INBOX" // "0": it fetches nothing
)

// Presence is the node's affair, so files ask less often who is there.
const (
	heartbeat = 5 * time.Second
	expired   = 25 * time.Second
)

// Config says whose files, and where.
type Config struct {
	ID     core.ID
	Inbox  string     // each peer's files arrive in a folder of it; empty: nothing is fetched
	Outbox string     // what is published is linked from here; nothing else may be in it
	Bind   netip.Addr // where to listen; zero: everywhere
	// KeepFree is how many octets of the inbox's file system are left free; 0: a twentieth, 1 GiB at most.
	KeepFree int64
	// Transport carries the files.
	Transport zsock.Transport
	Log       *slog.Logger
}

// Share is a node's files.
type Share struct {
	cfg    Config
	inbox  string // absolute; empty: nothing is fetched
	server *fmq.Server
	outbox *outbox
	locks  []*flock.Flock
	slots  *slots
	times  times
	ctx    context.Context // ends when Close begins
	cancel context.CancelFunc
	wg     sync.WaitGroup // of peers

	queue   queue
	offers  offers
	refused atomic.Uint64 // files

	mu     sync.Mutex
	peers  map[core.ID]*peer
	last   map[core.ID]chan struct{} // closed when a peer that has left lets go of its folder
	groups map[string]bool           // that we are in
}

// Open makes the directories and starts to serve. An error says which of them, or what of the network, is in the way.
func Open(cfg Config) (_ *Share, err error) {
	s := &Share{cfg: cfg, queue: newQueue(), slots: processSlots(), times: usual, peers: map[core.ID]*peer{}, last: map[core.ID]chan struct{}{}, groups: map[string]bool{}}
	s.offers.of = map[string]*offered{"": newOffered()}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	defer func() {
		if err != nil {
			s.cancel()
			s.unlock()
		}
	}()
	where, err := filepath.Abs(cfg.Outbox)
	if err != nil {
		return nil, fmt.Errorf("the outbox: %w", err)
	}
	if err := s.openInbox(where); err != nil {
		return nil, err
	}
	if s.outbox, err = s.openOutbox(where); err != nil {
		return nil, err
	}
	if s.server, err = s.listen(); err != nil {
		s.closeOutbox()
		return nil, fmt.Errorf("serving files: %w", err)
	}
	return s, nil
}

// The ports that RFC 36 wants for a node's messages: files are there too, so that one rule of a firewall lets both in.
const (
	firstPort = 49152
	lastPort  = 65535
	tries     = 32
)

// listen starts the server at a port that is free.
func (s *Share) listen() (*fmq.Server, error) {
	host := "*"
	if s.cfg.Bind.IsValid() {
		host = s.cfg.Bind.String()
	}
	for try := 0; ; try++ {
		port := "*"
		if try < tries {
			port = strconv.Itoa(firstPort + rand.IntN(lastPort-firstPort+1))
		}
		server, err := fmq.Listen(context.Background(), fmq.ServerConfig{
			Endpoint: "tcp://" + net.JoinHostPort(host, port), Publish: []fmq.Publish{s.served("", "/")}, Receipt: s.receipt,
			Heartbeat: heartbeat, Expired: expired, Transport: s.cfg.Transport, Log: s.cfg.Log,
		})
		if try < tries && errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		return server, err
	}
}

// openInbox makes the inbox, if there is to be one.
func (s *Share) openInbox(outbox string) (err error) {
	if s.cfg.Inbox == "" {
		return nil
	}
	if s.inbox, err = filepath.Abs(s.cfg.Inbox); err != nil {
		return fmt.Errorf("the inbox: %w", err)
	}
	if within(s.inbox, outbox) || within(outbox, s.inbox) {
		return fmt.Errorf("%w: the inbox %s and the outbox %s lie in each other: give each a directory of its own", core.ErrInvalid, s.inbox, outbox)
	}
	if err := os.MkdirAll(s.inbox, 0o777); err != nil {
		return fmt.Errorf("the inbox: %w", err)
	}
	return s.lock("inbox", s.inbox)
}

// Endpoint is the value of the header.
func (s *Share) Endpoint() string { return s.server.Endpoint() }

// Close ends everything, and waits for that.
func (s *Share) Close() {
	s.offers.mu.Lock()
	s.offers.closed = true
	s.offers.mu.Unlock()
	s.cancel()
	s.mu.Lock()
	for id := range s.peers {
		s.peers[id].leave()
	}
	s.mu.Unlock()
	s.server.Close()
	s.wg.Wait()
	s.closeOutbox()
}

// within tells whether a path is a directory or lies below it.
func within(path, dir string) bool {
	rest, err := filepath.Rel(dir, path)
	return err == nil && rest != ".." && !strings.HasPrefix(rest, ".."+string(filepath.Separator))
}

// receipt takes the news that somebody has a file. It is called by the server's goroutine.
func (s *Share) receipt(r fmq.Receipt) {
	id, err := uuid.Parse(r.Client)
	if err != nil {
		return // no node
	}
	group, name := split(r.Path)
	s.queue.put(core.Event{Type: core.Sent, Peer: id, Group: group, Time: time.Now(), File: &core.File{Path: name, Size: r.Size, Digest: r.Digest[:]}})
}

// Ready yields when there is something to take.
func (s *Share) Ready() <-chan struct{} { return s.queue.ready }

// Take hands over what there is to tell, oldest first: at most so many. All are of peers that are present.
func (s *Share) Take(most int) []core.Event { return s.queue.take(most) }

// Stats is how much waits to be told, how much was dropped, and how many files of peers could not be taken.
func (s *Share) Stats() (waiting int, dropped, refused uint64) {
	waiting, dropped = s.queue.stats()
	return waiting, dropped, s.refused.Load()
}

// wrap makes an error the node's.
func wrap(err error) error {
	switch {
	case errors.Is(err, fmq.ErrClosed):
		return core.ErrClosed
	case errors.Is(err, fmq.ErrInvalid):
		return fmt.Errorf("%w: %w", core.ErrInvalid, err)
	}
	return err
}
