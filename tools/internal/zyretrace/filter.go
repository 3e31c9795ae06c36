package zyretrace

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Filter says what of the story is wanted. Its zero value wants all.
type Filter struct {
	Peers        []string // names, or the beginning of UUIDs: with several, what is among them only
	Groups       []string // only what is about one of them
	Since, Until string   // a time, a time of day, or how long after the beginning
}

// apply takes out of the story what is not wanted.
func (s *story) apply(f Filter) error {
	peers, err := s.find(f.Peers)
	if err != nil {
		return err
	}
	begin := s.begin()
	since, err := timeOf("since", f.Since, begin)
	if err != nil {
		return err
	}
	until, err := timeOf("until", f.Until, begin)
	if err != nil {
		return err
	}
	wanted := func(st *step) bool {
		switch {
		case !since.IsZero() && st.at.Before(since), !until.IsZero() && st.at.After(until):
			return false
		case len(f.Groups) > 0 && !slices.Contains(f.Groups, st.group):
			return false
		case len(peers) == 1:
			return peers[st.node] || st.peer >= 0 && peers[st.peer]
		case len(peers) > 1:
			return peers[st.node] && (st.peer < 0 || peers[st.peer])
		}
		return true
	}
	s.steps = slices.DeleteFunc(s.steps, func(st *step) bool { // both ends of a command, or none
		return !wanted(st) && (st.other == nil || !wanted(st.other))
	})
	if len(s.steps) == 0 {
		return fmt.Errorf("nothing in these traces is wanted: they are from %s to %s", clock(begin), clock(s.end()))
	}
	return nil
}

// find finds nodes by name or UUID.
func (s *story) find(names []string) (map[int]bool, error) {
	found := map[int]bool{}
	for _, name := range names {
		digits := strings.ToUpper(strings.ReplaceAll(name, "-", ""))
		before := len(found)
		for i, n := range s.nodes {
			if n.name == name || show.Text(n.name) == name || len(digits) >= 4 && strings.HasPrefix(n.id.String(), digits) {
				found[i] = true
			}
		}
		if len(found) == before {
			var all []string
			for i := range s.nodes {
				all = append(all, s.label(i))
			}
			return nil, fmt.Errorf("nobody in these traces is %s: %s are", show.Text(name), strings.Join(all, ", "))
		}
	}
	return found, nil
}

// end is the time of the last step.
func (s *story) end() (last time.Time) {
	for _, n := range s.nodes {
		for _, st := range n.steps {
			if st.at.After(last) {
				last = st.at
			}
		}
	}
	return last
}

// timeOf reads a time as people give it.
func timeOf(flag, text string, begin time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return begin.Add(d), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			day := begin.UTC().Truncate(24 * time.Hour)
			at := day.Add(t.Sub(t.Truncate(24 * time.Hour)))
			if at.Before(begin.Add(-time.Minute)) { // the trace goes past midnight
				at = at.Add(24 * time.Hour)
			}
			return at, nil
		}
	}
	return time.Time{}, cli.Usagef("--%s %s: a time such as 22:04:05.5 or 2006-01-02T22:04:05Z (UTC) is possible, or how long after the beginning, such as 90s", flag, show.Text(text))
}

// clock shows a time of a trace.
func clock(at time.Time) string { return at.UTC().Format("15:04:05.000000") }
