package model

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// State is how a node is doing.
type State uint8

// The states of a node.
const (
	Here    State = iota // it was heard of lately
	Evasive              // it is quiet
	Silent               // it does not answer
	Gone                 // it has left, or was given up; it is shown for a while
)

// String returns here, evasive, silent or gone.
func (s State) String() string { return [...]string{"here", "evasive", "silent", "gone"}[s] }

// node is what is known of one node.
type node struct {
	id      zyre.UUID
	hash    uint16
	name    string
	addr    string
	host    netip.Addr // of addr
	headers map[string]string
	groups  []string // sorted
	state   State
	self    bool
	since   time.Time // when it entered, or when it went
	cause   string    // why it is gone
	rtt     time.Duration
	lost    bool // the last ping was not answered
	flow    flow
	broken  int    // links that it told to be broken
	changed uint64 // the version in which it last changed
}

// place notes where the node is.
func (n *node) place(addr string) {
	n.addr, n.host = addr, netip.Addr{}
	if at, err := netip.ParseAddrPort(strings.TrimPrefix(addr, "tcp://")); err == nil {
		n.host = plain(at.Addr())
	}
}

// plain is an address as it is compared: without what depends on who names it.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func (n *node) join(group string) bool {
	at, found := slices.BinarySearch(n.groups, group)
	if !found {
		n.groups = slices.Insert(n.groups, at, group)
	}
	return !found
}

func (n *node) leave(group string) bool {
	at, found := slices.BinarySearch(n.groups, group)
	if found {
		n.groups = slices.Delete(n.groups, at, at+1)
	}
	return found
}
