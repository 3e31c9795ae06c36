package trace

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Version is that of the format, in "begin".
const Version = 1

// What comes to a node: values of Line.In.
const (
	Begin    = "begin" // Version, Config: a node's life begins
	Beacon   = "beacon"
	Recv     = "recv"     // a command of a peer came
	Writable = "writable" // there is room again in a peer's queue
	Up       = "up"       // our connection to the peer stands
	Down     = "down"     // it broke
	Failed   = "failed"   // it could not be made
	Refused  = "refused"  // nobody listens there
	Stranger = "stranger" // somebody else is there
	Arrived  = "arrived"  // the peer's connection to us stands
	Departed = "departed" // it has ended
	Moved    = "moved"    // our own addresses changed
	Tick     = "tick"     // of the clock
	Suspend  = "suspend"  // the application does not read: no more commands are taken
	Resume   = "resume"
	Stop     = "stop"
	Join     = "join" // and the others: calls of the application
	Leave    = "leave"
	Whisper  = "whisper"
	Shout    = "shout"
	Ping     = "ping"
)

// What a node asks of its network, and answers to its application: values of
// Line.Out.
const (
	Connect        = "connect"
	ConnectAny     = "connect-any" // whoever is there
	Redial         = "redial"      // with what is queued
	Send           = "send"
	Disconnect     = "disconnect"
	Rename         = "rename"         // Peer becomes Identity
	Unacknowledged = "unacknowledged" // For: how long the peer's host has acknowledged nothing
	Local          = "local"          // Own: the address of ours that routes to Addr
	Done           = "done"           // what a Call came to
)

// Line is one line of a trace. One of In, Out and Event says which; the
// other fields mean something where they are set.
type Line struct {
	Time time.Time `json:"time"` // when it was, by the node's clock
	Node ID        `json:"node"` // whose line it is

	In    string `json:"in,omitempty"`    // what came to the node
	Out   string `json:"out,omitempty"`   // what it did
	Event string `json:"event,omitempty"` // what it told its application: ENTER and so on

	Peer     ID     `json:"peer,omitzero"`      // whom it is about
	Name     Text   `json:"name,omitempty"`     // of the peer, in events
	Addr     string `json:"addr,omitempty"`     // where a datagram, a command or a connection came from, or who is asked about
	Own      string `json:"own,omitempty"`      // the answer of "local"
	Endpoint Text   `json:"endpoint,omitempty"` // to connect to
	Identity ID     `json:"identity,omitzero"`  // who the other end of a connection says it is
	Group    Text   `json:"group,omitempty"`    // in calls and events

	Command  string   `json:"command,omitempty"`  // HELLO and so on; what cannot be read has none
	Sequence *uint16  `json:"sequence,omitempty"` // of the command
	Sizes    []int    `json:"sizes,omitempty"`    // octets of the frames
	Frames   []string `json:"frames,omitempty"`   // in hexadecimal, cut
	Data     string   `json:"data,omitempty"`     // a datagram, in hexadecimal, cut

	Due   time.Time     `json:"due,omitzero"`    // of "tick": when the node wanted to be woken
	Call  int           `json:"call,omitempty"`  // numbers calls of the application
	For   time.Duration `json:"for,omitempty"`   // nanoseconds: of "unacknowledged" and of a ping
	Error Text          `json:"error,omitempty"` // what went wrong
	Cause Text          `json:"cause,omitempty"` // of EXIT and "stop"

	Version int     `json:"version,omitempty"` // of "begin"
	Config  *Config `json:"config,omitempty"`  // of "begin"
}

// Config is what a node was told at birth.
type Config struct {
	Name        Text          `json:"name"`                   // what the node calls itself
	Headers     [][2]Text     `json:"headers,omitempty"`      // each a name and its value
	Port        uint16        `json:"port"`                   // UDP, of beacons
	Interval    time.Duration `json:"interval"`               // nanoseconds, as all of them
	Evasive     time.Duration `json:"evasive"`                // see zyre.Config, as all that follows
	Expired     time.Duration `json:"expired"`                // nanoseconds
	SendTimeout time.Duration `json:"send-timeout"`           // nanoseconds
	Limits      Limits        `json:"limits"`                 // how much peers may take
	Peers       []string      `json:"peers,omitempty"`        // endpoints
	Advertise   string        `json:"advertise,omitempty"`    // the endpoint that peers are told
	AnyEndpoint bool          `json:"any-endpoint,omitempty"` // peers may name another host than theirs
	Tells       bool          `json:"tells,omitempty"`        // the transport tells of connections
}

// Limits is what of zyre.Limits the protocol keeps.
type Limits struct {
	Peers           int `json:"peers"`             // at a time
	PeersPerAddress int `json:"peers-per-address"` // at a time
	NewPeers        int `json:"new-peers"`         // a second
	Groups          int `json:"groups"`            // of one peer
	HeaderOctets    int `json:"header-octets"`     // of one peer
}

// ID is a node's UUID.
type ID core.ID

// String returns 32 upper-case hexadecimal digits.
func (id ID) String() string { return fmt.Sprintf("%X", id[:]) }

// MarshalText is String.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads 32 hexadecimal digits.
func (id *ID) UnmarshalText(text []byte) error {
	if len(text) != 2*len(id) {
		return fmt.Errorf("%.40q is no UUID: 32 hexadecimal digits are", text)
	}
	_, err := hex.Decode(id[:], text)
	return err
}
