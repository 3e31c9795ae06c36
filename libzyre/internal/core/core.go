// Package core is the ZRE/2 protocol as a state machine: what a node does when
// something happens, and nothing of how it happens.
//
// Every input is a method of Core that takes the time and what came in: a
// beacon, a message, news of a connection, a call of the application, a tick.
// What follows goes out in two ways: calls of Network, which never block, and
// Events, which the caller takes after each input. There is no socket, no
// goroutine, no clock, no lock and no log in here, so a thousand nodes fit into
// one test, an hour passes in a second, and a run can be replayed.
//
// A Core belongs to one goroutine.
package core

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/groups"
)

// Bounds of what others can make a node hold, beside Limits.
const (
	maxGreeting  = 256 // peers known from a beacon only, which anybody can forge
	maxEndpoints = 8   // endpoints remembered of one peer
	maxPings     = 64  // pings of one peer that are not yet answered, by it or by us
	maxName      = 255 // octets of a group's name
)

// Network is the connections to peers, one each. No method blocks.
type Network interface {
	// Connect makes a new connection to the peer. An old one is closed first. Where the other end tells that it is
	// somebody else, nothing goes there, and Core.Stranger is called, if the transport can.
	Connect(peer ID, endpoint string) error
	// ConnectAny is Connect to an endpoint of the configuration: its host may be a name, and who is there another one.
	ConnectAny(peer ID, endpoint string) error
	// Redial goes on at another endpoint and keeps what is queued.
	Redial(peer ID, endpoint string) error
	// Send queues a message. It returns zsock.ErrFull when there is no room: then
	// nothing was queued, and Core.Writable is called when there is room again.
	// The frames are the caller's again when it returns.
	Send(peer ID, frames [][]byte) error
	// Disconnect closes the connection and drops what is queued.
	Disconnect(peer ID)
	// Rename gives a connection to a peer of another ID, which has none.
	Rename(old, new ID) error
	// Unacknowledged is how long the peer's host has acknowledged nothing although something that was sent to
	// it is outstanding: zero where nothing is, negative where the transport cannot know.
	Unacknowledged(peer ID) time.Duration
}

// Config is what a Core is told at birth. Nothing is checked here.
type Config struct {
	ID          ID
	Name        string
	Headers     map[string]string
	Port        uint16        // where our peers connect to
	Interval    time.Duration // between beacons, where the network is small
	Evasive     time.Duration
	Expired     time.Duration
	SendTimeout time.Duration
	Limits      Limits
	Peers       []string // endpoints of static peers: tried for ever
	Advertise   string   // the endpoint that HELLO names; empty: the one that routes to the peer
	Tells       bool     // whether the network tells of connections; else that is learnt as soon as it does
	AnyEndpoint bool     // whether a HELLO may name another host than it comes from
	// LocalAddr returns the address of ours that routes to another host: what
	// that host is told to connect to.
	LocalAddr func(remote netip.Addr) netip.Addr
}

// Core is one node's side of the protocol.
type Core struct {
	cfg     Config
	net     Network
	own     []wire.Pair   // our headers, in order
	grace   time.Duration // how long an answer may take that is waited for
	clock   clock
	next    time.Time // when Tick has something to do; zero: never
	peers   map[ID]*peer
	table   table // of the same, for beacons
	places  places
	order   []*peer         // the same: all that is done to all is done in this order
	looks   []moment        // for each of them, when to look at it, by the system's clock
	met     uint64          // how many there ever were
	ready   int             // how many of them are
	unheard []*peer         // that were met by a beacon, oldest first; those who have answered or gone are taken out some time
	tells   bool            // the transport tells of connections
	coming  map[ID]struct{} // whose connection to us stands, as far as the transport tells
	paced   []*peer         // for whom something waits for its turn
	paceAt  time.Time       // when that is; zero: never
	statics []*static
	intake  intake
	rests   map[string]rest // endpoints where nobody answered

	newcomers map[ID]*newcomer // at the endpoints of peers
	waiting   []*newcomer      // to be heard

	talked   []*peer   // to whom something was said that may not be acknowledged
	talkedAt time.Time // when that is looked at; zero: never
	held     int       // octets of all peers' headers and groups
	groups   groups.Table
	status   groups.Status // our own
	events   []Event
	stats    Stats

	in     zre.Message // reused for each message that comes in
	heard  command
	out    zre.Message // and that goes out
	octets []byte
	frames [][]byte
}

