package firewall

// Bounds of a walk. Chains cannot form a ring in the kernel, and nest 16 deep;
// what we read may be anything.
const (
	maxDepth = 32
	maxRules = 200_000
)

// Rules is the packet filter of a host. The zero value has no rules.
type Rules struct {
	chains map[chainKey]*chain
	order  []*chain // as they were read
}

type chainKey struct{ family, table, name string }

// chain is a list of rules; one with a hook is where packets enter.
type chain struct {
	chainKey
	hook, device string // none: it is only jumped to
	policy       Place
	refuses      bool // the policy
	rules        []rule
}

// action is what a rule does with a packet that it matches.
type action uint8

const (
	nothing action = iota // counts, logs
	accept
	drop
	jump
	goTo
	back
)

// rule is one of a chain: how far it matches, what it then does, and for jump
// and goTo where to.
type rule struct {
	eval  func(p *Packet) (tri, action, string)
	place Place
}

// Merge adds what another tool read. Of chains that both have, ours stay.
func (r *Rules) Merge(other Rules) {
	for _, c := range other.order {
		if r.chains[c.chainKey] == nil {
			r.add(c)
		}
	}
}

func (r *Rules) add(c *chain) {
	if r.chains == nil {
		r.chains = map[chainKey]*chain{}
	}
	r.chains[c.chainKey] = c
	r.order = append(r.order, c)
}

// Empty tells whether there is no rule and no policy that could stop anything.
func (r Rules) Empty() bool {
	for _, c := range r.order {
		if len(c.rules) > 0 || c.refuses {
			return false
		}
	}
	return true
}

// HasTable tells whether there is a table of that name, in any family.
func (r Rules) HasTable(name string) bool {
	for _, c := range r.order {
		if c.table == name {
			return true
		}
	}
	return false
}

// Judge follows a packet through every chain that it enters; each of them has to
// let it pass.
func (r Rules) Judge(p Packet) Verdict {
	worst := Verdict{}
	left := maxRules
	for _, c := range r.order {
		if !c.entered(&p) {
			continue
		}
		w := walk{rules: r, packet: &p, left: &left}
		if w.run(c, false, 0) == nothing && c.refuses {
			w.stopped(c.policy, false)
		}
		if w.verdict.Outcome > worst.Outcome {
			worst = w.verdict
		}
	}
	return worst
}

func (c *chain) entered(p *Packet) bool {
	switch c.hook {
	case "prerouting", "input":
		return p.In
	case "output", "postrouting":
		return !p.In
	case "ingress":
		return p.In && (c.device == "" || c.device == p.Interface)
	case "egress":
		return !p.In && (c.device == "" || c.device == p.Interface)
	}
	return false
}

// walk is a packet's way from one hook on.
type walk struct {
	rules   Rules
	packet  *Packet
	left    *int
	saved   bool // something may have accepted it already
	verdict Verdict
}

// run follows the packet through a chain, for certain or not; it returns accept or
// drop when that is decided, else nothing.
func (w *walk) run(c *chain, uncertain bool, depth int) action {
	if depth > maxDepth {
		w.saved = true
		return nothing
	}
	for i := range c.rules {
		if *w.left--; *w.left < 0 {
			w.saved = true // who knows
			return nothing
		}
		match, do, target := c.rules[i].eval(w.packet)
		if match == no {
			continue
		}
		sure := match == yes && !uncertain
		switch do {
		case accept:
			if sure {
				return accept
			}
			w.saved = true
		case drop:
			if w.stopped(c.rules[i].place, !sure); sure {
				return drop
			}
		case jump, goTo:
			next := w.rules.chains[chainKey{c.family, c.table, target}]
			if next == nil {
				continue
			}
			if done := w.run(next, !sure, depth+1); done != nothing {
				return done
			}
			if do == goTo && sure {
				return nothing
			}
		case back:
			if match == yes {
				return nothing
			}
			// What follows happens or not.
			uncertain = true
		}
	}
	return nothing
}

// stopped notes what stops the packet; the first is told, and one that certainly does
// goes before one that may.
func (w *walk) stopped(by Place, uncertain bool) {
	outcome := Drop
	if uncertain || w.saved {
		outcome = Perhaps
	}
	if outcome > w.verdict.Outcome {
		w.verdict = Verdict{outcome, by}
	}
}

// HasChain tells whether there is a chain of that name, in any table.
func (r Rules) HasChain(name string) bool {
	for _, c := range r.order {
		if c.name == name {
			return true
		}
	}
	return false
}
