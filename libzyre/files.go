package zyre

import (
	"fmt"
	"maps"
	"slices"

	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/share"
)

// openShare opens what a node with an inbox or an outbox has for files, and puts where that is into the headers. It is nil without.
func openShare(cfg *Config) (*share.Share, error) {
	if cfg.Outbox == "" {
		return nil, nil
	}
	files, err := share.Open(share.Config{
		ID: core.ID(cfg.UUID), Inbox: cfg.Inbox, Outbox: cfg.Outbox, KeepFree: cfg.Limits.DiskFree, Bind: bindAddr(cfg.Interfaces), Transport: cfg.Transport, Log: cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	if cfg.Headers = maps.Clone(cfg.Headers); cfg.Headers == nil {
		cfg.Headers = map[string]string{}
	}
	cfg.Headers[share.Header] = files.Endpoint()
	if cfg.Inbox == "" {
		cfg.Headers[share.HeaderInbox] = "0"
	}
	return files, nil
}

// closeShare begins to close what there is for files; the channel is closed when that is done.
func (n *Node) closeShare() <-chan struct{} {
	done := make(chan struct{})
	if n.share == nil {
		close(done)
		return done
	}
	go func() {
		n.share.Close()
		close(done)
	}()
	return done
}

// joinFiles has the files of groups fetched that this node is in; it runs in the loop.
func (n *Node) joinFiles() {
	if n.share != nil {
		n.share.Groups(n.node.Core().Groups())
	}
}

// leaveFiles ends that for one of them.
func (n *Node) leaveFiles(group string) {
	if n.share != nil {
		n.share.Groups(slices.DeleteFunc(n.node.Core().Groups(), func(g string) bool { return g == group }))
	}
}

// takeFiles takes what came of files; it runs in the loop.
func (n *Node) takeFiles() {
	n.node.Tell(n.share.Take(n.node.Room()))
	for _, id := range n.share.Lost() {
		if addr, ok := n.node.Core().Addr(id); ok {
			n.share.Move(id, addr)
		}
	}
}

// publishes says whether the node has anything to do with files.
func (n *Node) publishes() error {
	if n.share == nil {
		return fmt.Errorf("%w: this node has nothing to do with files: give it an Inbox or an Outbox in its Config", ErrInvalid)
	}
	return nil
}

// Publish offers a file to every peer that has an inbox, now and as long as this
// node lives, under a name with slashes, such as "photos/a.jpg"; the file's own
// name if that is empty. Nothing is copied: peers get what is in the file, and
// get it again when it changes. Publishing another file under a name replaces
// what it had. Symbolic links in the path are followed now and never again: one that
// somebody puts in the place of the file, or of a folder on the way, is not followed, and
// the file has vanished. Another file in its place is what peers get, as editors do it.
// (Linux; elsewhere who is quick enough may have a link followed.)
//
// It returns when the file is on offer, and waits for the disk only; a file that
// was just written to is offered when that was a second ago. A file that vanishes
// is offered again when it is back. Any goroutine may call it.
//
// Errors: ErrInvalid (neither Config.Inbox nor Outbox; a name that is not UTF-8, has
// more than 2,048 octets, more than 252 in a part, a control character, an empty
// part, "." or "..", begins with ".groups" or ".filemq" in any mixture of cases, or is
// a folder of another name, or the other way round; a path that is no regular file,
// cannot be read, or has a line end or more than 4,096 octets), ErrClosed, or why the
// link to it cannot be written into the outbox. ZRE/2, 10.1.
func (n *Node) Publish(path, as string) error {
	if err := n.publishes(); err != nil {
		return err
	}
	return n.share.Publish("", path, as)
}

// PublishTo is Publish for the members of a group only: who joins it later gets
// the file then. This node need not be a member. Names of files are each group's own.
// That keeps a file out of others' way, and is no protection: whoever asks for a
// group's files gets them.
//
// Errors are those of Publish, and ErrInvalid for a group that has no name, a NUL, more
// than 255 octets, or more than 255 when each but ASCII's letters, digits, "-" and "_"
// counts three: then it has no path. ZRE/2, 10.1.
func (n *Node) PublishTo(group, path, as string) error {
	if err := n.publishes(); err != nil {
		return err
	}
	if err := checkText("a group's name", group); err != nil {
		return err
	}
	return n.share.Publish(group, path, as)
}

// Retract ends the offer of everything that was published under a name, to
// everybody and to groups. Whoever has it keeps it; who is in the middle of it gets no
// more. Published again, it is told by Sent again. It waits for the disk only.
//
// Errors: ErrInvalid (neither Config.Inbox nor Outbox; nothing is published under that
// name), ErrClosed, or why the link cannot be removed from the outbox: then it is still on
// offer. ZRE/2, 10.1.
func (n *Node) Retract(as string) error {
	if err := n.publishes(); err != nil {
		return err
	}
	return n.share.Retract(as)
}
