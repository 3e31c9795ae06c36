package doctor

import (
	"net/netip"
	"time"

	"github.com/zeromq/gozyre/tools/internal/doctor/firewall"
)

// Facts are what was seen of a machine and its networks. What the system did not
// tell has its zero value, and stands in Unseen where that matters.
type Facts struct {
	Port       uint16   // UDP, of discovery
	TCPPort    uint16   // that was asked for; 0: any that is free
	Named      []string // the only interfaces to use; none: all
	Missing    []string // of those: they do not exist
	Interfaces []Interface
	Firewall   Firewall
	Listen     Socket // UDP, on Port
	Bind       Socket // TCP, on TCPPort
	Ran        bool   // whether a node of ours ran meanwhile
	NodeErr    string // why not, if not for one of the sockets or for the interfaces
	Heard      bool   // whether it could be listened at all
	Peers      []Peer
	Strangers  []Stranger
	Static     []Static // peers that were named
	Malformed  uint64   // messages that were none of ZRE/2
	Limit      uint64   // of descriptors; 0: not known
	Clock      Clock
	Container  string   // what this runs in, such as Docker; empty: none is known of
	Unseen     []string // what could not be looked at, and why
}

// Role is what an interface is for.
type Role string

// The roles: by the system's word where it says, else by name.
const (
	Loopback  Role = "loopback"
	Network   Role = "network"
	Wireless  Role = "wireless"
	Container Role = "container" // the inside of this machine: a bridge for containers or virtual machines
	VPN       Role = "vpn"
)

// Interface is one of this machine.
type Interface struct {
	Name         string
	Role         Role
	Up           bool
	Carrier      bool // something is plugged in
	PointToPoint bool
	Addrs        []netip.Prefix // IPv4
	Nets         []Net          // to announce on; none unless it is up
}

// Net is a network that is announced on.
type Net struct {
	Prefix   netip.Prefix // with our address
	Target   netip.Addr   // its broadcast address
	Route    Route
	SendErr  string // of an announcement
	Denied   bool   // SendErr is that of a filter
	OwnHeard bool   // our announcement came back
	Filter   Filter
}

// Route is where the system sends what is for a broadcast address.
type Route string

// Routes. The empty one: not known.
const (
	Broadcast Route = "broadcast"
	Unicast   Route = "unicast" // to a host of that address: there is none
	NoRoute   Route = "none"
)

// Filter is what the packet filter does with what a node needs.
type Filter struct {
	UDPIn, UDPOut firewall.Verdict // announcements
	TCPIn, TCPOut firewall.Verdict // connections that are made
	TCPReply      firewall.Verdict // what comes back over those that we make
}

// Firewall is what is known of the packet filter as a whole.
type Firewall struct {
	Tools   []string // whose rules were read: nft, iptables
	Manager string   // ufw, firewalld: who makes the rules; empty: nobody known
	Hidden  bool     // there may be rules that were not readable
}

// Socket is a port that a node needs.
type Socket struct {
	Err    string // why it could not be had; empty: it could
	InUse  bool   // that is why
	Holder Holder
}

// Holder is a program that has a port.
type Holder struct {
	Known   bool // somebody holds it
	User    int
	PID     int // 0: not known, as without the rights of root
	Program string
}

// Peer is a node that was heard of.
type Peer struct {
	UUID      string
	Addr      netip.AddrPort // to connect to
	Interface string         // it was heard on
	Version   int            // of its announcement
	Dial      Dial
	DialErr   string
	Neighbour Neighbour
	Here      bool   // on this machine
	Entered   bool   // HELLO has come and gone
	Name      string // once Entered
	Files     Files
}

// Files is where a peer offers files.
type Files struct {
	Addr    netip.AddrPort // zero: nowhere
	Dial    Dial
	DialErr string
}

// Dial is what became of connecting to somebody.
type Dial string

// What can become of it. The empty one: it was not tried.
const (
	Connected   Dial = "connected"
	Refused     Dial = "refused"
	Unanswered  Dial = "unanswered"
	Unreachable Dial = "unreachable"
	Denied      Dial = "denied"  // by a filter of ours
	Unnamed     Dial = "unnamed" // no address was found for its name
)

// Neighbour is whether a host on our network says which hardware address it has.
type Neighbour string

// The empty one: not known.
const (
	Answers Neighbour = "answers"
	Mute    Neighbour = "mute"
)

// Stranger is who sends to the discovery port and is no node of a kind we know.
type Stranger struct {
	Addr      netip.Addr
	Interface string
	Version   int // of its announcement; 0: it is none of Zyre's
}

// Static is a peer that was named, rather than heard of.
type Static struct {
	Endpoint string
	Dial     Dial
	Err      string
}

// Clock is what can be said of it without another one.
type Clock struct {
	Now   time.Time
	Built time.Time // when this program's source was committed; zero: not known
	Free  bool      // the system says that nothing sets it
}
