package server

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

// subscription is a path that a client wants.
type subscription struct {
	path   string
	resync bool
	resume bool // the client lists what it has, and sends receipts
	mirror bool
	// listed is what the client has below the path, where nothing is offered yet: a server that has nothing does not say that everything
	// is gone (6.2).
	listed listed
}

// Subscribe notes a subscription (5.4).
func (a *client) Subscribe(c *Client) {
	a.silence = 0
	path, ok := virtual.Clean(string(c.Request.Path))
	i := slices.IndexFunc(a.subscriptions, func(s *subscription) bool { return s.path == path })
	if !ok || i < 0 && (len(a.subscriptions) >= maxSubscriptions || a.paths+len(path) > maxPaths) {
		c.Throw(EventInvalid)
		return
	}
	if a.forbidden(path) {
		c.Throw(EventNoAccess)
		return
	}
	s := &subscription{path: path, resync: on(c.Request, "RESYNC")}
	if s.resync {
		s.resume = option(c.Request, "RESUME") != nil
		s.mirror = on(c.Request, "MIRROR")
		resume := option(c.Request, "RESUME")
		octets := len(resume) + bytes.Count(resume, []byte{0})*(len(path)+listedEntry)
		for _, p := range c.Request.Cache {
			octets += len(p.Key) + len(path) + listedEntry
		}
		if a.core.listed+octets > maxListed {
			c.Throw(EventNoAccess)
			return
		}
		a.core.listed += octets
		a.listed += octets
		s.listed = readListed(c.Request, path)
	}
	if i >= 0 {
		a.subscriptions[i] = s
	} else {
		a.subscriptions = append(a.subscriptions, s)
		a.paths += len(path)
	}
	a.core.cfg.Log.Info("a client subscribes", "peer", fmt.Sprintf("%X", c.Peer()), "login", a.login(), "path", path, "resync", s.resync)
	if s.resync {
		a.resync(s, on(c.Request, "SYNC"))
	}
}

// resync queues what the client does not have.
func (a *client) resync(s *subscription, sync bool) {
	var offered []*mount
	for _, m := range a.core.mounts {
		if a.sees(m) && s.concerns(m) {
			offered = append(offered, m)
		}
	}
	a.catchUp(s, offered...)
	if sync {
		a.queue.mark(s.path)
	}
	a.unlist()
}

// concerns tells whether something of the directory may be below the path.
func (s *subscription) concerns(m *mount) bool {
	return virtual.Covers(m.as, s.path) || virtual.Covers(s.path, m.as)
}

// catchUp queues the files of directories, with what the client has of them. What it lists beyond that is deleted if it is a mirror; before
// anything comes, for a file may be in the way of a folder.
func (a *client) catchUp(s *subscription, offered ...*mount) {
	if len(offered) == 0 {
		return
	}
	if s.mirror {
		for path := range s.listed {
			if file, _ := a.find(path); file == nil {
				a.queue.add(path, wait{gone: true})
			}
		}
	}
	for _, m := range offered {
		for _, path := range m.below(s.path) {
			a.queue.add(path, wait{known: s.listed[path]})
		}
	}
	s.listed = nil
}

// mounted tells that a directory is offered from now on.
func (a *client) mounted(m *mount) {
	for _, s := range a.subscriptions {
		if s.concerns(m) {
			a.catchUp(s, m)
		}
	}
}

// unmounted tells that a directory is not offered any more: what was to be sent of it is not there, and not deleted either.
func (a *client) unmounted() {
	for path, w := range a.queue.waiting {
		if file, _ := a.find(path); file == nil {
			w.gone = false
			a.queue.waiting[path] = w
		}
	}
}

// changed tells that there is another file at the path, or none. old is the one before.
func (a *client) changed(path string, old *dir.File) {
	if !slices.ContainsFunc(a.subscriptions, func(s *subscription) bool { return virtual.Covers(s.path, path) }) {
		return
	}
	w := wait{gone: true}
	_, busy := a.unreceipted[path]
	if !a.queue.has(path) && old != nil && !busy && a.resumes(path) {
		// The client holds what was there before: if that has only grown, the rest will do (6.1).
		if digest, ok := a.core.cfg.Digest(old); ok {
			w.known = Known{Size: old.Size, Digest: digest, OK: true}
		}
	}
	a.queue.add(path, w)
}

// resumes tells whether the client accepts parts of a file (6.1).
func (a *client) resumes(path string) bool {
	return slices.ContainsFunc(a.subscriptions, func(s *subscription) bool { return s.resume && virtual.Covers(s.path, path) })
}

// sees tells whether a directory is offered to the client.
func (a *client) sees(m *mount) bool {
	return len(m.groups) == 0 || a.who != nil && slices.Contains(m.groups, a.core.cfg.Group(a.who.Login))
}

// forbidden tells whether the path belongs to a directory that is for others.
func (a *client) forbidden(path string) bool {
	forbidden := false
	for _, m := range a.core.mounts {
		if virtual.Covers(m.as, path) && m.as != "/" || m.as == path {
			if a.sees(m) {
				return false
			}
			forbidden = true
		}
	}
	return forbidden
}
