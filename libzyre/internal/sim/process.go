package sim

import (
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/node"
)

// ID is a node's UUID.
type ID = core.ID

// maxDatagrams is how many datagrams a kernel keeps for a process that does not read.
const maxDatagrams = 256

// process is one life of a node. It is the node's network.
type process struct {
	// What a beacon touches is together.
	w       *World
	host    *host
	node    *node.Node
	due     int64 // when onTimer is noted; 0: it is not
	frozen  int32 // how many reasons keep it from running
	busy    int64 // until when it hardly does
	ended   bool
	pending bool // it is among those that are ready
	listens bool // its port is bound
	behind  bool // it may have something to do of which nothing tells it
	unwell  bool // something is wrong with its host, and the checker knows
	port    uint16
	ident   uint32
	app     application

	pauses int // that the checker was told of

	id    ID
	key   uint64 // of what is drawn for it: some octets of its ID
	place *place

	links []*link // by identity
	in    []*conn // connections to us, by identity
	peers int     // links that are not nil

	box    []harmony.Event
	count  int     // of those that are bounded
	octets int     // of those
	row    []*conn // with something held, in the order in which they wait
	late   []entry // what happens when it runs again
	casts  []cast  // datagrams that wait for it

	beats uint64
	sent  uint64 // datagrams
	life  int64  // of its beat
}

var _ node.Network = (*process)(nil)

// stopped reports whether the process does not run now.
func (p *process) stopped() bool { return p.frozen > 0 || !p.host.kernel() }

func (p *process) now() time.Time { return p.host.clock(p.w.now) }

// LocalAddr is the address of ours that routes to another.
func (p *process) LocalAddr(remote netip.Addr) netip.Addr {
	if !remote.Is4() && !remote.Is4In6() {
		return netip.IPv4Unspecified()
	}
	from, _ := p.host.routes(addressFrom(remote))
	if from == 0 {
		return netip.IPv4Unspecified()
	}
	return from.addr()
}

func (p *process) link(id ID) *link {
	if i := p.w.ident(id); int(i) < len(p.links) {
		return p.links[i]
	}
	return nil
}

// from is the connection of a peer to us.
func (p *process) from(ident uint32) *conn {
	if int(ident) < len(p.in) {
		return p.in[ident]
	}
	return nil
}

func (p *process) setFrom(ident uint32, c *conn) {
	if int(ident) >= len(p.in) {
		p.in = append(p.in, make([]*conn, len(p.w.idents)-len(p.in))...)
	}
	p.in[ident] = c
}

func (p *process) setLink(ident uint32, l *link) {
	if int(ident) >= len(p.links) {
		p.links = append(p.links, make([]*link, len(p.w.idents)-len(p.links))...)
	}
	p.links[ident] = l
}

// Connect makes a link; an old one ends first.
func (p *process) Connect(peer ID, endpoint string) error { return p.connect(peer, endpoint, false) }

// ConnectAny is Connect to whoever is there.
func (p *process) ConnectAny(peer ID, endpoint string) error { return p.connect(peer, endpoint, true) }

func (p *process) connect(peer ID, endpoint string, anybody bool) error {
	dst, port, err := parse(endpoint)
	if err != nil {
		return err
	}
	p.Disconnect(peer)
	ident := p.w.ident(peer)
	l := &link{p: p, peer: ident, dst: dst, port: port, anybody: anybody, key: p.key ^ mix(keyOf(peer)^uint64(p.w.now))}
	p.setLink(ident, l)
	p.peers++
	if p.w.traces(peer) {
		p.w.trace(p, "connect %s %s", p.w.nameOf(peer), endpoint)
	}
	l.dial()
	return nil
}

// Redial goes on elsewhere with what is queued.
func (p *process) Redial(peer ID, endpoint string) error {
	dst, port, err := parse(endpoint)
	if err != nil {
		return err
	}
	l := p.link(peer)
	if l == nil {
		return harmony.ErrUnknownPeer
	}
	if p.w.traces(peer) {
		p.w.trace(p, "redial %s %s", p.w.nameOf(peer), endpoint)
	}
	l.interrupt()
	l.dst, l.port, l.failures = dst, port, 0
	l.dial()
	return nil
}

// Send queues a message.
func (p *process) Send(peer ID, frames [][]byte) error {
	l := p.link(peer)
	switch {
	case l == nil:
		return harmony.ErrUnknownPeer
	case l.full:
		return harmony.ErrFull
	case int(l.queue.count) >= p.w.cfg.HighWater:
		l.full = true
		if p.w.traces(peer) {
			p.w.trace(p, "full %s", p.w.nameOf(peer))
		}
		return harmony.ErrFull
	}
	if p.w.traces(peer) {
		p.w.traceMessage(p, "send", peer, frames)
	}
	l.queue.push(p.w.store.copy(frames))
	p.w.messages++
	l.pump()
	return nil
}

// Disconnect ends a link.
func (p *process) Disconnect(peer ID) {
	if l := p.link(peer); l != nil {
		if p.w.traces(peer) {
			p.w.trace(p, "disconnect %s", p.w.nameOf(peer))
		}
		l.close()
		p.links[l.peer] = nil
		p.peers--
	}
}

// Rename gives a link to another peer.
func (p *process) Rename(old, new ID) error {
	l := p.link(old)
	if l == nil {
		return harmony.ErrUnknownPeer
	}
	p.Disconnect(new)
	p.links[l.peer] = nil
	l.peer = p.w.ident(new)
	p.setLink(l.peer, l)
	return nil
}

// Unacknowledged is how long the peer's host has acknowledged nothing.
func (p *process) Unacknowledged(peer ID) time.Duration {
	if l := p.link(peer); l != nil && l.c != nil {
		return time.Duration(l.c.unacknowledged())
	}
	return 0
}

// Stats counts what a simulated network has.
func (p *process) Stats() harmony.Stats {
	return harmony.Stats{Peers: p.peers, Inbox: len(p.box)}
}

// run hands the node what came in.
func (p *process) run() {
	p.pending = false
	if p.ended || p.stopped() {
		return
	}
	p.node.Ready(p.now())
	p.step()
}

// step lets the node go on after any input, and sets its timer.
func (p *process) step() {
	at := p.now()
	p.behind = false
	p.node.Work(at)
	for p.catchUp() || p.react() {
		p.node.Work(at)
	}
	p.admit()
	p.arm()
}

// catchUp reads what waited for a slow reader.
func (p *process) catchUp() bool {
	held := p.node.Events()
	taken := 0
	for taken < len(held) && p.read(&held[taken]) {
		taken++
	}
	if taken > 0 {
		p.node.Pop(taken)
	}
	return taken > 0
}
