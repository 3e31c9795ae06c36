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
	if err := ctx.Err(); err != nil {
		return err
	}
	clean, err := cleanPath(path)
	if err != nil {
		return err
	}
	if opt.Mirror && opt.Keep {
		return fmt.Errorf("%w: path %.300q: Mirror deletes what Keep keeps: choose one", ErrInvalid, path)
	}
	if opt.Into != "" {
		if err := inbox.CheckName(opt.Into); err != nil {
			return fmt.Errorf("%w: Into %.300q: %w", ErrInvalid, opt.Into, err)
		}
	}
	if opt.Except != "" {
		except, err := cleanPath(opt.Except)
		if err != nil || except == clean || !virtual.Covers(clean, except) || opt.Mirror {
			return fmt.Errorf("%w: path %.300q: Except %.300q: it is a path below that one, and not for a Mirror", ErrInvalid, path, opt.Except)
		}
		opt.Except = except
	}
	s := client.Subscription{
		Path: clean, Resync: opt.Resync || opt.Mirror, Mirror: opt.Mirror, Keep: opt.Keep, Into: opt.Into, Except: opt.Except,
	}
	return c.subscriptions(func(w *wants) {
		c.subscribed++
		s.Number = c.subscribed
		w.without(clean)
		w.inOrder = append(w.inOrder, s)
		w.left = slices.DeleteFunc(slices.Clone(w.left), func(l string) bool { return l == clean })
	})
}

// Unsubscribe ends a subscription: nothing more of the path is taken, unless another subscription covers it. What is here stays, and what has
// come of an unfinished file is kept for the next time. It waits for no server, and events of before may still be unread. (rfcs/filemq, 6.8) A
// path that was not subscribed to is nothing to do; an error is ErrInvalid or ErrClosed.
func (c *Client) Unsubscribe(path string) error {
	clean, err := cleanPath(path)
	if err != nil {
		return err
	}
	return c.subscriptions(func(w *wants) {
		if w.without(clean) {
			w.left = append(slices.Clone(w.left[max(0, len(w.left)-mostLeft+1):]), clean)
		}
	})
}

func cleanPath(path string) (string, error) {
	clean, ok := virtual.Clean(path)
	if !ok || len(clean) > maxPath {
		return "", fmt.Errorf("%w: path %.300q: it begins with \"/\", has at most %d octets, and between \"/\" stands neither nothing nor \".\" nor \"..\"",
			ErrInvalid, path, maxPath)
	}
	return clean, nil
}

// without takes a path out of what is subscribed to, and tells whether it was there.
func (w *wants) without(path string) bool {
	rest := slices.DeleteFunc(slices.Clone(w.inOrder), func(s client.Subscription) bool { return s.Path == path })
	was := len(rest) < len(w.inOrder)
	w.inOrder = rest
	return was
}

// subscriptions changes a copy of what is subscribed to, and tells the servers.
func (c *Client) subscriptions(change func(*wants)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return ErrClosed
	}
	w := *c.wants.Load()
	change(&w)
	c.want(w)
	for _, s := range c.sessions {
		s.newPath(c.wants.Load())
	}
	return nil
}

// want replaces what is subscribed to, and counts the servers. c.mu is held.
func (c *Client) want(w wants) {
	w.longest = slices.SortedFunc(slices.Values(w.inOrder), func(a, b client.Subscription) int { return cmp.Compare(len(b.Path), len(a.Path)) })
	w.servers = len(c.sessions)
	c.wants.Store(&w)
}

// mirrors tells whether the whole inbox is a copy of what that subscription is for, and nothing else.
func (w *wants) mirrors(s client.Subscription) bool { return s.Mirror && w.alone() }

// alone tells whether everything in the inbox can only belong to the one subscription that there is.
func (w *wants) alone() bool { return len(w.inOrder) == 1 && w.servers == 1 }
