package server

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/fmq"
	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

// subscription is a path that a client wants.
type subscription struct {
	path   string
	resume bool   // the client lists what it has, and sends receipts
	mirror bool   // what it lists and is not there is to be deleted
	listed listed // what it has, as far as the resync has not dealt with it
	octets int    // that listed takes

	// What is left of the resync. It is worked off as the client has credit: to ask for one costs next to nothing.
	missing []string            // what is listed and not there. It comes first, for a file may be in the way of a folder
	todo    [][]string          // what was there at the beginning, of each directory; others share the paths
	done    map[string]struct{} // of todo: what was sent meanwhile, because it changed
	sync    bool                // say when all that is through (6.3)
	offered bool                // there was something to begin with
}

// resyncs tells whether something of the resync is left that can be sent.
func (a *client) resyncs(s *subscription) bool {
	return len(s.missing) > 0 || len(s.todo) > 0 || s.sync && s.offered && len(a.again) == 0
}

// concerns tells whether something of the directory may be below the path.
func (s *subscription) concerns(m *mount) bool {
	return virtual.Covers(m.As, s.path) || !m.Hidden && virtual.Covers(s.path, m.As)
}

// did notes that a path need not be sent for the resync.
func (s *subscription) did(path string) {
	if len(s.todo) == 0 {
		return
	}
	if s.done == nil || len(s.done) >= maxDone { // then some come twice
		s.done = map[string]struct{}{}
	}
	s.done[path] = struct{}{}
}

// Subscribe notes a subscription (5.4).
func (a *client) Subscribe(c *Client) {
	a.silence = 0
	path, ok := virtual.Clean(string(c.Request.Path))
	i := slices.IndexFunc(a.subscriptions, func(s *subscription) bool { return s.path == path })
	if !ok {
		c.Throw(EventInvalid)
		return
	}
	if name := option(c.Request, "NAME"); name != nil && len(name) <= maxName {
		a.name = string(name)
	}
	if on(c.Request, "UNSUBSCRIBE") {
		a.unsubscribe(i)
		return
	}
	if a.forbidden(path) || i < 0 && (len(a.subscriptions) >= maxSubscriptions || a.paths+len(path) > maxPaths) {
		c.Throw(EventNoAccess)
		return
	}
	s := &subscription{path: path}
	if on(c.Request, "RESYNC") {
		if octets := octetsListed(c.Request, len(path)); octets > a.core.room/4 || a.core.listed+octets > a.core.room {
			a.core.makeRoom(octets)
			c.Throw(EventBusy)
			return
		}
		s.resume = option(c.Request, "RESUME") != nil
		s.mirror = on(c.Request, "MIRROR")
		s.sync = on(c.Request, "SYNC")
		s.listed = readListed(c.Request, path)
		for path := range s.listed {
			s.octets += len(path) + listedEntry
		}
		a.core.listed += s.octets
	}
	if i >= 0 {
		a.unlist(a.subscriptions[i])
		a.subscriptions[i] = s
	} else {
		a.subscriptions = append(a.subscriptions, s)
		a.paths += len(path)
	}
	a.core.cfg.Log.Info("a client subscribes", "peer", fmt.Sprintf("%X", c.Peer()), "login", a.login(), "path", path, "resync", s.listed != nil)
	if s.listed != nil {
		a.catchUp(s, a.core.mounts...)
	}
}

// makeRoom sends the client away, in a moment, whose lists take the most, if that is more than is asked for.
func (c *Core) makeRoom(asked int) {
	var most *client
	for _, cl := range c.clients {
		n := 0
		for _, s := range cl.subscriptions {
			n += s.octets
		}
		if n > asked {
			most, asked = cl, n
		}
	}
	if most != nil {
		c.cfg.Later(func(now time.Time) []machine.Effect { return c.engine.Resume(now, most.machine, EventBusy) })
	}
}

// octetsListed is about what the lists of an ICANHAZ take at most when they are read: each name becomes a whole path.
func octetsListed(m *fmq.Message, path int) int {
	resume := option(m, "RESUME")
	octets := len(resume) + bytes.Count(resume, []byte{0})*(path+listedEntry)
	for _, p := range m.Cache {
		octets += len(p.Key) + path + listedEntry
	}
	return octets
}

