package zyre

import (
	"context"
	"maps"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// request is a call of the application on its way through the loop. Each carries
// its own reply.
type request struct {
	do    func(n *Node, at time.Time, r *request)
	peer  UUID
	group string
	msg   [][]byte
	call  core.Call
	reply chan error
}

func newRequest() any {
	r := &request{reply: make(chan error, 1)}
	r.call.Done = func(err error) { r.reply <- err }
	return r
}

// ask has the loop do something and waits for its answer.
func (n *Node) ask(do func(*Node, time.Time, *request), peer UUID, group string, msg [][]byte) error {
	r := n.spare.Get().(*request)
	r.do, r.peer, r.group, r.msg = do, peer, group, msg
	select {
	case n.requests <- r:
	case <-n.stopped:
		return ErrClosed
	}
	err := <-r.reply
	r.msg = nil
	n.spare.Put(r)
	return err
}

// Join makes the node a member of a group and tells all peers. It waits, up to
// Config.SendTimeout, until that is queued for all. Joining twice changes
// nothing. Errors: ErrInvalid (a name must have 1 to 255 octets without NUL),
// ErrBlocked, ErrClosed. ZRE/2, JOIN.
func (n *Node) Join(group string) error {
	if err := checkText("a group's name", group); err != nil {
		return err
	}
	return n.ask(func(n *Node, at time.Time, r *request) {
		n.change(at, zrelog.EventJoin, r.group, func() { n.node.Join(at, r.group, &r.call) })
		n.joinFiles()
	}, UUID{}, group, nil)
}

// Leave ends the membership. Otherwise it is as Join. ZRE/2, LEAVE.
func (n *Node) Leave(group string) error {
	if err := checkText("a group's name", group); err != nil {
		return err
	}
	return n.ask(func(n *Node, at time.Time, r *request) {
		n.leaveFiles(r.group) // before the caller hears that it has left
		n.change(at, zrelog.EventLeave, r.group, func() { n.node.Leave(at, r.group, &r.call) })
	}, UUID{}, group, nil)
}

// Whisper sends a message of any number of frames, also none, to one peer. It
// returns when the message is queued, which is at once unless the peer's queue is
// full; then it waits up to Config.SendTimeout. The frames may be reused
// afterwards. Errors: ErrUnknownPeer, ErrBlocked, ErrInvalid (over 1,000 frames or
// Limits.MessageOctets), ErrClosed. ZRE/2, WHISPER.
func (n *Node) Whisper(peer UUID, msg ...[]byte) error {
	if err := n.checkMessage(msg); err != nil {
		return err
	}
	return n.ask(whisper, peer, "", msg)
}

func whisper(n *Node, at time.Time, r *request) {
	n.node.Whisper(at, core.ID(r.peer), r.msg, &r.call)
}

// Shout sends a message to each member of a group but this node, which need not
// be a member. A group without members is no error. It waits as Whisper does,
// for all members. Errors: ErrBlocked (a member was given up; the others have the
// message), ErrInvalid, ErrClosed. ZRE/2, SHOUT.
func (n *Node) Shout(group string, msg ...[]byte) error {
	if err := checkText("a group's name", group); err != nil {
		return err
	}
	if err := n.checkMessage(msg); err != nil {
		return err
	}
	return n.ask(shout, UUID{}, group, msg)
}

func shout(n *Node, at time.Time, r *request) { n.node.Shout(at, r.group, r.msg, &r.call) }

// Ping returns how long a peer takes to answer. It waits for that as long as ctx
// does. Errors: ErrUnknownPeer (also when the peer leaves meanwhile), ErrBlocked,
// ErrUnreachable (its connection was made anew meanwhile), ErrClosed, ctx's. ZRE/2, PING.
func (n *Node) Ping(ctx context.Context, peer UUID) (time.Duration, error) {
	type answer struct {
		time time.Duration
		err  error
	}
	answered := make(chan answer, 1)
	err := n.ask(func(n *Node, at time.Time, r *request) {
		n.node.Ping(at, core.ID(r.peer), func(d time.Duration, err error) { answered <- answer{d, err} })
		r.call.Done(nil)
	}, peer, "", nil)
	if err != nil {
		return 0, err
	}
	select {
	case a := <-answered:
		return a.time, a.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

// Peers returns the peers that are present, in the order in which they were met;
// none after the end.
func (n *Node) Peers() []Peer {
	return n.peers(func(c *core.Core) []core.Peer { return c.Peers() })
}

// PeersIn returns those of them that are in a group.
func (n *Node) PeersIn(group string) []Peer {
	return n.peers(func(c *core.Core) []core.Peer { return c.PeersIn(group) })
}

func (n *Node) peers(list func(*core.Core) []core.Peer) (peers []Peer) {
	n.look(func(c *core.Core) {
		for _, p := range list(c) {
			peers = append(peers, Peer{UUID(p.ID), p.Name, p.Addr, maps.Clone(p.Headers), p.Groups, p.Queued})
		}
	})
	return peers
}

// Groups returns the groups that this node is in, sorted.
func (n *Node) Groups() (groups []string) {
	n.look(func(c *core.Core) { groups = c.Groups() })
	return groups
}

// look reads from the core.
func (n *Node) look(at func(*core.Core)) error {
	return n.ask(func(n *Node, _ time.Time, r *request) {
		at(n.node.Core())
		r.call.Done(nil)
	}, UUID{}, "", nil)
}
