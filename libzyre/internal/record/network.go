package record

import (
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/trace"
)

// network writes what a core asks of its network, and the answers.
type network struct {
	net core.Network
	r   *Recorder
}

// Wrap returns a network that does what net does, and is written down.
func (r *Recorder) Wrap(net core.Network) core.Network { return network{net, r} }

func (n network) Connect(peer core.ID, endpoint string) error {
	return n.made(trace.Connect, peer, endpoint, n.net.Connect(peer, endpoint))
}

func (n network) ConnectAny(peer core.ID, endpoint string) error {
	return n.made(trace.ConnectAny, peer, endpoint, n.net.ConnectAny(peer, endpoint))
}

func (n network) Redial(peer core.ID, endpoint string) error {
	return n.made(trace.Redial, peer, endpoint, n.net.Redial(peer, endpoint))
}

func (n network) made(what string, peer core.ID, endpoint string, err error) error {
	n.r.write(&trace.Line{Out: what, Peer: trace.ID(peer), Endpoint: trace.Text(endpoint), Error: trace.Text(textOf(err))})
	return err
}

func (n network) Send(peer core.ID, frames [][]byte) error {
	err := n.net.Send(peer, frames)
	l := trace.Line{Out: trace.Send, Peer: trace.ID(peer), Error: trace.Text(trace.SendError(err))}
	l.SetFrames(frames)
	n.r.write(&l)
	return err
}

func (n network) Disconnect(peer core.ID) {
	n.net.Disconnect(peer)
	n.r.write(&trace.Line{Out: trace.Disconnect, Peer: trace.ID(peer)})
}

func (n network) Rename(old, new core.ID) error {
	err := n.net.Rename(old, new)
	n.r.write(&trace.Line{Out: trace.Rename, Peer: trace.ID(old), Identity: trace.ID(new), Error: trace.Text(textOf(err))})
	return err
}

func (n network) Unacknowledged(peer core.ID) time.Duration {
	d := n.net.Unacknowledged(peer)
	n.r.write(&trace.Line{Out: trace.Unacknowledged, Peer: trace.ID(peer), For: d})
	return d
}
