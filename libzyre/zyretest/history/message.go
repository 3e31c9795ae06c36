package history

import (
	"errors"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// entry is a message on its way to one node.
type entry struct {
	number int64
	sent   int64
	next   int32
	group  int32 // noGroup: a whisper
	may    bool  // it may be lost
	untold bool  // the sender had not told of the receiver
}

const noGroup = -1

func (e *entry) what(c *Checker) string {
	if e.group == noGroup {
		return "whisper"
	}
	return "shout to " + c.groups[e.group]
}

// Whisper says that a node is about to whisper to another and returns the first
// frame of the message; more frames may follow it. The messages of a node must be
// sent in the order in which they were asked for here.
func (c *Checker) Whisper(at time.Time, from, to zyre.UUID) []byte {
	p := payload{kind: isWhisper, from: from, to: to, number: after(c.node(from).last, at.UnixNano())}
	c.send(at, &p)
	return p.append(nil)
}

// Shout says that a node is about to shout to a group and returns the first frame
// of the message; see Whisper.
func (c *Checker) Shout(at time.Time, from zyre.UUID, group string) []byte {
	p := payload{kind: isShout, from: from, group: group, number: after(c.node(from).last, at.UnixNano())}
	c.send(at, &p)
	return p.append(nil)
}

// send notes to whom a message goes.
func (c *Checker) send(at time.Time, p *payload) {
	c.tick(at)
	s := c.node(p.from)
	s.last = max(s.last, p.number)
	if !s.live {
		return
	}
	if p.kind == isWhisper {
		c.figures.Whispers++
		if at, ok := c.index[p.to]; ok && c.nodes[at].live {
			r := c.nodes[at]
			c.expect(r, s, entry{number: p.number, group: noGroup, untold: !c.pair(s, r).present})
		}
		return
	}
	c.figures.Shouts++
	g, ok := c.groupOf[p.group]
	if !ok {
		return // nobody ever joined it
	}
	for r, told := range c.views(s) {
		if r.live && told.present && c.has(s, r, g) {
			c.expect(r, s, entry{number: p.number, group: g, may: !r.in(g)})
		}
	}
}

// expect puts a message on its way.
func (c *Checker) expect(r, s *node, e entry) {
	e.sent = c.now
	at := c.free
	if at == 0 {
		at = int32(len(c.entries))
		c.entries = append(c.entries, entry{})
	} else {
		c.free = c.entries[at].next
	}
	c.entries[at] = e
	p := c.pair(r, s)
	if p.head == 0 {
		p.head = at
	} else {
		c.entries[p.tail].next = at
	}
	p.tail = at
	c.collapse(p)
}

// shift takes the oldest message off its way.
func (c *Checker) shift(p *pair) entry {
	at := p.head
	e := c.entries[at]
	if p.head = e.next; p.head == 0 {
		p.tail = 0
	}
	c.entries[at] = entry{next: c.free}
	c.free = at
	return e
}

// drop takes all off.
func (c *Checker) drop(p *pair) {
	for p.head != 0 {
		c.shift(p)
		c.figures.Excused++
	}
}

// collapse takes off what may be lost and has nothing before it that may not.
func (c *Checker) collapse(p *pair) {
	for p.head != 0 && c.entries[p.head].may {
		p.excused = max(p.excused, c.shift(p).number)
		c.figures.Excused++
	}
}

// excuse says that all may be lost which s has sent to r so far.
func (c *Checker) excuse(r, s *node) {
	if r == s || !r.live { // what was sent to who has stopped is off already
		return
	}
	p := c.pair(r, s)
	c.drop(p)
	p.excused = s.last
	c.acquit(func(x *suspect) bool { return x.rule == RuleLost && x.r == r && x.s == s })
}

// excuseOnly says the same of those messages that are meant.
func (c *Checker) excuseOnly(r, s *node, meant func(*entry) bool) {
	p := c.pair(r, s)
	for at := p.head; at != 0; at = c.entries[at].next {
		if meant(&c.entries[at]) {
			c.entries[at].may = true
		}
	}
	c.collapse(p)
	c.acquit(func(x *suspect) bool { return x.rule == RuleLost && x.r == r && x.s == s && meant(&x.entry) })
}

// Failed says that the call which was to send a message returned an error: it
// may still arrive, and it may not.
func (c *Checker) Failed(at time.Time, data []byte, err error) {
	c.tick(at)
	p, ok := parsePayload(data)
	if !ok {
		return
	}
	c.figures.Failed++
	s := c.node(p.from)
	this := func(e *entry) bool { return e.number == p.number }
	if p.kind == isShout {
		for _, r := range c.nodes {
			if r.live && r != s {
				c.excuseOnly(r, s, this)
			}
		}
		return
	}
	r := c.node(p.to)
	if c.lag == 0 && r.known && s.live && c.pair(s, r).present && errors.Is(err, zyre.ErrUnknownPeer) {
		c.report(RuleUntold, s, r, "refused a whisper (%v), but has told ENTER and no EXIT since", err)
	}
	if r.live {
		c.excuseOnly(r, s, this)
	}
}

// onMessage takes a message that was told.
func (c *Checker) onMessage(r, s *node, p *pair, e *zyre.Event) {
	p.heard = c.now
	var m payload
	ok := false
	if len(e.Msg) > 0 {
		m, ok = parsePayload(e.Msg[0])
	}
	from, known := c.index[m.from]
	if !ok || !known || !c.nodes[from].known {
		c.figures.Foreign++
		return
	}
	what := m.what()
	switch {
	case c.nodes[from] != s:
		c.report(RuleStray, r, s, "told a %s that %s sent", what, c.label(m.from))
		return
	case (m.kind == isShout) != (e.Type == zyre.Shout):
		c.report(RuleStray, r, s, "told %v of what was a %s", e.Type, what)
		return
	case m.kind == isWhisper && m.to != r.id:
		c.report(RuleStray, r, s, "told a whisper that was for %s", c.label(m.to))
		return
	case m.kind == isShout && m.group != e.Group:
		c.report(RuleStray, r, s, "told a SHOUT to %q that was a %s", e.Group, what)
		return
	case m.number > s.last:
		c.report(RuleStray, r, s, "told a %s that was never sent", what)
		return
	}
	if m.kind == isShout {
		c.figures.Shouted++
		c.judgeShout(r, s, m.group)
	} else {
		c.figures.Whispered++
	}
	c.arrive(r, s, p, &m)
}

// arrive checks a message against those that are on their way.
func (c *Checker) arrive(r, s *node, p *pair, m *payload) {
	if m.number <= p.delivered {
		if _, ok := c.missing[missed{r.at, s.at, m.number}]; ok {
			delete(c.missing, missed{r.at, s.at, m.number})
			c.acquit(func(x *suspect) bool { return x.r == r && x.s == s && x.entry.number == m.number })
			c.report(RuleReordered, r, s, "told a %s after one that was sent later", m.what())
		} else {
			c.report(RuleDoubled, r, s, "told a %s twice, or after one that was sent later", m.what())
		}
		return
	}
	p.delivered = m.number
	if m.number <= p.excused {
		return
	}
	found := false
	for p.head != 0 && c.entries[p.head].number <= m.number {
		e := c.shift(p)
		switch {
		case e.number == m.number:
			found = true
			c.figures.Delay = max(c.figures.Delay, time.Duration(c.now-e.sent))
			if e.untold && c.now-e.sent >= c.lag {
				c.report(RuleUntold, s, r, "sent a %s %s s ago, but had told no ENTER", m.what(), seconds(c.now-e.sent))
			}
		case e.may:
			c.figures.Excused++
		default:
			c.suspectLost(r, s, e, m)
		}
	}
	switch g := c.groupOf[m.group]; {
	case found:
	case m.kind == isWhisper:
		c.report(RuleStray, r, s, "told a whisper that was not sent to it while it ran")
	case c.lag > 0 && m.number <= p.left: // it may have been a member between a JOIN and a LEAVE, both told here late
	case !c.has(s, r, g):
		c.suspect(suspect{rule: RuleStray, r: r, s: s, group: g}, "told a %s, but was not in that group as told to the sender", m.what())
	}
}

func (c *Checker) suspectLost(r, s *node, e entry, m *payload) {
	if len(c.missing) < maxFindings {
		c.missing[missed{r.at, s.at, e.number}] = struct{}{}
	}
	c.suspect(suspect{rule: RuleLost, r: r, s: s, entry: e},
		"was not told the %s sent %s s ago, but a %s sent later; no EXIT at either end since, and the call did not fail", e.what(c), seconds(c.now-e.sent), m.what())
}
