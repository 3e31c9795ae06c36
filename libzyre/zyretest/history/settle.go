package history

import (
	"slices"
	"time"
)

// sweep is when views have to have settled: what a told of b; all told of a, and
// a of all, where b is everybody.
type sweep struct {
	due  int64
	a, b int32
}

const everybody = -1

// touch says that a node's truth changed: all views of it have to follow.
func (c *Checker) touch(n *node) {
	if n.touched != c.now {
		n.touched = c.now
		c.sweeps.push(sweep{c.now + c.settle, n.at, everybody})
	}
}

func (c *Checker) sweep(w sweep) {
	n := c.nodes[w.a]
	if w.b != everybody {
		c.check(n, c.nodes[w.b])
		return
	}
	for _, x := range c.nodes {
		c.check(n, x)
		c.check(x, n)
	}
	if !n.live && c.now-n.stopped >= c.settle {
		c.clearRow(n)
	}
}

// check compares what r told of s with the truth, where that had time to settle.
func (c *Checker) check(r, s *node) {
	if r == s || !r.live || !s.known {
		return
	}
	p := c.pair(r, s)
	calm, what := c.calm(r, s)
	if calm == forever || p.reported || max(calm, r.started, s.started, s.stopped, p.exited)+c.settle > c.now {
		return
	}
	if !s.live && p.entered > s.stopped && p.entered+c.settle > c.now {
		return // onEnter judges that
	}
	switch {
	case s.live && !p.present:
		c.report(RuleView, r, s, "does not know that it runs")
	case !s.live && p.present && c.unsure(r, s): // its last words may be on their way
		c.sweeps.push(sweep{c.late(r, s) + c.settle, r.at, s.at})
		return
	case !s.live && p.present:
		c.report(RuleView, r, s, "believes that it still runs")
	case s.live && p.entered < s.started && p.entered > 0:
		c.report(RuleView, r, s, "believes that its life before the last start goes on")
	case !s.live || p.entered+c.lag > c.now || c.agree(r, s):
		return
	case c.unsure(r, s):
		c.sweeps.push(sweep{c.late(r, s) + c.settle, r.at, s.at})
		return
	default:
		c.report(RuleMembers, r, s, "told of the groups %q, but it is in %q; %s",
			c.members(func(g int32) bool { return c.has(r, s, g) }), c.members(s.in), what)
	}
	p.reported = true
}

// agree says whether what r told of the groups of s is true, as far as it had time to
// settle.
func (c *Checker) agree(r, s *node) bool {
	for g := range int32(len(c.groups)) {
		if c.has(r, s, g) != s.in(g) && s.changedAt(g)+c.settle <= c.now {
			return false
		}
	}
	return true
}

// Finish ends the history and returns all that was found: it judges also the views
// as they are now, and messages that never came. Changes and messages younger than
// Settle are not judged: let the network rest for that long before.
func (c *Checker) Finish(at time.Time) []Finding {
	c.tick(at)
	for _, x := range c.suspects {
		c.add(x.what)
	}
	c.suspects = nil
	for _, r := range c.nodes {
		for _, s := range c.nodes {
			c.check(r, s)
			c.overdue(r, s)
		}
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int { return a.At.Compare(b.At) })
	return c.Findings()
}

// overdue reports messages that never came. One that was sent in a disturbance may be lost
// without anybody's knowing, as long as none follows it.
func (c *Checker) overdue(r, s *node) {
	p := r.row.at(s)
	if !r.live || !s.live || p == nil {
		return
	}
	calm := c.late(r, s)
	for at := p.head; at != 0; at = c.entries[at].next {
		e := &c.entries[at]
		if !e.may && e.sent+c.settle <= c.now && calm != forever && (calm == 0 || e.sent > calm+c.settle) {
			c.report(RuleLost, r, s, "was never told the %s sent %s s ago; no EXIT at either end since, and the call did not fail", e.what(c), seconds(c.now-e.sent))
		}
	}
}
