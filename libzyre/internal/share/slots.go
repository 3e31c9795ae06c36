package share

import (
	"errors"
	"sync"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Files must not take from messages what they need: a client has up to ten open files, and all together at most half of what the process may have.
const (
	filesOfClient = 10
	mostSlots     = 65_536
)

var errTurn = errors.New("more peers offer files than this process may have open files for, so this one has to wait until another leaves: raise the limit (ulimit -n)")

// slots are for the clients of all nodes in this process.
var slots = sync.OnceValue(func() chan struct{} { return make(chan struct{}, slotsOf(openFiles())) })

// slotsOf is how many clients there may be for a limit of open files.
func slotsOf(limit uint64) int { return int(max(1, min(limit/2/filesOfClient, mostSlots))) }

// turn waits until one more client may be there, unless the peer leaves before.
func (p *peer) turn() bool {
	all := p.share.slots
	select {
	case all <- struct{}{}:
		return true
	case <-p.leaving:
		return false
	default:
	}
	p.put(core.Event{Type: core.Refused, Cause: errTurn, File: &core.File{}})
	select {
	case all <- struct{}{}:
		return true
	case <-p.leaving:
		return false
	}
}

// over lets another one have the turn.
func (p *peer) over() { <-p.share.slots }
