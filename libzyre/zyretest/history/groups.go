package history

import (
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// membership is one group in one node's view of another.
type membership struct{ r, s, group int32 }

// Join says that a node is about to join a group.
func (c *Checker) Join(at time.Time, id zyre.UUID, group string) {
	c.tick(at)
	g, ok := c.groupOf[group]
	if !ok {
		g = int32(len(c.groups))
		c.groupOf[group] = g
		c.groups = append(c.groups, group)
	}
	c.change(c.node(id), g, true)
}

// Leave says that a node is about to leave a group. What was shouted to it there
// may be lost from now on.
func (c *Checker) Leave(at time.Time, id zyre.UUID, group string) {
	c.tick(at)
	g, ok := c.groupOf[group]
	if !ok {
		return
	}
	r := c.node(id)
	c.change(r, g, false)
	for s, p := range c.views(r) {
		if p.head != 0 {
			c.excuseOnly(r, s, func(e *entry) bool { return e.group == g })
		}
	}
}

func (c *Checker) change(n *node, g int32, in bool) {
	if !n.live || n.in(g) == in {
		return
	}
	if grow := len(c.groups) - len(n.member); grow > 0 {
		n.member = append(n.member, make([]bool, grow)...)
		n.changed = append(n.changed, make([]int64, grow)...)
	}
	n.member[g], n.changed[g] = in, c.now
	c.touch(n)
}

// in says whether a node truly is in a group.
func (n *node) in(g int32) bool { return int(g) < len(n.member) && n.member[g] }

// changedAt is when it last joined or left it; 0: it never was in it.
func (n *node) changedAt(g int32) int64 {
	if int(g) < len(n.changed) {
		return n.changed[g]
	}
	return 0
}

// has says whether s is in a group, as r told.
func (c *Checker) has(r, s *node, g int32) bool {
	if g < inlineGroups {
		p := r.row.at(s)
		return p != nil && p.groups>>g&1 != 0
	}
	_, ok := c.more[membership{r.at, s.at, g}]
	return ok
}

func (c *Checker) set(r, s *node, g int32, in bool) {
	p := c.pair(r, s)
	switch {
	case g < inlineGroups && in:
		p.groups |= 1 << g
	case g < inlineGroups:
		p.groups &^= 1 << g
	case in:
		c.more[membership{r.at, s.at, g}] = struct{}{}
	default:
		delete(c.more, membership{r.at, s.at, g})
	}
}

func (c *Checker) clearGroups(r, s *node) {
	if p := r.row.at(s); p != nil {
		p.groups = 0
	}
	for g := int32(inlineGroups); int(g) < len(c.groups) && len(c.more) > 0; g++ {
		delete(c.more, membership{r.at, s.at, g})
	}
}

// onJoin: r told that s joined.
func (c *Checker) onJoin(r, s *node, p *pair, group string) {
	c.figures.Joins++
	p.heard, p.reported = c.now, false
	g, ok := c.groupOf[group]
	switch {
	case !ok || s.live && s.changedAt(g) == 0:
		c.report(RuleGroup, r, s, "told JOIN %q, where it never was", group)
		if !ok {
			return
		}
	case c.has(r, s, g):
		c.report(RuleGroup, r, s, "told JOIN %q twice, no LEAVE between", group)
	case s.live && !s.in(g) && c.settled(s.changedAt(g)) && !c.unsure(r, s):
		c.report(RuleGroup, r, s, "told JOIN %q, which it left %s s ago", group, seconds(c.now-s.changedAt(g)))
	}
	c.set(r, s, g, true)
	c.acquit(func(x *suspect) bool { return x.rule == RuleStray && x.r == s && x.s == r && x.group == g })
}

// onLeave: r told that s left. What r shouted to it there may be lost.
func (c *Checker) onLeave(r, s *node, p *pair, group string) {
	c.figures.Leaves++
	p.heard, p.reported = c.now, false
	g, ok := c.groupOf[group]
	if !ok || !c.has(r, s, g) {
		c.report(RuleGroup, r, s, "told LEAVE %q, but no JOIN before it", group)
		return
	}
	if s.live && s.in(g) && c.settled(max(s.changedAt(g), s.started)) && !c.unsure(r, s) {
		c.report(RuleGroup, r, s, "told LEAVE %q, where it has been for %s s", group, seconds(c.now-s.changedAt(g)))
	}
	c.set(r, s, g, false)
	if s.live {
		c.excuseOnly(s, r, func(e *entry) bool { return e.group == g })
		c.pair(s, r).left = r.last
	}
}

// judgeShout: r told a shout of s; is it in that group itself?
func (c *Checker) judgeShout(r, s *node, group string) {
	g, ok := c.groupOf[group]
	if ok && (r.in(g) || r.changedAt(g) > 0 && c.lag > 0 && c.now-r.changedAt(g) <= c.lag) {
		return
	}
	c.report(RuleGroup, r, s, "told SHOUT to %q, where it is not itself", group)
}

func (c *Checker) settled(since int64) bool { return c.now-since > c.settle }

// members names the groups in a list of bits, for people.
func (c *Checker) members(in func(g int32) bool) []string {
	names := []string{}
	for g, name := range c.groups {
		if in(int32(g)) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
