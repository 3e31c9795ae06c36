package history

import "slices"

// suspect is what will be a finding unless an event that excuses it is told soon.
type suspect struct {
	rule  string
	due   int64
	r, s  *node
	entry entry // RuleLost: which message
	group int32 // RuleStray: which group
	cause error // RuleExit
	what  Finding
}

// missed is a message in whose place a later one was told.
type missed struct {
	r, s   int32
	number int64
}

// suspect makes a finding, at once where events are told at once.
func (c *Checker) suspect(x suspect, format string, args ...any) {
	if c.lag == 0 || len(c.suspects) >= maxFindings {
		c.report(x.rule, x.r, x.s, format, args...)
		return
	}
	x.due = c.now + c.lag
	x.what = c.finding(x.rule, x.r, x.s, format, args...)
	c.suspects = append(c.suspects, x)
}

// acquit drops suspects.
func (c *Checker) acquit(which func(*suspect) bool) {
	if len(c.suspects) == 0 {
		return
	}
	c.suspects = slices.DeleteFunc(c.suspects, func(x suspect) bool { return which(&x) })
}

// condemn makes findings of those for which nothing was said in time.
func (c *Checker) condemn() {
	for len(c.suspects) > 0 && c.suspects[0].due < c.now {
		c.add(c.suspects[0].what)
		c.suspects = c.suspects[1:]
	}
}
