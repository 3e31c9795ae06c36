package share

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Files must not take from messages what they need: a client has up to ten open files, and all together at most half of what the process may have.
const (
	filesOfClient = 10
	mostSlots     = 65_536
	addressShare  = 4 // one address has a quarter at most
)

// What is told when a peer has to wait.
var (
	errTurn  = errors.New("more peers offer files than this process may have open files for, so this one has to wait until another leaves or has nothing to send: raise the limit (ulimit -n)")
	errCrowd = errors.New("its address has all the clients for files that one address may have, so this one has to wait until another there leaves or has nothing to send: raise the limit of open files (ulimit -n)")
)

// slots are what clients take before they open anything, in the order in which they came. An address that is not this machine's own has a share of them at
// most, for whoever has one address can be there under a thousand UUIDs. Loopback has no bound of its own: many nodes on one machine are common, and who runs
// programs on it can take its files from us without a peer. What keeps him from holding all is that who brings nothing gives his slot up (see patience).
type slots struct {
	mu      sync.Mutex
	most    int
	taken   int
	of      map[netip.Addr]int // taken
	waiting []*place           // the oldest first
}

// place is one in the line, and then a slot.
type place struct {
	addr netip.Addr
	turn chan struct{} // closed when it is a slot
	has  bool
}

func newSlots(most int) *slots { return &slots{most: most, of: map[netip.Addr]int{}} }

// processSlots are for the clients of all nodes in this process.
var processSlots = sync.OnceValue(func() *slots { return newSlots(slotsOf(openFiles())) })

// slotsOf is how many clients there may be for a limit of open files.
func slotsOf(limit uint64) int { return int(max(1, min(limit/2/filesOfClient, mostSlots))) }

// full tells whether an address has all that it may have.
func (s *slots) full(addr netip.Addr, taken int) bool {
	return !addr.IsLoopback() && taken >= max(1, s.most/addressShare)
}

// ask takes a place at the end of the line. It says why that is no slot yet; nil: it is one.
func (s *slots) ask(addr netip.Addr) (pl *place, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	pl = &place{addr: addr.Unmap().WithZone(""), turn: make(chan struct{})}
	s.waiting = append(s.waiting, pl)
	switch s.pass(); {
	case pl.has:
		return pl, nil
	case s.taken < s.most:
		return pl, fmt.Errorf("%w (%v, %d peers)", errCrowd, pl.addr, s.of[pl.addr])
	}
	return pl, errTurn
}

// pass gives free slots to the first who may have them.
func (s *slots) pass() {
	for s.taken < s.most {
		i := slices.IndexFunc(s.waiting, func(pl *place) bool { return !s.full(pl.addr, s.of[pl.addr]) })
		if i < 0 {
			return
		}
		pl := s.waiting[i]
		s.waiting = slices.Delete(s.waiting, i, i+1)
		s.taken++
		s.of[pl.addr]++
		pl.has = true
		close(pl.turn)
	}
}

// leave gives up a slot, or a place in the line.
func (s *slots) leave(pl *place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !pl.has {
		s.waiting = slices.DeleteFunc(s.waiting, func(o *place) bool { return o == pl })
		return
	}
	s.taken--
	if s.of[pl.addr]--; s.of[pl.addr] == 0 {
		delete(s.of, pl.addr)
	}
	s.pass()
}

// wanted tells whether somebody waits who would have the slot if it were given up.
func (s *slots) wanted(pl *place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.waiting, func(o *place) bool { return o.addr == pl.addr || !s.full(o.addr, s.of[o.addr]) })
}

// turn waits until one more client may be there, unless the peer leaves before; then it is nil.
func (p *peer) turn() *place {
	p.share.mu.Lock()
	at := addrOf(p.endpoint)
	p.share.mu.Unlock()
	pl, why := p.share.slots.ask(at)
	if why != nil && !p.waited {
		p.waited = true
		p.put(core.Event{Type: core.Refused, Cause: why, File: &core.File{}})
	}
	select {
	case <-pl.turn:
		return pl
	case <-p.leaving:
		p.share.slots.leave(pl)
		return nil
	}
}
