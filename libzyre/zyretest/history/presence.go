package history

import (
	"errors"

	"github.com/zeromq/gozyre/libzyre"
)

// onEnter: r told ENTER of s.
func (c *Checker) onEnter(r, s *node, p *pair) {
	c.figures.Enters++
	if p.present {
		c.report(RuleOrder, r, s, "told ENTER twice, no EXIT between")
	}
	p.present, p.evasive, p.reported = true, false, false
	p.entered, p.heard = c.now, c.now
	c.clearGroups(r, s)
	if s.live { // r could take messages for s before it told
		for at := c.pair(s, r).head; at != 0; at = c.entries[at].next {
			c.entries[at].untold = false
		}
	} else if c.now-s.stopped > c.settle && !c.unsure(r, s) && !c.resent(r, s) {
		c.report(RuleGhost, r, s, "told ENTER of one that is gone")
	}
	c.storm(r, s, p, &p.enters)
}

// onExit: r told EXIT of s. What is on its way between the two may be lost.
func (c *Checker) onExit(r, s *node, p *pair, cause error) {
	c.figures.Exits[causes[causeIndex(cause)].name]++
	if !p.present {
		c.report(RuleOrder, r, s, "told EXIT (%v), but no ENTER before it", cause)
	}
	v := c.judgeExit(r, s, p, cause)
	if v == guilty {
		p.exits, p.enters = 0, 0 // one finding for one fault, and for what follows from it
		if s.live {
			other := c.pair(s, r)
			other.exits, other.enters = 0, 0
		}
	} else {
		c.storm(r, s, p, &p.exits)
	}
	if v == excused || v == guilty && !restarted(cause) { // the other end's, told before, may have followed from it
		c.acquit(func(x *suspect) bool {
			return x.rule == RuleExit && x.r == s && x.s == r && (v == excused || restarted(x.cause))
		})
	}
	p.present, p.evasive, p.reported, p.exited = false, false, false, c.now
	c.excuse(r, s)
	c.excuse(s, r)
	if s.live && r.live {
		c.sweeps.push(sweep{c.now + c.settle, r.at, s.at})
	}
}

// verdict is what is thought of an EXIT.
type verdict uint8

const (
	guilty  verdict = iota
	follows         // from an EXIT at the other end
	excused         // by what was truly done
)

// judgeExit reports an EXIT that must not be.
func (c *Checker) judgeExit(r, s *node, p *pair, cause error) verdict {
	if !r.live {
		return excused // r itself ends
	}
	of := causes[causeIndex(cause)]
	gone := !s.live || s.stopped > 0 && (s.stopped >= p.entered || c.now-s.stopped <= c.settle)
	if s.stopped > 0 && c.now-s.started <= c.settle && of.err != zyre.ErrGoodbye {
		gone = true // what was said to it went to its last life, as far as anybody could know
	}
	if of.err == zyre.ErrGoodbye && s.stopped > 0 && c.disturbed(r, s) {
		gone = true // its last life said so, and that was long on its way
	}
	switch {
	case of.name == "none":
		c.report(RuleCause, r, s, "told EXIT without a cause")
		return guilty
	case of.err == zyre.ErrClosed:
		c.report(RuleCause, r, s, "told EXIT (%v), but nobody closed it", cause)
		return guilty
	case of.err == zyre.ErrMisbehaved:
		c.report(RuleCause, r, s, "told EXIT (%v) of an honest peer", cause)
		return guilty
	case gone:
		return excused
	case of.err == zyre.ErrGoodbye:
		c.report(RuleCause, r, s, "told EXIT (%v) of one that did not stop", cause)
		return guilty
	case c.hasty(r, s, cause):
		c.report(RuleExit, r, s, "told EXIT (%v) of a peer whose process has not run for %s s only, and whose host acknowledges", cause, seconds(c.now-s.pause.began))
		return guilty
	case c.disturbed(r, s) || of.err == zyre.ErrLost && c.firstSince(r, s, p):
		return excused
	}
	other := c.pair(s, r).exited
	if other > 0 && c.now-other <= c.settle && c.first(s, r, cause) {
		return follows
	}
	c.suspect(suspect{rule: RuleExit, r: r, s: s, cause: cause}, "told EXIT (%v) of a peer that runs and could be reached", cause)
	return guilty
}

// firstSince says that r was told no message of s since their last disturbance:
// what was lost in it shows only now.
func (c *Checker) firstSince(r, s *node, p *pair) bool {
	calm, _ := c.calm(r, s)
	return calm > 0 && p.heard < calm+c.settle
}

// first says whether the EXIT that r told of s was the first of the two, and s
// told its own for that. Where events are told late it may be the other way round: one
// that is not excused, because of a HELLO, follows from one that was not.
func (c *Checker) first(r, s *node, cause error) bool {
	for i := range c.suspects {
		if x := &c.suspects[i]; x.rule == RuleExit && x.r == r && x.s == s {
			return restarted(cause) || !restarted(x.cause)
		}
	}
	return true
}

func restarted(cause error) bool { return errors.Is(cause, zyre.ErrRestarted) }

// shortLife is a life in which two nodes may find out that one of them knows nothing of it, or greeted
// the other where it was before: it is over within Settle. Two are for free after each disturbance.
const briefLives = 2

// storm counts what follows one disturbance, and what comes when two nodes have long known
// each other: EXITs that follow from each other without end are excused one by one, but not
// together.
func (c *Checker) storm(r, s *node, p *pair, count *uint8) {
	calm, _ := c.calm(r, s)
	base := max(calm, r.started+c.settle, s.started+c.settle)
	if base != p.base {
		p.base, p.exits, p.enters, p.brief = base, 0, 0, 0
	}
	if !r.live || !s.live || calm == forever || c.now <= base+c.lag {
		return
	}
	switch { // two HELLOs that cross cost a life that has just begun
	case count == &p.exits && p.brief%2 == 0 && p.brief < 2*briefLives && c.now-p.entered < c.settle,
		count == &p.enters && p.brief%2 == 1:
		p.brief++
		return
	}
	if *count++; *count == 2 {
		c.report(RuleStorm, r, s, "told EXIT or ENTER more than once in the %s s since the two had time to meet", seconds(c.now-base))
		*count = 0
	}
}
