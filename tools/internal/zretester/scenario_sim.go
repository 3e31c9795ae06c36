package zretester

import (
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// sim are the fields of the section that describes a simulation.
func (r *reader) sim(s *zyretest.Simulation) map[string]field {
	return map[string]field{
		"faults":     boolean(&s.Faults),
		"churn":      duration(&s.Churn),
		"per-host":   number(&s.PerHost, 0, maxNodes),
		"high-water": number(&s.HighWater, 0, 1_000_000),
		"quiet":      boolean(&s.Quiet),
		"network": each("[[sim.network]]", func(path string, table map[string]any) {
			var n zyretest.Network
			r.table(path, table, map[string]field{
				"latency":      duration(&n.Latency),
				"jitter":       duration(&n.Jitter),
				"loss":         percent(&n.Loss),
				"doubled":      percent(&n.Doubled),
				"late":         percent(&n.Late),
				"bandwidth":    number(&n.Bandwidth, 0, 1_000_000_000),
				"access-point": boolean(&n.AccessPoint),
			})
			s.Networks = append(s.Networks, n)
		}),
		"action": each("[[sim.action]]", func(path string, table map[string]any) {
			var a zyretest.Action
			r.table(path, table, map[string]field{
				"at":      duration(&a.At),
				"do":      oneOf(&a.Do, zyretest.Actions()),
				"node":    number(&a.Node, 0, maxNodes-1),
				"with":    number(&a.With, 0, maxNodes-1),
				"side":    numbers(&a.Side, 0, maxNodes-1),
				"segment": number(&a.Segment, 0, 1000),
				"for":     duration(&a.For),
				"keep":    boolean(&a.Keep),
				"counts":  boolean(&a.Counts),
				"one-way": boolean(&a.OneWay),
			})
			if table["do"] == nil {
				r.mistake(path, "this action has no \"do\"")
			}
			s.Actions = append(s.Actions, a)
		}),
	}
}