// catchUp begins or extends a resync by what directories have, as far as they concern it and the client sees them.
func (a *client) catchUp(s *subscription, mounts ...*mount) {
	offered := false
	for _, m := range mounts {
		if !a.sees(m) || !s.concerns(m) {
			continue
		}
		offered, s.offered = true, true
		if below := m.below(s.path); len(below) > 0 {
			s.todo = append(s.todo, below)
		}
	}
	if !offered {
		return // a server that has nothing does not say that everything is gone (6.2)
	}
	for path, w := range a.queue.waiting { // comes first, and once
		if a.covers(s, path) {
			s.did(path)
			if known := s.listed[path]; known.OK {
				w.known = known
				a.queue.waiting[path] = w
			}
		}
	}
	if s.mirror {
		file, _ := a.find(s.path)
		for path := range s.listed {
			// The path is a file or has files below it: names that can only be the other are none (6.2).
			if path != s.path && file != nil || path == s.path && len(s.todo) > 0 {
				continue
			}
			if file, _ := a.find(path); file == nil {
				s.missing = append(s.missing, path)
				delete(s.listed, path)
			}
		}
		slices.Sort(s.missing)
	}
	if len(s.missing)+len(s.todo) == 0 {
		a.unlist(s)
	}
}

// unlist gives back what a list took.
func (a *client) unlist(s *subscription) {
	a.core.listed -= s.octets
	s.octets, s.listed, s.done = 0, nil, nil
}

// resync gives the next item of a resync.
func (a *client) resync(s *subscription) (item Item) {
	switch {
	case len(s.missing) > 0:
		path := s.missing[0]
		s.missing = s.missing[1:]
		item = a.item(path, wait{gone: true})
	case len(s.todo) > 0:
		path := s.todo[0][0]
		if s.todo[0] = s.todo[0][1:]; len(s.todo[0]) == 0 {
			s.todo = s.todo[1:]
		}
		if _, done := s.done[path]; !done && a.covers(s, path) {
			item = a.item(path, wait{known: s.listed[path]})
			for _, other := range a.subscriptions { // each file once, where paths overlap
				if other != s && a.covers(other, path) {
					other.did(path)
				}
			}
		}
	default:
		s.sync = false
		return Item{Path: s.path, Synced: true}
	}
	if len(s.missing)+len(s.todo) == 0 {
		a.unlist(s)
	}
	return item
}

// mounted tells that a directory is offered from now on.
func (a *client) mounted(m *mount) {
	for _, s := range a.subscriptions {
		a.catchUp(s, m)
	}
}

// unmounted tells that a directory is not offered any more: what was to be sent of it is not there, and not deleted either.
func (a *client) unmounted(source Source) {
	for _, t := range []*Turn{a.turn, a.left} {
		if t != nil {
			t.withdraw(func(i *Item) bool { return i.Source == source })
		}
	}
	for path, w := range a.queue.waiting {
		if file, _ := a.find(path); file == nil {
			w.gone = false
			a.queue.waiting[path] = w
		}
	}
}

// changed tells that there is another file at the path, or none. old is the one before.
func (a *client) changed(path string, old *dir.File) {
	w, covered, resyncs := wait{gone: true}, false, false
	for _, s := range a.subscriptions {
		if !a.covers(s, path) {
			continue
		}
		covered = true
		if len(s.todo) > 0 {
			resyncs = true
			if known := s.listed[path]; known.OK {
				w.known = known
			}
			s.did(path)
		}
	}
	if !covered {
		return
	}
	if file, _ := a.find(path); file == nil && a.queue.has(path) && a.queue.waiting[path].fresh {
		a.queue.remove(path) // it came and went, and the client was never told
		return
	}
	_, busy := a.unreceipted[path]
	w.fresh = old == nil && !busy && !resyncs && !a.queue.has(path)
	if !resyncs && !a.queue.has(path) && old != nil && !busy && a.resumes(path) {
		// The client holds what was there before: if that has only grown, the rest will do (6.1).
		if digest, ok := a.core.cfg.Digest(old); ok {
			w.known = Known{Size: old.Size, Digest: digest, OK: true}
		}
	}
	a.queue.add(path, w)
}

// resumes tells whether the client accepts parts of a file (6.1).
func (a *client) resumes(path string) bool {
	return !a.forgetful && slices.ContainsFunc(a.subscriptions, func(s *subscription) bool { return s.resume && a.covers(s, path) })
}

// sees tells whether a directory is offered to the client.
func (a *client) sees(m *mount) bool {
	return len(m.Groups) == 0 || a.who != nil && slices.Contains(m.Groups, a.core.cfg.Group(a.who.Login))
}

// forbidden tells whether the path belongs to a directory that is for others.
func (a *client) forbidden(path string) bool {
	forbidden := false
	for _, m := range a.core.mounts {
		if virtual.Covers(m.As, path) && m.As != "/" || m.As == path {
			if a.sees(m) {
				return false
			}
			forbidden = true
		}
	}
	return forbidden
}
