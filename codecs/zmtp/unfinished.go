package zmtp

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// errSwollen: the connection had to go so that others have memory.
var errSwollen = errors.New("zmtp: messages that have not wholly arrived take too much memory")

// partCost is what a part of a message costs beside its octets.
const partCost = 24

// unfinished bounds what the connections of a set hold of messages that have not wholly arrived. When it is too much, connections
// are ended, of the network address that holds most, beginning with those that have been at their message longest: an honest
// one takes little time, and who wants to do harm from one address harms that address alone.
type unfinished struct {
	most  int64
	total atomic.Int64
	ended atomic.Uint64

	mu      sync.Mutex
	less    sync.Cond          // it may be less now
	holders map[*conn]struct{} // all that ever held something
}

func newUnfinished(most int64) *unfinished {
	u := &unfinished{most: most, holders: map[*conn]struct{}{}}
	u.less.L = &u.mu
	return u
}

// held is what one connection holds. Its reader alone changes it.
type held struct {
	octets atomic.Int64
	since  atomic.Int64 // when it began to hold something, in nanoseconds since the set was opened
	known  bool         // it is among the holders
}

// hold notes how much a connection holds, before it allocates more of it, and says errSwollen when it must not.
func (c *conn) hold(octets int64) error {
	h, u := &c.held, c.set.unfinished
	was := h.octets.Load()
	if was == octets {
		return nil
	}
	if was == 0 {
		h.since.Store(int64(time.Since(c.set.born)))
		if !h.known {
			h.known = true
			u.mu.Lock()
			u.holders[c] = struct{}{}
			u.mu.Unlock()
		}
	}
	h.octets.Store(octets)
	total := u.total.Add(octets - was)
	switch {
	case octets > was && total > u.most:
		return u.relieve(c)
	case octets < was && total-octets+was > u.most:
		u.wake()
	}
	return nil
}

// wake has those look again who wait until there is less, or for their own end.
func (u *unfinished) wake() {
	u.mu.Lock()
	u.less.Broadcast()
	u.mu.Unlock()
}

// letGo is called by the reader when it ends.
func (c *conn) letGo() {
	if c.held.known {
		c.hold(0)
		u := c.set.unfinished
		u.mu.Lock()
		delete(u.holders, c)
		u.less.Broadcast()
		u.mu.Unlock()
	}
}

// relieve ends connections until those that are left, c among them or not, hold no more than they may, and waits until the others
// have let go.
func (u *unfinished) relieve(c *conn) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	defer u.less.Broadcast()
	u.choose()
	u.less.Broadcast() // those that were chosen may be waiting here themselves
	for c.alive() && u.total.Load() > u.most {
		u.less.Wait()
	}
	if !c.alive() {
		return c.why()
	}
	return nil
}

// choose chooses whom to end. mu is held.
func (u *unfinished) choose() {
	var left int64 // without those that end already
	per := map[netip.Addr]int64{}
	for h := range u.holders {
		if h.alive() {
			n := h.held.octets.Load()
			left += n
			per[h.addr] += n
		}
	}
	for left > u.most {
		var worst *conn
		for h := range u.holders {
			if h.alive() && h.held.octets.Load() > 0 && (worst == nil || per[h.addr] > per[worst.addr] ||
				h.addr == worst.addr && h.held.since.Load() < worst.held.since.Load()) {
				worst = h
			}
		}
		if worst == nil {
			return
		}
		n := worst.held.octets.Load()
		left -= n
		per[worst.addr] -= n
		u.ended.Add(1)
		worst.kill(errSwollen)
	}
}
