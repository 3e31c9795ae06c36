package client

import "slices"

// plan is what the server is to be told of a change of subscriptions. It is made once for each change, not at each of its steps: with a thousand paths
// the steps would cost a thousand times a thousand.
type plan struct {
	made bool           // for the host's subscriptions as they are now
	ends []string       // paths that are not wanted any more, in order
	asks []Subscription // that the server does not know
}

// newPlan compares what is wanted with the numbers of what the server was told, by path.
func newPlan(wanted []Subscription, asked map[string]uint64) plan {
	p := plan{made: true}
	paths := make(map[string]bool, len(wanted))
	for _, s := range wanted {
		paths[s.Path] = true
		if asked[s.Path] != s.Number {
			p.asks = append(p.asks, s)
		}
	}
	for path := range asked {
		if !paths[path] {
			p.ends = append(p.ends, path)
		}
	}
	slices.Sort(p.ends)
	return p
}
