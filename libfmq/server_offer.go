package fmq

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/libfmq/internal/dir"
	"github.com/zeromq/gozyre/libfmq/internal/server"
	"github.com/zeromq/gozyre/libfmq/internal/virtual"
)

// offer is a directory that is published.
type offer struct {
	Publish
	watcher *dir.Watcher
	looks   chan lookAt
	ended   chan struct{} // its goroutine has
}

// lookAt is a call of Look.
type lookAt struct {
	name    string
	offered chan bool // it has room
}

// Publish offers a directory from now on. It returns when the directory has been read; about a second later if files in it were just written
// to. An error is ErrInvalid, ErrClosed, or says why the directory cannot be read.
func (s *Server) Publish(p Publish) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	o, err := s.watch(p)
	if err != nil {
		return err
	}
	content, err := o.content(ctx)
	if err != nil {
		o.watcher.Close()
		return ErrClosed
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		o.watcher.Close()
		return ErrClosed
	}
	s.offers = append(s.offers, o)
	s.mu.Unlock()
	err = s.do(func(now time.Time) []machine.Effect {
		return s.core.Mount(now, o.watcher, server.Offer{As: o.As, Groups: o.Groups, Hidden: o.Hidden}, content)
	})
	go s.follow(o)
	return err
}

// watch begins to watch a directory.
func (s *Server) watch(p Publish) (*offer, error) {
	if p.As == "" {
		p.As = "/"
	}
	as, ok := virtual.Clean(p.As)
	if !ok {
		return nil, fmt.Errorf("%w: virtual path %.300q: it begins with /, has at most %d octets, and no empty component, . or ..", ErrInvalid, p.As, virtual.Most)
	}
	if len(p.Groups) > 0 && (s.cfg.Anonymous || len(s.cfg.Accounts) == 0) {
		return nil, fmt.Errorf("%w: %s is for groups, and nobody is asked who he is: there have to be accounts, and Anonymous must be false", ErrInvalid, p.Dir)
	}
	p.As = as
	p.Groups = slices.Clone(p.Groups)
	w, err := dir.Watch(dir.Config{Dir: p.Dir, NoLinks: p.NoLinks, Links: p.Links, Still: p.Still, Monitor: s.cfg.Monitor, Settle: youngWait, Log: s.cfg.Log})
	if err != nil {
		return nil, err
	}
	return &offer{Publish: p, watcher: w, looks: make(chan lookAt), ended: make(chan struct{})}, nil
}

// content waits for what there is in the directory at first.
func (o *offer) content(ctx context.Context) ([]dir.Patch, error) {
	select {
	case content := <-o.watcher.Patches():
		return content, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// follow is a goroutine that tells the core of changes.
func (s *Server) follow(o *offer) {
	defer close(o.ended)
	for {
		select {
		case patches, more := <-o.watcher.Patches():
			if !more {
				return
			}
			s.patch(o, patches)
		case l := <-o.looks:
			look := o.watcher.Look(l.name)
			s.patch(o, look.Patches)
			l.offered <- look.Offered
		}
	}
}

func (s *Server) patch(o *offer, patches []dir.Patch) {
	for some := range slices.Chunk(patches, patchesAtOnce) {
		s.do(func(now time.Time) []machine.Effect { return s.core.Patch(now, o.watcher, some) })
	}
}

// Look looks at one file of a directory that is published under as, at once: it need not be noticed by a notification or a scan first. It
// returns when clients can get what is there. offered tells whether there is a file under that name (of a link, without ".ln") that is offered;
// one that was just written to is not yet, but will be in about a second. An error is ErrInvalid or ErrClosed.
func (s *Server) Look(as, name string) (offered bool, err error) {
	as, ok := virtual.Clean(as)
	path, fits := virtual.Clean("/" + name)
	if !ok || !fits || path == "/" {
		return false, fmt.Errorf("%w: name %.300q below %.300q: a name has no empty component, . or ..", ErrInvalid, name, as)
	}
	s.mu.Lock()
	offers, closed := slices.Clone(s.offers), s.closed
	s.mu.Unlock()
	if closed {
		return false, ErrClosed
	}
	offers = slices.DeleteFunc(offers, func(o *offer) bool { return o.As != as })
	if len(offers) == 0 {
		return false, fmt.Errorf("%w: nothing is published as %q", ErrInvalid, as)
	}
	for _, o := range offers {
		l := lookAt{path[1:], make(chan bool, 1)}
		select {
		case o.looks <- l:
			offered = <-l.offered || offered
		case <-o.ended: // retracted meanwhile
		}
	}
	return offered, nil
}

// Retract stops to offer what Publish offered under the virtual path. Who has received files keeps them, unless it is a mirror that asks anew.
func (s *Server) Retract(as string) error {
	as, ok := virtual.Clean(as)
	if !ok {
		return fmt.Errorf("%w: virtual path %q", ErrInvalid, as)
	}
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	var gone []*offer
	s.offers = slices.DeleteFunc(s.offers, func(o *offer) bool {
		if o.As == as {
			gone = append(gone, o)
		}
		return o.As == as
	})
	s.mu.Unlock()
	if len(gone) == 0 {
		return fmt.Errorf("%w: nothing is published as %q", ErrInvalid, as)
	}
	for _, o := range gone {
		s.do(func(time.Time) []machine.Effect {
			s.core.Unmount(o.watcher)
			return nil
		})
		o.watcher.Close()
		<-o.ended
	}
	return nil
}
