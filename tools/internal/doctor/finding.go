package doctor

import (
	"slices"
)

// Severity says what a finding means.
type Severity string

// The severities, worst first.
const (
	// Wrong: this keeps nodes from seeing each other.
	Wrong Severity = "wrong"
	// Suspect: this probably does.
	Suspect Severity = "suspect"
	// Note: this is worth knowing, and does no harm by itself.
	Note Severity = "note"
)

// Finding is one thing to know. Its texts may hold what came from outside: they are
// to be escaped.
type Finding struct {
	Code     string   `json:"code"` // a name that stays
	Severity Severity `json:"severity"`
	What     string   `json:"what"`
	Why      string   `json:"why,omitzero"`    // what was seen
	Remedy   []string `json:"remedy,omitzero"` // commands
	Advice   string   `json:"advice,omitzero"` // what no command does
}

// Codes of findings.
const (
	PortOwned        = "port-owned"
	NoInterface      = "no-interface"
	WrongInterface   = "wrong-interface"
	NoBroadcastRoute = "no-broadcast-route"
	FirewallUDP      = "firewall-udp"
	FirewallTCP      = "firewall-tcp"
	OwnUnheard       = "own-unheard"
	OtherNetwork     = "other-network"
	Isolation        = "isolation"
	OneWay           = "one-way"
	PeerUnreachable  = "peer-unreachable"
	NodeFails        = "node-fails"
	NoFiles          = "files"
	OtherVersion     = "version"
	Descriptors      = "descriptors"
	WrongClock       = "clock"
	Nobody           = "nobody"
	InContainer      = "container"
	NoBroadcast      = "no-broadcast"
	Unplugged        = "unplugged"
	Strange          = "strangers"
	NotSeen          = "not-looked-at"
)

// rules are in the order of how likely what they find is the trouble: first what
// leaves a node without any network, then what takes away an interface, then what
// takes away a peer.
var rules = []func(*Facts) []Finding{
	portOwned,
	wrongInterface,
	noInterface,
	nodeFails,
	noBroadcastRoute,
	firewallUDP,
	firewallTCP,
	ownUnheard,
	otherNetwork,
	isolation,
	oneWay,
	peerUnreachable,
	noFiles,
	otherVersion,
	descriptors,
	clock,
	nobody,
	container,
	noBroadcast,
	unplugged,
	strangers,
	notSeen,
}

// Judge says what is wrong with what was seen, the most likely trouble first: what
// is certain before what is probable, and both before notes.
func Judge(f Facts) []Finding {
	found := []Finding{}
	for _, rule := range rules {
		found = append(found, rule(&f)...)
	}
	rank := map[Severity]int{Wrong: 0, Suspect: 1, Note: 2}
	slices.SortStableFunc(found, func(a, b Finding) int { return rank[a.Severity] - rank[b.Severity] })
	return found
}

// Healthy tells whether there are only notes.
func Healthy(found []Finding) bool {
	return !slices.ContainsFunc(found, func(f Finding) bool { return f.Severity != Note })
}
