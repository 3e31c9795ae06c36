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
	// Deliver: a file that the peer published is here, whole and checked: Path, Group,
	// File, Size, Digest. What the inbox holds already is not told again.
	Deliver = EventType(core.Deliver)
	// Progress: a part of a file of the peer's has arrived: Path, Group, File, Size, Done. At
	// most ten a second of a file, and none for a slow reader.
	Progress = EventType(core.Progress)
	// Refused: a file of the peer's could not be taken, the rest goes on: Path, Group,
	// Cause. Without a Path nothing of the peer's can be taken for now, because the disk is
	// full for instance, or too many files are open; that is tried again.
	Refused = EventType(core.Refused)
	// Sent: the peer says that it has all of a file that this node published: Path, Group,
	// Size, Digest. It is told once for each content of the file while the peer is present,
	// also when the peer had it before. It is no proof: whoever reaches the node's port for
	// files can say so in the peer's name (gozyre/FILEMQ, 6.7).
	Sent = EventType(core.Sent)
)

// String returns the name in capitals: ENTER, EVASIVE, SILENT, EXIT, JOIN,
// LEAVE, LEADER, WHISPER, SHOUT, STOP, DELIVER, PROGRESS, REFUSED, SENT.
func (t EventType) String() string { return core.EventType(t).String() }

// Event is one thing that happened. Fields that a type does not use are zero.
// Everything in it belongs to the reader.
type Event struct {
	Type    EventType         // what happened
	Peer    UUID              // whom it is about
	Name    string            // the peer's name
	Addr    string            // where the peer is: tcp://host:port
	Headers map[string]string // Enter: what the peer says of itself
	Group   string            // Join, Leave, Shout; of a file: the group that it was published to, empty: everybody
	Msg     [][]byte          // Whisper, Shout: zero or more frames
	File    string            // Deliver, Progress: where the file is, or will be, on this machine
	Path    string            // Deliver, Progress, Refused, Sent: the name that it was published under; chosen by the peer, it may have anything in it but "..", NUL and empty parts
	Size    int64             // Deliver, Progress, Sent: octets of the file; of Progress 0 if unknown
	Done    int64             // Progress: octets of it that are here
	Digest  []byte            // Deliver, Sent: SHA-1 of the content, 20 octets
	Cause   error             // Exit, Stop, Refused: why
	Time    time.Time         // when it was noticed
}

// Peer is what is known of another node.
type Peer struct {
	UUID    UUID              // who it is
	Name    string            // what it calls itself
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
	case Deliver:
		return fmt.Sprintf("%v %s %q %d", e.Type, e.Name, e.Path, e.Size)
	case Progress:
		return fmt.Sprintf("%v %s %q %d/%d", e.Type, e.Name, e.Path, e.Done, e.Size)
	case Refused:
		return fmt.Sprintf("%v %s %q: %v", e.Type, e.Name, e.Path, e.Cause)
	case Sent:
		return fmt.Sprintf("%v %s %q", e.Type, e.Name, e.Path)
	}
	return fmt.Sprintf("%v %s %s", e.Type, e.Name, e.Addr)
}
