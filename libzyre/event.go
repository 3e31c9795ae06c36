package zyre

import (
	"fmt"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// EventType says what an Event tells. The names are those that users of every
// Zyre know.
type EventType uint8

// What an Event tells. For one peer Enter is first and Exit is last; a peer
// that comes back enters anew.
const (
	// Enter: a peer said HELLO and we have a connection to it: it can be
	// answered. Name, Addr and Headers are set.
	Enter = EventType(core.Enter)
	// Evasive: nothing was heard from the peer for Config.Evasive, nor did it
	// answer a ping.
	Evasive = EventType(core.Evasive)
	// Silent: the ping was not answered for a second.
	Silent = EventType(core.Silent)
	// Exit: the peer is gone; Cause says why.
	Exit = EventType(core.Exit)
	// Join: the peer joined Group.
	Join = EventType(core.Join)
	// Leave: the peer left Group.
	Leave = EventType(core.Leave)
	// Leader: reserved for elections, which this package does not hold.
	Leader = EventType(core.Leader)
	// Whisper: the peer sent Msg to this node.
	Whisper = EventType(core.Whisper)
	// Shout: the peer sent Msg to Group.
	Shout = EventType(core.Shout)
	// Stop: this node has ended; the last event. Cause is nil after Close.
	Stop = EventType(core.Stop)
)

// String returns the name in capitals: ENTER, EVASIVE, SILENT, EXIT, JOIN,
// LEAVE, LEADER, WHISPER, SHOUT, STOP.
func (t EventType) String() string { return core.EventType(t).String() }

// Event is one thing that happened. Fields that a type does not use are zero.
// Everything in it belongs to the reader.
type Event struct {
	Type    EventType
	Peer    UUID              // whom it is about
	Name    string            // the peer's name
	Addr    string            // where the peer is: tcp://host:port
	Headers map[string]string // Enter: what the peer says of itself
	Group   string            // Join, Leave, Shout
	Msg     [][]byte          // Whisper, Shout: zero or more frames
	File    string            // reserved for files
	Path    string            // reserved for files
	Size    int64             // reserved for files
	Digest  []byte            // reserved for files
	Cause   error             // Exit, Stop: why
	Time    time.Time         // when it was noticed
}

// Peer is what is known of another node.
type Peer struct {
	UUID    UUID
	Name    string
	Addr    string            // tcp://host:port
	Headers map[string]string // what it says of itself
	Groups  []string          // that it is in, sorted
	Queued  int               // calls that wait for room in its queue
}

// String is for logs: type, name and what belongs to it.
func (e Event) String() string {
	switch e.Type {
	case Join, Leave:
		return fmt.Sprintf("%v %s %s", e.Type, e.Name, e.Group)
	case Shout:
		return fmt.Sprintf("%v %s %s %q", e.Type, e.Name, e.Group, e.Msg)
	case Whisper:
		return fmt.Sprintf("%v %s %q", e.Type, e.Name, e.Msg)
	case Exit:
		return fmt.Sprintf("%v %s: %v", e.Type, e.Name, e.Cause)
	case Stop:
		return e.Type.String()
	}
	return fmt.Sprintf("%v %s %s", e.Type, e.Name, e.Addr)
}
