package firewall

import "net/netip"

// Proto is a protocol over IP.
type Proto string

// The protocols that a node uses.
const (
	UDP Proto = "udp"
	TCP Proto = "tcp"
)

// Packet is one to ask about.
type Packet struct {
	In                     bool   // it comes in; else it goes out
	Interface              string // by which it does
	Proto                  Proto
	Source, Target         netip.Addr // IPv4
	SourcePort, TargetPort uint16
	Broadcast              bool // Target is a broadcast address
	Established            bool // it belongs to a connection that was made; else it is the first one
}

// Outcome is what becomes of a packet.
type Outcome uint8

// From good to bad.
const (
	// Pass: nothing stops it.
	Pass Outcome = iota
	// Perhaps: something stops it, or not: that depends on what is not known here.
	Perhaps
	// Drop: it is dropped or rejected.
	Drop
)

// Verdict is an Outcome and, unless that is Pass, what makes it.
type Verdict struct {
	Outcome Outcome
	Place   Place
}

// Place is a rule, or the policy of a chain.
type Place struct {
	Tool   string // nft or iptables, whose language names the rest
	Family string // ip, inet or netdev
	Table  string
	Chain  string
	Handle int    // of nft; 0 for a policy
	Text   string // the rule in that language; may be empty for nft
	Policy bool   // no rule, but what is done with packets that no rule took
	Reject bool   // the sender is told
}

// tri is how far something is known to be so.
type tri uint8

const (
	no tri = iota
	maybe
	yes
)

// not is known as well as what it negates.
func (t tri) not() tri { return yes - t }

func known(is bool) tri {
	if is {
		return yes
	}
	return no
}
