package share

import (
	"cmp"
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

const (
	window     = 2_000_000   // octets that a peer may send ahead of the disk
	mostGroups = 900         // that are subscribed to; a server lets a client have 1,000 paths
	dialAgain  = time.Second // after an inbox that cannot be used; then doubled up to
	mostAgain  = 30 * time.Second
	askDenied  = time.Minute
	askWhere   = 2 * time.Second // the node may know a peer at another address by now
)

// What is asked of a peer: everything that is there, too, and what is retracted stays. A group's is not taken as everybody's, from a server that
// does not hide it, or lies.
var (
	wanted     = fmq.Subscription{Resync: true, Keep: true}
	everybodys = fmq.Subscription{Resync: true, Keep: true, Except: "/" + groupsFolder}
)

// peer is one that offers files, from its Enter to its Exit.
type peer struct {
	share    *Share
	id       core.ID
	port     string        // of its header
	endpoint string        // of share.mu
	before   chan struct{} // closed when its earlier life lets go of the folder; nil: there was none
	leaving  chan struct{} // closed when it has left
	drained  chan struct{} // closed when all that it has brought until then is queued
	done     chan struct{} // closed when all is closed
	once     sync.Once
	client   *fmq.Client   // of share.mu; nil: not yet
	changed  chan struct{} // our groups have
	// Of the goroutine that runs.
	groups map[string]bool // subscribed to
	waited bool            // for its turn, and that was told
}

// Enter begins to tell of a peer, and to fetch from it if it offers files.
func (s *Share) Enter(e *core.Event) {
	s.queue.enter(e.Peer, e.Name, e.Addr)
	port, ok := core.OfferedPort(e.Headers[Header])
	endpoint, is := core.OfferedAt(port, e.Addr)
	if !ok || !is || s.inbox == "" {
		return
	}
	if s.own(endpoint) {
		s.queue.put(core.Event{Type: core.Refused, Peer: e.Peer, Time: time.Now(), Cause: errOwn, File: &core.File{}})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	p := &peer{
		share: s, id: e.Peer, port: port, endpoint: endpoint, before: s.last[e.Peer],
		leaving: make(chan struct{}), drained: make(chan struct{}), done: make(chan struct{}), changed: make(chan struct{}, 1),
	}
	s.peers[e.Peer], s.last[e.Peer] = p, p.done
	s.wg.Go(p.run)
}

// Exit ends it, and gives what is to be told of the peer before its Exit: every file that is here and of which the peer knows that. For that it
// waits until the peer's goroutine has queued what it has at hand, some twenty events at most: not for the network, nor the disk.
func (s *Share) Exit(id core.ID) []core.Event {
	s.mu.Lock()
	p := s.peers[id]
	delete(s.peers, id)
	waits := p != nil && p.client != nil
	if p != nil {
		p.leave()
	}
	s.mu.Unlock()
	if waits {
		<-p.drained
	}
	return s.queue.exit(id)
}

// Groups says which groups the node is in.
func (s *Share) Groups(groups []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups = map[string]bool{} // another one, for peers read the last
	for _, g := range groups {
		if _, ok := groupPath(g); !ok || len(s.groups) == mostGroups {
			s.cfg.Log.Debug("files of a group are not fetched: its name is too long, or there are too many groups", "group", g)
			continue
		}
		s.groups[g] = true
	}
	for _, p := range s.peers {
		wake(p.changed)
	}
}

func (s *Share) isIn(group string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.groups[group]
}

// Lost gives the peers whose files cannot be had for now. Move tells where they are.
func (s *Share) Lost() []core.ID { return s.queue.takeLost() }

// Move says where a peer is now.
func (s *Share) Move(id core.ID, addr string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.peers[id]
	if p == nil {
		return
	}
	endpoint, ok := core.OfferedAt(p.port, addr)
	if !ok || endpoint == p.endpoint || s.own(endpoint) {
		return
	}
	old, client := p.endpoint, p.client
	p.endpoint = endpoint
	if client == nil {
		return
	}
	client.Connect(endpoint)
	s.wg.Go(func() { client.Disconnect(old) }) // it waits
}

// addrOf gives the address in an endpoint.
func addrOf(endpoint string) netip.Addr {
	at, _ := netip.ParseAddrPort(strings.TrimPrefix(endpoint, "tcp://")) // it is one that we have made
	return at.Addr()
}

// leave ends the peer's time. share.mu is held.
func (p *peer) leave() { p.once.Do(func() { close(p.leaving) }) }

// folder is the name of the folder in the inbox: the UUID as it is printed everywhere.
func (p *peer) folder() string { return name(p.id) }

// name prints a UUID.
func name(id core.ID) string {
	return strings.ToUpper(strings.ReplaceAll(uuid.UUID(id).String(), "-", ""))
}

// run fetches until the peer leaves.
func (p *peer) run() {
	defer p.end()
	if p.before != nil {
		<-p.before // even if the peer has left, so that its lives stay in line
		select {
		case <-p.leaving:
			return
		default:
		}
	}
	for p.fetch() {
	}
}

// fetch has a client, as long as it is the peer's turn, and tells whether there is to be another turn: the peer has not left.
func (p *peer) fetch() (again bool) {
	pl := p.turn()
	if pl == nil {
		return false
	}
	defer p.share.slots.leave(pl)
	client := p.dial()
	if client == nil {
		return false
	}
	again = p.pump(client, pl)
	closed := make(chan struct{})
	go func() {
		client.Close()
		close(closed)
	}()
	for e := range client.Events() { // what was being stored just then: it is told when the peer comes again
		p.tell(e)
	}
	<-closed
	return again
}

// end lets the peer's next life have the folder.
func (p *peer) end() {
	close(p.done)
	p.share.mu.Lock()
	defer p.share.mu.Unlock()
	if p.share.last[p.id] == p.done {
		delete(p.share.last, p.id)
	}
}

// dial opens the peer's folder and begins to fetch. It is nil if the peer leaves before that works.
func (p *peer) dial() *fmq.Client {
	s := p.share
	for wait, told := dialAgain, false; ; wait = min(2*wait, mostAgain) {
		client, err := fmq.Dial(context.Background(), fmq.ClientConfig{
			Inbox: filepath.Join(s.inbox, p.folder()), Origin: name(p.id), Name: name(s.cfg.ID), Window: window, Lazy: true, NoLink: true,
			KeepFree:  cmp.Or(s.cfg.KeepFree, fmq.FreeTwentieth),
			Heartbeat: heartbeat, Expired: expired, Queue: 16, Transport: s.cfg.Transport, Log: s.cfg.Log,
		})
		if err == nil {
			if p.begin(client) {
				return client
			}
			client.Close()
			return nil
		}
		if !told {
			p.put(core.Event{Type: core.Refused, Cause: err, File: &core.File{}})
			told = true
		}
		select {
		case <-time.After(wait):
		case <-p.leaving:
			return nil
		}
	}
}

// begin has a client fetch, unless the peer has left.
func (p *peer) begin(client *fmq.Client) bool {
	p.share.mu.Lock()
	defer p.share.mu.Unlock()
	select {
	case <-p.leaving:
		return false
	default:
	}
	p.client, p.groups = client, map[string]bool{}
	client.Subscribe(context.Background(), "/", everybodys)
	wake(p.changed)
	client.Connect(p.endpoint)
	return true
}

// subscribe asks for what our groups get, as they are now: in one go, for a thousand groups of a hundred peers are many.
func (p *peer) subscribe(client *fmq.Client) {
	p.share.mu.Lock()
	groups := p.share.groups
	p.share.mu.Unlock()
	var left []string
	for g := range p.groups {
		if !groups[g] {
			path, _ := groupPath(g)
			left = append(left, path)
			delete(p.groups, g)
		}
	}
	if len(left) > 0 {
		client.Unsubscribe(left...)
	}
	joined := map[string]fmq.Subscription{}
	for g := range groups {
		if !p.groups[g] {
			path, _ := groupPath(g)
			of := wanted
			of.Into = path[1:]
			joined[path] = of
			p.groups[g] = true
		}
	}
	if len(joined) > 0 {
		client.SubscribeAll(context.Background(), joined)
	}
}
