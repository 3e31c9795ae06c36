package sim

import (
	"cmp"
	"slices"
	"time"
)

// Plan makes a scenario of a seed: the nodes start, come and go, and with Faults
// all else happens to them.
func Plan(cfg Config) []Action {
	cfg = cfg.withDefaults()
	var plan []Action
	for i := range cfg.Nodes {
		at := span(draw(cfg.Seed, ofPlan, uint64(i), 1), 0, cfg.Within)
		plan = append(plan, Action{At: at, Do: Start, Node: i})
	}
	end := time.Duration(cfg.calm())
	if cfg.Churn > 0 {
		plan = append(plan, comings(cfg, end)...)
	}
	if cfg.Faults {
		plan = append(plan, mishaps(cfg, end)...)
	}
	slices.SortStableFunc(plan, func(a, b Action) int { return cmp.Compare(a.At, b.At) })
	return plan
}

// comings lets nodes go and come.
func comings(cfg Config, end time.Duration) (plan []Action) {
	r := streamOf(cfg.Seed, ofPlan, 1<<32)
	off := make([]bool, cfg.Nodes)
	down := 0
	for at := cfg.Within + 5*time.Second; at < end; at += r.span(cfg.Churn*2/3, cfg.Churn*4/3) {
		n := r.below(cfg.Nodes)
		if !cfg.Faults && down > 0 && r.chance(0.5) { // as many come as go
			for !off[n] {
				n = (n + 1) % cfg.Nodes
			}
		}
		keep, how := r.chance(0.3), r.next()
		switch {
		case off[n]:
			plan = append(plan, Action{At: at, Do: Start, Node: n, Keep: keep})
			off[n] = false
			down--
		case down > cfg.Nodes/2:
		case how%3 == 0:
			plan = append(plan, Action{At: at, Do: Kill, Node: n})
			off[n] = true
			down++
		default:
			plan = append(plan, Action{At: at, Do: Stop, Node: n})
			off[n] = true
			down++
		}
		if off[n] && how%5 == 0 { // at once again, at the same port
			plan = append(plan, Action{At: at + r.span(0, 500*time.Millisecond), Do: Start, Node: n, Keep: keep})
			off[n] = false
			down--
		}
	}
	return plan
}

// mishaps is everything that can go wrong, about every six seconds.
func mishaps(cfg Config, end time.Duration) (plan []Action) {
	r := streamOf(cfg.Seed, ofPlan, 2<<32)
	short := func() time.Duration { return r.span(200*time.Millisecond, 2*time.Second) }
	long := func() time.Duration {
		if r.chance(0.5) {
			return r.span(time.Second, 8*time.Second)
		}
		return r.span(5*time.Second, 45*time.Second)
	}
	add := func(a Action) { plan = append(plan, a) }
	for at := cfg.Within + 4*time.Second; at < end-50*time.Second; at += r.span(2*time.Second, 10*time.Second) {
		a := Action{At: at, Node: r.below(cfg.Nodes), With: r.below(cfg.Nodes), Segment: r.below(len(cfg.Segments))}
		switch r.below(17) {
		case 0:
			a.Do, a.For = Freeze, short()
		case 1:
			a.Do, a.For = Freeze, long()
		case 2:
			a.Do, a.For = Busy, r.span(2*time.Second, 20*time.Second)
		case 3:
			a.Do, a.For, a.Counts = Sleep, long(), r.chance(0.5)
		case 4:
			a.Do, a.For = Jump, long()*time.Duration(1+r.below(100))
		case 5:
			a.Do, a.For = Deaf, r.span(500*time.Millisecond, 12*time.Second)
		case 6, 7:
			a.Do = Move
		case 8, 9:
			a.Do, a.For = Unplug, long()
		case 10, 11:
			a.Do, a.For, a.OneWay = Partition, long(), r.chance(0.3)
			a.Side = append(a.Side, a.Node)
			for n := range cfg.Nodes {
				if n != a.Node && r.chance(0.4) && a.With%2 == 0 {
					a.Side = append(a.Side, n)
				}
			}
			a.Node, a.With = 0, 0
		case 12:
			a.Do, a.For = Stall, short()
		case 13:
			a.Do, a.For = Stall, long()
		case 14:
			a.Do = Reset
		case 15:
			a.Do = HalfOpen
		case 16:
			a.Do = PowerOff
			back := at + long()
			add(Action{At: back, Do: PowerOn, Node: a.Node})
			for n := a.Node / cfg.PerHost * cfg.PerHost; n < min(cfg.Nodes, (a.Node/cfg.PerHost+1)*cfg.PerHost); n++ {
				add(Action{At: back + r.span(0, 2*time.Second), Do: Start, Node: n, Keep: r.chance(0.3)})
			}
		}
		add(a)
	}
	return plan
}
