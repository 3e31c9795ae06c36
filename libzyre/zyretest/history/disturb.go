package history

import (
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// trouble says whether something is disturbed, and until when it was.
type trouble struct {
	active int
	began  int64 // when it last did
	calm   int64 // when it last ended
	lasted int64 // how long, with those that it followed soon
	what   string
}

// longest is the longest time that what TCP had on its way may take to arrive after a
// disturbance: its time-outs double, so it tries again after as long as the disturbance took.
const longest = 30 * time.Second

// link is two nodes, the lower index first.
type link struct{ a, b int32 }

// Disturb says that from now on two nodes cannot reach each other, or not
// reliably. The zero UUID is everybody: (a, zero) is all that has to do with a
// (its host sleeps, has no network, has another address, has no time to run),
// (zero, zero) is the whole network. Disturbances count: each needs its own Calm.
func (c *Checker) Disturb(at time.Time, a, b zyre.UUID, what string) {
	c.tick(at)
	c.trouble(a, b, func(t *trouble) { t.begin(c, what) })
}

func (t *trouble) begin(c *Checker, what string) {
	if t.active++; t.active == 1 {
		t.began = c.now
		if c.now > t.calm+t.lasted+c.settle {
			t.lasted = 0
		}
	}
	t.what = what
}

func (t *trouble) end(c *Checker) {
	if t.active == 0 {
		return
	}
	t.active--
	t.calm = c.now
	t.lasted += c.now - t.began
}

// Calm says that the disturbance has ended.
func (c *Checker) Calm(at time.Time, a, b zyre.UUID) {
	c.tick(at)
	c.trouble(a, b, func(t *trouble) { t.end(c) })
	if a == (zyre.UUID{}) {
		a, b = b, a
	}
	switch {
	case a == (zyre.UUID{}):
		for _, n := range c.nodes {
			c.touch(n)
		}
	case b == (zyre.UUID{}):
		c.touch(c.node(a))
	default:
		x, y := c.node(a).at, c.node(b).at
		c.sweeps.push(sweep{c.now + c.settle, x, y})
		c.sweeps.push(sweep{c.now + c.settle, y, x})
	}
}

// trouble changes that of two nodes, of one, or of all.
func (c *Checker) trouble(a, b zyre.UUID, change func(*trouble)) {
	if a == (zyre.UUID{}) {
		a, b = b, a
	}
	switch {
	case a == (zyre.UUID{}):
		change(&c.everywhere)
	case b == (zyre.UUID{}):
		change(&c.node(a).trouble)
	default:
		key := linkOf(c.node(a), c.node(b))
		t := c.between[key]
		change(&t)
		c.between[key] = t
	}
}

func linkOf(a, b *node) link {
	return link{min(a.at, b.at), max(a.at, b.at)}
}

// calm is since when two nodes are undisturbed: forever, if they are not; 0, if
// they always were.
func (c *Checker) calm(a, b *node) (at int64, what string) {
	var pair trouble
	if len(c.between) > 0 {
		pair = c.between[linkOf(a, b)]
	}
	for _, t := range [...]*trouble{&c.everywhere, &a.trouble, &b.trouble, &a.pause, &b.pause, &pair} {
		if t.active > 0 {
			return forever, t.what
		}
		if t.calm > at {
			at, what = t.calm, t.what
		}
	}
	return at, what
}

// disturbed says whether two nodes are, or were until Settle ago.
func (c *Checker) disturbed(a, b *node) bool {
	at, _ := c.calm(a, b)
	return at == forever || at > 0 && c.now-at <= c.settle
}

// late is until when messages may be late because of disturbances: as long after the
// last as they took together.
func (c *Checker) late(a, b *node) (until int64) {
	var pair trouble
	if len(c.between) > 0 {
		pair = c.between[linkOf(a, b)]
	}
	lasted := int64(0)
	for _, t := range [...]*trouble{&c.everywhere, &a.trouble, &b.trouble, &a.pause, &b.pause, &pair} {
		if t.active > 0 {
			return forever
		}
		until = max(until, t.calm)
		lasted += t.lasted
	}
	return until + min(lasted, int64(longest))
}

// unsure says whether what is told may be late.
func (c *Checker) unsure(a, b *node) bool {
	until := c.late(a, b)
	return until == forever || until > 0 && c.now-until < c.settle
}

// resent says whether r may hear only now what s said before it stopped: TCP sends it again after as long as it could not be heard, up
// to two minutes.
func (c *Checker) resent(r, s *node) bool {
	calm, _ := c.calm(r, s)
	return calm > s.started && c.now-calm <= min(calm-s.started, int64(2*time.Minute))+c.settle
}