// New returns a node's core. It does nothing by itself.
func New(cfg Config, net Network) *Core {
	c := &Core{
		cfg:    cfg,
		net:    net,
		grace:  min(time.Second, cfg.Evasive, (cfg.Expired-cfg.Evasive)/2),
		peers:  make(map[ID]*peer),
		table:  newTable(),
		places: newPlaces(),
		coming: make(map[ID]struct{}),
		rests:  make(map[string]rest),

		newcomers: make(map[ID]*newcomer),
	}
	c.tells = cfg.Tells
	c.cfg.Limits = cfg.Limits.withDefaults()
	for i, endpoint := range cfg.Peers {
		c.statics = append(c.statics, newStatic(cfg.ID, i, endpoint))
	}
	for _, key := range slices.Sorted(maps.Keys(cfg.Headers)) {
		c.own = append(c.own, wire.Pair{Key: []byte(key), Value: []byte(cfg.Headers[key])})
	}
	return c
}

// Start begins: static peers are tried from now on.
func (c *Core) Start(now time.Time) { c.tryStatics(now) }

// Events hands over what the application is to be told, oldest first.
func (c *Core) Events(into []Event) []Event {
	into = append(into, c.events...)
	clear(c.events)
	c.events = c.events[:0]
	return into
}

func (c *Core) tell(now time.Time, p *peer, event Event) {
	event.Peer, event.Name, event.Time = p.id, p.name, now
	if event.Addr == "" {
		event.Addr = p.endpoint
	}
	c.events = append(c.events, event)
}

// Peer is what is known of another node.
type Peer struct {
	ID      ID
	Name    string
	Addr    string
	Headers map[string]string // the core's own: not to be changed
	Groups  []string
	Queued  int
}

// Peers returns the peers that have entered and not left, in the order in which
// they were met.
func (c *Core) Peers() []Peer {
	return c.selected(func(*peer) bool { return true })
}

// PeersIn returns those of them that are in a group.
func (c *Core) PeersIn(group string) []Peer {
	return c.selected(func(p *peer) bool { return c.groups.In(p.id, group) })
}

func (c *Core) selected(wanted func(*peer) bool) []Peer {
	var chosen []*peer
	for _, p := range c.order {
		if p.ready && wanted(p) {
			chosen = append(chosen, p)
		}
	}
	slices.SortFunc(chosen, func(a, b *peer) int { return cmp.Compare(a.number, b.number) })
	var list []Peer
	for _, p := range chosen {
		list = append(list, Peer{p.id, p.name, p.endpoint, p.headers, c.groups.Of(p.id), len(p.waiting)})
	}
	return list
}

// Addr is where a peer is that has entered and not left.
func (c *Core) Addr(id ID) (addr string, ok bool) {
	if p := c.peers[id]; p != nil && p.ready {
		return p.endpoint, true
	}
	return "", false
}

// Ready is how many peers have entered and not left.
func (c *Core) Ready() int { return c.ready }

// Groups returns the groups that this node is in, sorted.
func (c *Core) Groups() []string { return c.groups.Of(c.cfg.ID) }

// In says whether this node is in a group.
func (c *Core) In(group string) bool { return c.groups.In(c.cfg.ID, group) }

// Stop says goodbye to all and ends every life. Nothing may follow it but
// Events. The caller still has to send what is queued.
func (c *Core) Stop(now time.Time, cause error) {
	for _, p := range slices.Clone(c.order) {
		if !p.full { // a peer that has not yet greeted us has our HELLO before it
			c.out = zre.Message{ID: zre.IDGoodbye}
			c.send(p, nil)
		}
		c.forget(now, p, ErrClosed)
	}
	c.events = append(c.events, Event{Type: Stop, Peer: c.cfg.ID, Name: c.cfg.Name, Cause: cause, Time: now})
}
