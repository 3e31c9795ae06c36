package fmq

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/zeromq/gozyre/libfmq/internal/client"
	"github.com/zeromq/gozyre/libfmq/internal/inbox"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

// mostLeft is how many paths whose subscription has ended are remembered: what still comes of them is no fault of the server.
const mostLeft = 1000

// wants is what was subscribed to. It is replaced as a whole.
type wants struct {
	inOrder []client.Subscription
	longest []client.Subscription // the longest path first
	left    []string              // paths that were unsubscribed from, and are not covered
	servers int
}

// covered tells whether a subscription covers a path.
func (w *wants) covered(path string) bool {
	return slices.ContainsFunc(w.longest, func(s client.Subscription) bool { return virtual.Covers(s.Path, path) && !excepts(s, path) })
}

// has tells whether that subscription has not ended.
func (w *wants) has(s client.Subscription) bool {
	return slices.ContainsFunc(w.inOrder, func(o client.Subscription) bool { return o.Path == s.Path })
}

// excepts tells whether nothing of a path is taken through a subscription that covers it.
func excepts(s client.Subscription, path string) bool {
	return s.Except != "" && virtual.CoversFold(s.Except, path)
}

// wasLeft tells whether a path was covered by a subscription that has ended.
func (w *wants) wasLeft(path string) bool {
	return slices.ContainsFunc(w.left, func(l string) bool { return virtual.Covers(l, path) })
}

// Subscribe asks every server, now or when it is there, for the files at and below path, which begins with "/"; "/" is everything. It is
// held in memory and said again whenever a server comes back. It does not wait for a server. A second call for the same path replaces the
// first. Where paths overlap, a file's name in the inbox is what remains behind the longest. An error is ErrInvalid or ErrClosed, or ctx's.
func (c *Client) Subscribe(ctx context.Context, path string, opt Subscription) error {
	return c.SubscribeAll(ctx, map[string]Subscription{path: opt})
}

// SubscribeAll is Subscribe for many paths in one go, which costs no more than one path does beside as many; servers are told in the order of the
// paths. If one of them is invalid, none is subscribed to.
func (c *Client) SubscribeAll(ctx context.Context, paths map[string]Subscription) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	more := make([]client.Subscription, 0, len(paths))
	for path, opt := range paths {
		s, err := opt.of(path)
		if err != nil {
			return err
		}
		more = append(more, s)
	}
	slices.SortFunc(more, func(a, b client.Subscription) int { return cmp.Compare(a.Path, b.Path) })
	for i := range more {
		if i > 0 && more[i].Path == more[i-1].Path {
			return fmt.Errorf("%w: path %.300q is there twice, written in two ways: give it once", ErrInvalid, more[i].Path)
		}
	}
	return c.subscriptions(more, nil)
}

// of makes what is kept of a subscription.
func (opt Subscription) of(path string) (s client.Subscription, err error) {
	clean, err := cleanPath(path)
	if err != nil {
		return s, err
	}
	if opt.Mirror && opt.Keep {
		return s, fmt.Errorf("%w: path %.300q: Mirror deletes what Keep keeps: choose one", ErrInvalid, path)
	}
	if opt.Into != "" {
		if err := inbox.CheckName(opt.Into); err != nil {
			return s, fmt.Errorf("%w: Into %.300q: %w", ErrInvalid, opt.Into, err)
		}
	}
	if opt.Except != "" {
		except, err := cleanPath(opt.Except)
		if err != nil || except == clean || !virtual.Covers(clean, except) || opt.Mirror {
			return s, fmt.Errorf("%w: path %.300q: Except %.300q: it is a path below that one, and not for a Mirror", ErrInvalid, path, opt.Except)
		}
		opt.Except = except
	}
	return client.Subscription{
		Path: clean, Resync: opt.Resync || opt.Mirror, Mirror: opt.Mirror, Keep: opt.Keep, Into: opt.Into, Except: opt.Except,
	}, nil
}

// Unsubscribe ends subscriptions: nothing more of the paths is taken, unless another subscription covers it. What is here stays, and what has
// come of an unfinished file is kept for the next time. It waits for no server, and events of before may still be unread. (rfcs/filemq, 6.8) A
// path that was not subscribed to is nothing to do; an error is ErrInvalid or ErrClosed, and nothing is done then.
func (c *Client) Unsubscribe(paths ...string) error {
	ended := make([]string, len(paths))
	for i, path := range paths {
		clean, err := cleanPath(path)
		if err != nil {
			return err
		}
		ended[i] = clean
	}
	return c.subscriptions(nil, ended)
}

func cleanPath(path string) (string, error) {
	clean, ok := virtual.Clean(path)
	if !ok || len(clean) > maxPath {
		return "", fmt.Errorf("%w: path %.300q: it begins with \"/\", has at most %d octets, and between \"/\" stands neither nothing nor \".\" nor \"..\"",
			ErrInvalid, path, maxPath)
	}
	return clean, nil
}

// subscriptions changes a copy of what is subscribed to, and tells the servers. No path is in more twice.
func (c *Client) subscriptions(more []client.Subscription, ended []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	for i := range more {
		c.subscribed++
		more[i].Number = c.subscribed
	}
	w := c.wants.Load().changed(more, ended)
	c.want(w)
	for _, s := range c.sessions {
		s.newPath(c.wants.Load())
	}
	return nil
}

// changed gives what is subscribed to behind a change. It copies everything once, however much changes.
func (w *wants) changed(more []client.Subscription, ended []string) wants {
	gone := make(map[string]bool, len(more)+len(ended)) // true: it is no longer wanted
	for _, path := range ended {
		gone[path] = true
	}
	for _, s := range more {
		gone[s.Path] = false
	}
	was := map[string]bool{} // of ended
	without := func(all []client.Subscription) []client.Subscription {
		rest := make([]client.Subscription, 0, len(all)+len(more))
		for _, s := range all {
			if ends, other := gone[s.Path]; !other {
				rest = append(rest, s)
			} else if ends {
				was[s.Path] = true
			}
		}
		return rest
	}
	n := wants{inOrder: append(without(w.inOrder), more...), longest: append(without(w.longest), more...)}
	slices.SortStableFunc(n.longest, func(a, b client.Subscription) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	for _, l := range w.left {
		if ends, named := gone[l]; !named || ends {
			n.left = append(n.left, l)
		}
	}
	for _, path := range ended {
		if was[path] {
			n.left = append(n.left, path)
			delete(was, path) // it may be named twice
		}
	}
	n.left = n.left[max(0, len(n.left)-mostLeft):]
	return n
}

// want replaces what is subscribed to, and counts the servers. c.mu is held.
func (c *Client) want(w wants) {
	w.servers = len(c.sessions)
	c.wants.Store(&w)
}

// mirrors tells whether the whole inbox is a copy of what that subscription is for, and nothing else.
func (w *wants) mirrors(s client.Subscription) bool { return s.Mirror && w.alone() }

// alone tells whether everything in the inbox can only belong to the one subscription that there is.
func (w *wants) alone() bool { return len(w.inOrder) == 1 && w.servers == 1 }
