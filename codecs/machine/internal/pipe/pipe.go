// Package pipe is a zsock.Transport for tests: ROUTER and DEALER within a process, without any goroutine, so that synctest's
// bubbles can hold it. A dealer's endpoint is the router's, and a link has room for a few messages until its router takes them.
package pipe

import (
	"fmt"
	"sync"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// Room is how many messages a router's inbox holds before its links are full.
const Room = 4

// Network is a transport whose sockets reach each other.
type Network struct {
	mu      sync.Mutex
	routers map[string]*router
	links   int
}

// New makes a network.
func New() *Network { return &Network{routers: map[string]*router{}} }

// Open makes an empty set of sockets.
func (n *Network) Open(zsock.Options) (zsock.Sockets, error) {
	s := &sockets{net: n}
	s.inbox = zsock.NewInbox(Room, 0, func() { n.writable(s) })
	return s, nil
}

func (n *Network) String() string { return "pipe" }

// writable tells the links that found a set full that there is room.
func (n *Network) writable(s *sockets) {
	n.mu.Lock()
	full := s.full
	s.full = nil
	n.mu.Unlock()
	for _, l := range full {
		l.set.inbox.Put(zsock.Event{Type: zsock.Writable, Link: l})
	}
}

type sockets struct {
	net   *Network
	inbox *zsock.Inbox
	full  []*link // those that wait for room here
}

func (s *sockets) Inbox() *zsock.Inbox { return s.inbox }
func (s *sockets) Stats() zsock.Stats  { return zsock.Stats{} }
func (s *sockets) Close() error        { return nil }

func (s *sockets) Listen(opt zsock.ListenOptions) (zsock.Listener, error) {
	if err := opt.Check(); err != nil {
		return nil, err
	}
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	r := &router{set: s, endpoint: opt.Endpoint, peers: map[string]*link{}}
	s.net.routers[opt.Endpoint] = r
	return r, nil
}

func (s *sockets) Dial(opt zsock.DialOptions) (zsock.Link, error) {
	if err := opt.Check(); err != nil {
		return nil, err
	}
	s.net.mu.Lock()
	defer s.net.mu.Unlock()
	r := s.net.routers[opt.Endpoint]
	if r == nil {
		return nil, fmt.Errorf("pipe: nobody listens at %s", opt.Endpoint)
	}
	s.net.links++
	id := string(opt.Identity)
	if id == "" {
		id = fmt.Sprintf("\x00%04d", s.net.links)
	}
	l := &link{set: s, router: r, id: id}
	r.peers[id] = l
	return l, nil
}

type router struct {
	set      *sockets
	endpoint string
	peers    map[string]*link
}

func (r *router) Endpoint() string { return r.endpoint }
func (r *router) Close() error     { return nil }

func (r *router) Send(peer []byte, frames [][]byte) error {
	r.set.net.mu.Lock()
	l := r.peers[string(peer)]
	r.set.net.mu.Unlock()
	if l == nil {
		return zsock.ErrUnknownPeer
	}
	if l.set.inbox.Offer([]zsock.Event{{Type: zsock.Message, Link: l, Frames: clone(frames)}}) == 0 {
		return zsock.ErrFull
	}
	return nil
}

type link struct {
	set    *sockets
	router *router
	id     string
}

func (l *link) Send(frames [][]byte) error {
	if l.router.set.inbox.Offer([]zsock.Event{{Type: zsock.Message, Peer: []byte(l.id), Frames: clone(frames)}}) > 0 {
		return nil
	}
	l.set.net.mu.Lock()
	defer l.set.net.mu.Unlock()
	l.router.set.full = append(l.router.set.full, l)
	return zsock.ErrFull
}

func (l *link) Redial(string) error { return nil }
func (l *link) Drop() error         { return l.Close() }

func (l *link) Close() error {
	l.set.net.mu.Lock()
	delete(l.router.peers, l.id)
	l.set.net.mu.Unlock()
	l.router.set.inbox.Put(zsock.Event{Type: zsock.Down, Peer: []byte(l.id)})
	return nil
}

func clone(frames [][]byte) [][]byte {
	var list [][]byte
	for _, f := range frames {
		list = append(list, append([]byte(nil), f...))
	}
	return list
}
