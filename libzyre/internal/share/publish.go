package share

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// maxTarget is how long a path in a link may be.
const maxTarget = 4096

// offers are what the node publishes, for each group; of everybody under "".
type offers struct {
	links  sync.Map // targets by fileKey, for the server, which must not wait for mu
	mu     sync.Mutex
	of     map[string]*offered
	closed bool
}

// offered is what is published to a group.
type offered struct {
	targets map[string]string // by name
	folders map[string]int    // how many names lie below
}

// folders yields the folders that a name lies in.
func folders(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range len(name) {
			if name[i] == '/' && !yield(name[:i]) {
				return
			}
		}
	}
}

// Publish offers a file under a name, to everybody or to a group. It returns when it is on offer.
func (s *Share) Publish(group, file, name string) error {
	if name == "" {
		name = filepath.Base(file)
	}
	if err := checkName(name); err != nil {
		return fmt.Errorf("%w: the name %.300q %w", core.ErrInvalid, name, err)
	}
	path, ok := groupPath(group)
	if !ok {
		return fmt.Errorf("%w: group %.300q: its name is too long for files: with every octet but letters, digits, - and _ written as three it may have %d", core.ErrInvalid, group, maxGroup)
	}
	target, err := checkFile(file)
	if err != nil {
		return fmt.Errorf("%w: %w", core.ErrInvalid, err)
	}
	if group == "" {
		path = "/"
	}
	return s.offer(group, path, name, target)
}

// checkFile gives the absolute path of what can be offered. Symbolic links in it are followed now, and never again: whoever puts one there later, in
// a folder of his, cannot choose which of our files goes round.
func checkFile(file string) (target string, err error) {
	if target, err = filepath.Abs(file); err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	} // else opening it says more
	if strings.ContainsAny(target, "\x00\r\n") || len(target) > maxTarget {
		return "", fmt.Errorf("the path %.300q cannot be linked to: it has more than %d octets, a line end or a NUL", target, maxTarget)
	}
	f, err := os.OpenFile(target, os.O_RDONLY|syscall.O_NONBLOCK, 0) // whether it can be read, and not to wait for the other end of a pipe
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case info.IsDir():
		return "", fmt.Errorf("%s is a directory: publish the files in it one by one", target)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is no regular file", target)
	}
	return target, nil
}

// offer makes the link, and has the server look at it.
func (s *Share) offer(group, path, name, target string) error {
	o := &s.offers
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return core.ErrClosed
	}
	if err := s.renewOutbox(); err != nil {
		return err
	}
	of, err := s.offeredTo(group, path)
	if err != nil {
		return err
	}
	if err := s.link(of, group, name, target); err != nil {
		s.forget(of, group, path)
		return err
	}
	_, err = s.server.Look(path, name)
	return wrap(err)
}

// offeredTo is what is published to a group; it begins to serve the group if that is nothing. offers.mu is held.
func (s *Share) offeredTo(group, path string) (*offered, error) {
	if of := s.offers.of[group]; of != nil {
		return of, nil
	}
	if err := s.outbox.root.MkdirAll(folder(group), 0o755); err != nil {
		return nil, fmt.Errorf("the outbox: %w", err)
	}
	if err := s.server.Publish(s.served(group, path)); err != nil {
		s.outbox.root.Remove(folder(group))
		return nil, wrap(err)
	}
	of := newOffered()
	s.offers.of[group] = of
	return of, nil
}

// served is what the server offers of what is published to a group, or to everybody: what we have linked, whoever else might get at the outbox.
func (s *Share) served(group, path string) fmq.Publish {
	return fmq.Publish{
		Dir: s.outbox.dir(group), As: path, Hidden: group != "", Still: true,
		Links: func(name, target string) bool {
			ours, ok := s.offers.links.Load(fileKey(group, name))
			return ok && ours == target
		},
	}
}

// forget ends to serve a group to which nothing is published any more. offers.mu is held.
func (s *Share) forget(of *offered, group, path string) {
	if group == "" || len(of.targets) > 0 {
		return
	}
	delete(s.offers.of, group)
	s.server.Retract(path)
	s.outbox.root.Remove(folder(group))
}

// link makes the link, unless it is there. offers.mu is held.
func (s *Share) link(of *offered, group, name, target string) error {
	old, replaces := of.targets[name]
	if replaces && old == target && s.outbox.has(group, name) {
		return nil
	}
	if of.folders[name] > 0 {
		return fmt.Errorf("%w: the name %q: other files are published below it, so it is a folder", core.ErrInvalid, name)
	}
	for f := range folders(name) {
		if _, taken := of.targets[f]; taken {
			return fmt.Errorf("%w: the name %q: a file is published as %q, so that is no folder", core.ErrInvalid, name, f)
		}
		if file, is := strings.CutSuffix(f, linkSuffix); is {
			if _, taken := of.targets[file]; taken {
				return fmt.Errorf("%w: the name %q: the link to what is published as %q is called as its folder: choose another", core.ErrInvalid, name, file)
			}
		}
	}
	if of.folders[name+linkSuffix] > 0 {
		return fmt.Errorf("%w: the name %q: its link is called as the folder %q, in which other files are published: choose another", core.ErrInvalid, name, name+linkSuffix)
	}
	s.offers.links.Store(fileKey(group, name), target) // first, for the server may look at any time
	if err := s.outbox.link(group, name, target); err != nil {
		if s.offers.links.Delete(fileKey(group, name)); replaces {
			s.offers.links.Store(fileKey(group, name), old)
		}
		return fmt.Errorf("the outbox: %w", err)
	}
	of.targets[name] = target
	if !replaces {
		s.queue.retract(group, name) // what came of it since Retract
		for f := range folders(name) {
			of.folders[f]++
		}
	}
	return nil
}

func newOffered() *offered { return &offered{targets: map[string]string{}, folders: map[string]int{}} }

// Retract ends the offer of what was published under a name, to whomever.
func (s *Share) Retract(name string) error {
	o := &s.offers
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return core.ErrClosed
	}
	found := false
	var failed error
	for group, of := range o.of {
		if _, ok := of.targets[name]; !ok {
			continue
		}
		found = true
		if err := s.outbox.unlink(group, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = errors.Join(failed, fmt.Errorf("the outbox: %w", err))
			continue
		}
		delete(of.targets, name)
		s.offers.links.Delete(fileKey(group, name))
		for f := range folders(name) {
			if of.folders[f]--; of.folders[f] == 0 {
				delete(of.folders, f)
			}
		}
		path := "/"
		if group != "" {
			path, _ = groupPath(group)
		}
		if _, err := s.server.Look(path, name); err != nil {
			failed = errors.Join(failed, wrap(err))
		}
		s.queue.retract(group, name)
		s.forget(of, group, path)
	}
	if !found {
		return fmt.Errorf("%w: nothing is published as %.300q", core.ErrInvalid, name)
	}
	return failed
}
