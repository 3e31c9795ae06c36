package dechat

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// maxShelf is how many files /files remembers: of those that came, and of ours.
const maxShelf = 100

// shelf remembers files, the latest ones last. Its methods may be called from
// any goroutine.
type shelf struct {
	mu   sync.Mutex
	came []zyre.Event // what was delivered
	ours []*offer
}

// offer is a file of ours.
type offer struct {
	group, path, as string
	has             map[zyre.UUID]bool // of those who are present
	taken           bool               // somebody has it, or had
}

// offer notes that a file of ours is on offer. One of the same name is not any
// more, unless undo is called: then all is as it was.
func (s *shelf) offer(group, path, as string) (undo func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := slices.Clone(s.ours)
	s.ours = slices.DeleteFunc(s.ours, func(o *offer) bool { return o.group == group && o.as == as })
	s.ours = append(s.ours, &offer{group: group, path: path, as: as, has: map[zyre.UUID]bool{}})
	s.ours = s.ours[max(0, len(s.ours)-maxShelf):]
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ours = before
	}
}

// event notes which files came and went.
func (s *shelf) event(e zyre.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e.Type {
	case zyre.Deliver:
		s.came = slices.DeleteFunc(s.came, func(old zyre.Event) bool { return old.File == e.File }) // it may come again
		s.came = append(s.came, e)
		s.came = s.came[max(0, len(s.came)-maxShelf):]
	case zyre.Sent:
		for _, o := range s.ours {
			if o.group == e.Group && o.as == e.Path {
				o.has[e.Peer], o.taken = true, true
			}
		}
	case zyre.Exit:
		for _, o := range s.ours {
			delete(o.has, e.Peer)
		}
	}
}

// offers returns copies of ours, without who has them.
func (s *shelf) offers() (all []offer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.ours {
		all = append(all, offer{group: o.group, path: o.path, as: o.as, taken: o.taken})
	}
	return all
}

// has reports whether a peer has a file of ours.
func (s *shelf) has(peer zyre.UUID, group, as string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.ours, func(o *offer) bool { return o.group == group && o.as == as && o.has[peer] })
}

// list answers /files.
func (s *shelf) list() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.came)+len(s.ours) == 0 {
		return "no files have come, and you have sent none\n"
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, e := range s.came {
		fmt.Fprintf(w, "%s\tfrom %s\t%s\t%s\t%s\n", printable(e.Path), printable(e.Name), printable(e.Group), show.Plural(e.Size, "octet"), printable(e.File))
	}
	for _, o := range s.ours {
		have := "have"
		if len(o.has) == 1 {
			have = "has"
		}
		fmt.Fprintf(w, "%s\tyours\t%s\t%d here %s it\t%s\n", printable(o.as), printable(o.group), len(o.has), have, printable(o.path))
	}
	_ = w.Flush()
	return b.String()
}

// send offers a file to the group that the user talks in.
func (sp *speaker) send(ctx context.Context, rest string) error {
	group := sp.group
	switch {
	case sp.opts.Inbox == "":
		return errors.New("/send: files are for those who have a place for them: start dechat with --inbox DIR, and the others, too")
	case group == "":
		return errors.New("you are in no group: /join GROUP first")
	}
	path, err := filePath(rest)
	if err != nil {
		return err
	}
	sp.wait(ctx, "/send "+rest, !sp.settled, func() int { return len(sp.node.PeersIn(group)) })
	if ctx.Err() != nil {
		return nil
	}
	as := filepath.Base(path)
	undo := sp.shelf.offer(group, path, as) // it may be there before the call returns
	if err := sp.node.PublishTo(group, path, as); err != nil {
		undo() // an older one of that name is still on offer
		return err
	}
	sp.screen.notice("%s is on offer in %s for as long as you are here", printable(as), printable(group))
	return nil
}

// filePath reads what stands behind /send: a path, in double quotes or bare. A
// leading ~/ is the user's home.
func filePath(rest string) (string, error) {
	path := rest
	if word, after, ok := quoted(rest); ok && strings.TrimSpace(after) == "" {
		path = word
	}
	if below, ok := strings.CutPrefix(path, "~/"); ok {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		path = filepath.Join(home, below)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", show.FileError(path, err)
	case info.IsDir():
		return "", fmt.Errorf("%s is a directory: /send takes a file", path)
	}
	return filepath.Abs(path)
}

// wanting returns those of our files that nobody has got, or that somebody
// lacks who is there for them.
func (sp *speaker) wanting() (all []offer) {
	for _, o := range sp.shelf.offers() {
		lacks := func(p zyre.Peer) bool { return cli.TakesFiles(p.Headers) && !sp.shelf.has(p.UUID, o.group, o.as) }
		if !o.taken || slices.ContainsFunc(sp.node.PeersIn(o.group), lacks) {
			all = append(all, o)
		}
	}
	return all
}

// stay waits, as long as a pipe's patience lasts, until all who are there have
// our files, and tells of those that not everybody has.
func (sp *speaker) stay(ctx context.Context) {
	if len(sp.shelf.offers()) == 0 {
		return
	}
	sp.wait(ctx, "", false, func() int {
		if len(sp.wanting()) == 0 {
			return 1
		}
		return 0
	})
	for _, o := range sp.wanting() {
		who := "nobody"
		if o.taken {
			who = "not everybody"
		}
		sp.failed(fmt.Errorf("%s: %s has got it: a file is there for as long as you are, and --for keeps you", o.as, who))
	}
}
