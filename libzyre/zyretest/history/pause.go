package history

import (
	"errors"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Pause says that from now on a node's process does not run, while its host does, and
// acknowledges what others send. That is a disturbance of the node, and excuses as much but
// for one thing: nobody may tell its EXIT because it is silent (ErrExpired, ErrUnreachable)
// before the pause has lasted Expired without Settle. Pauses count: each needs its own Continue.
func (c *Checker) Pause(at time.Time, id zyre.UUID, what string) {
	c.tick(at)
	c.node(id).pause.begin(c, what)
}

// Continue says that it runs again.
func (c *Checker) Continue(at time.Time, id zyre.UUID) {
	c.tick(at)
	c.node(id).pause.end(c)
	c.touch(c.node(id))
}

// hasty says whether r told the EXIT of s for no other reason than that s pauses, and too soon. Both had to know each other for a while:
// who pauses while connections are being made cannot take them.
func (c *Checker) hasty(r, s *node, cause error) bool {
	began := s.pause.began
	switch {
	case s.pause.active == 0 || c.now-began >= c.expired-c.settle:
		return false
	case !errors.Is(cause, zyre.ErrUnreachable) && !errors.Is(cause, zyre.ErrExpired):
		return false
	}
	pair, quiet := c.between[linkOf(r, s)], 2*c.settle
	if began < max(r.started, s.started)+quiet {
		return false
	}
	for _, t := range [...]*trouble{&c.everywhere, &r.trouble, &r.pause, &s.trouble, &pair} {
		if t.active > 0 || t.calm > 0 && t.calm+quiet >= began {
			return false // that may have been why
		}
	}
	return true
}
