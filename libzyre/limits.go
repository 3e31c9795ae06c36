package zyre

import (
	"fmt"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Limits bounds what others can make a node hold. What is over a limit is left
// out and counted in Stats. Zero values mean the defaults.
type Limits struct {
	Peers           int   `zpl:"peers"`             // in all; default 4,096
	PeersPerAddress int   `zpl:"peers-per-address"` // of one host, and connections from it; default 1,024
	NewPeers        int   `zpl:"new-peers"`         // a second, after a burst of twice as many; default 500
	Dials           int   `zpl:"dials"`             // connections that are being made at a time; default 4
	Groups          int   `zpl:"groups"`            // of one peer, and of this node; default 4,096
	HeaderOctets    int   `zpl:"header-octets"`     // of one peer's headers and groups, each counted as 32 octets more than it has; of all peers together 64 times that. Default 1 MiB
	MessageOctets   int   `zpl:"message-octets"`    // of one message, sent or received; default 64 MiB
	DiskFree        int64 `zpl:"disk-free"`         // octets that files of peers leave free of the Inbox's file system; REFUSED tells of a file that waits for that. Default a twentieth of it, 1 GiB at most
	QueuedOctets    int64 `zpl:"queued-octets"`     // waiting to be sent, to all peers together; default 1 GiB
}

func (l Limits) withDefaults() (Limits, error) {
	for _, d := range []struct {
		name  string
		value *int
		or    int
		most  int
	}{
		{"Peers", &l.Peers, core.DefaultPeers, 1 << 20},
		{"PeersPerAddress", &l.PeersPerAddress, core.DefaultPeersPerAddress, 1 << 20},
		{"NewPeers", &l.NewPeers, core.DefaultNewPeers, 1 << 20},
		{"Dials", &l.Dials, 4, 1 << 10},
		{"Groups", &l.Groups, core.DefaultGroups, 1<<16 - 1},
		{"HeaderOctets", &l.HeaderOctets, core.DefaultHeaderOctets, 16 << 20},
		{"MessageOctets", &l.MessageOctets, 64 << 20, 1 << 30},
	} {
		if *d.value == 0 {
			*d.value = d.or
		}
		if *d.value < 0 || *d.value > d.most {
			return l, fmt.Errorf("%w: Limits.%s is %d: it must be 1 to %d", ErrInvalid, d.name, *d.value, d.most)
		}
	}
	if l.DiskFree < 0 {
		return l, fmt.Errorf("%w: Limits.DiskFree is %d: it must be at least 1", ErrInvalid, l.DiskFree)
	}
	if l.QueuedOctets == 0 {
		l.QueuedOctets = 1 << 30
	}
	if l.QueuedOctets < 0 {
		return l, fmt.Errorf("%w: Limits.QueuedOctets is %d: it must be at least 1", ErrInvalid, l.QueuedOctets)
	}
	return l, nil
}
