package history

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Finding is one thing that must not be.
type Finding struct {
	Rule string    `json:"rule"`
	At   time.Time `json:"at"`
	Node zyre.UUID `json:"node"`          // whose stream shows it
	Peer zyre.UUID `json:"peer,omitzero"` // whom it is about
	Text string    `json:"text"`
}

// Figures counts what was seen.
type Figures struct {
	Events   uint64            `json:"events"`
	Enters   uint64            `json:"enters"`
	Exits    map[string]uint64 `json:"exits"` // by cause
	Whispers uint64            `json:"whispers"`
	Shouts   uint64            `json:"shouts"`
	Findings uint64            `json:"findings"`
}
