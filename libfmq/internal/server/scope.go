package server

import (
	"slices"

	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

// scope is what some subscriptions cover. It does not change.
type scope struct {
	paths  []string // that are subscribed to
	hidden []string // that are hidden
}

// covers tells whether one of the subscriptions covers a path.
func (s scope) covers(path string) bool {
	return slices.ContainsFunc(s.paths, func(from string) bool { return covers(s.hidden, from, path) })
}

// covers tells whether a subscription for one path covers another (5.4). What is hidden is covered from its own path on only (6.6).
func covers(hidden []string, from, path string) bool {
	return virtual.Covers(from, path) &&
		!slices.ContainsFunc(hidden, func(h string) bool { return virtual.Covers(h, path) && !virtual.Covers(h, from) })
}

// hide notes which paths are hidden. The list is made anew, for scopes hold the old one.
func (c *Core) hide() {
	c.hidden = nil
	for _, m := range c.mounts {
		if m.Hidden && !slices.Contains(c.hidden, m.As) {
			c.hidden = append(c.hidden, m.As)
		}
	}
}

// covers tells whether a subscription covers a path.
func (a *client) covers(s *subscription, path string) bool {
	return covers(a.core.hidden, s.path, path)
}

// scope is what the client's subscriptions cover.
func (a *client) scope() scope {
	all := scope{hidden: a.core.hidden}
	for _, s := range a.subscriptions {
		all.paths = append(all.paths, s.path)
	}
	return all
}
