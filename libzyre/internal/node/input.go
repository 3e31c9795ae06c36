package node

import (
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/trace"
)

// Start comes before all other inputs.
func (n *Node) Start(at time.Time) {
	n.trace.Start(at)
	n.core.Start(at)
}

// Beacon takes an announcement and where it came from.
// It returns false when that was no news, and no Work has to follow.
func (n *Node) Beacon(at time.Time, addr netip.Addr, data []byte) (news bool) {
	n.trace.Beacon(at, addr, data)
	return n.core.Beacon(at, addr, data)
}

// Moved says that our own interfaces or addresses are not what they were.
func (n *Node) Moved(at time.Time) {
	n.trace.Plain(at, trace.Moved)
	n.core.Moved(at)
}

// Tick does what time brings.
func (n *Node) Tick(at time.Time) {
	n.trace.Tick(at, n.core.Next())
	n.core.Tick(at)
}

// Stop says goodbye to all and ends every life. Only Events may follow.
func (n *Node) Stop(at time.Time, cause error) {
	n.trace.Stop(at, cause)
	n.core.Stop(at, cause)
	n.gather()
	n.trace.Flush()
}

// Join, Leave, Whisper, Shout and Ping are calls of the application; see Core's. Work follows each.
func (n *Node) Join(at time.Time, group string, call *core.Call) {
	call = n.trace.Call(at, trace.Join, core.ID{}, group, nil, call)
	n.core.Join(at, group, call)
}

// Leave is Core.Leave.
func (n *Node) Leave(at time.Time, group string, call *core.Call) {
	call = n.trace.Call(at, trace.Leave, core.ID{}, group, nil, call)
	n.core.Leave(at, group, call)
}

// Whisper is Core.Whisper.
func (n *Node) Whisper(at time.Time, peer core.ID, content [][]byte, call *core.Call) {
	call = n.trace.Call(at, trace.Whisper, peer, "", content, call)
	n.core.Whisper(at, peer, content, call)
}

// Shout is Core.Shout.
func (n *Node) Shout(at time.Time, group string, content [][]byte, call *core.Call) {
	call = n.trace.Call(at, trace.Shout, core.ID{}, group, content, call)
	n.core.Shout(at, group, content, call)
}

// Ping is Core.Ping.
func (n *Node) Ping(at time.Time, peer core.ID, done func(time.Duration, error)) {
	done = n.trace.Ping(at, peer, done)
	n.core.Ping(at, peer, done)
}
