package dechat

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// speaker does what the lines say, one after the other.
type speaker struct {
	node   node
	screen *screen
	ends   *ends
	opts   Options
	shelf  *shelf

	changed chan struct{} // peers or groups may be others now
	joined  map[string]bool
	group   string // where lines go; empty: nowhere

	until   <-chan time.Time // when the patience of a pipe's lines is over
	hasty   bool             // it is, or there was none
	settled bool             // who was there at the start has been heard of
	alone   bool             // the user knows that nobody listens

	result chan failures // one element: what went wrong so far
}

func newSpeaker(n node, scr *screen, opts Options, e *ends) *speaker {
	sp := &speaker{node: n, screen: scr, ends: e, opts: opts, shelf: &shelf{}, group: opts.Group,
		changed: make(chan struct{}, 1), joined: map[string]bool{}, result: make(chan failures, 1)}
	sp.result <- failures{}
	return sp
}

// news wakes a line that waits for somebody.
func (sp *speaker) news() {
	select {
	case sp.changed <- struct{}{}:
	default:
	}
}

// run returns why to leave, or waits for ctx when there is no reason to.
func (sp *speaker) run(ctx context.Context) error {
	if err := sp.node.Join(sp.group); err != nil {
		return err
	}
	sp.joined[sp.group] = true
	if sp.ends.edits() {
		sp.ends.editor.prompt(sp.group)
		if err := sp.ends.editor.start(func(line string, pos int) (string, int) {
			return complete(line, pos, sp.node.Peers())
		}); err != nil {
			return fmt.Errorf("terminal: %w", err)
		}
		sp.hasty = true
		sp.screen.notice("what you type is said in %s; /help lists the commands, Ctrl-D leaves", printable(sp.group))
	} else if sp.opts.For == 0 {
		timer := time.NewTimer(sp.opts.Wait)
		defer timer.Stop()
		sp.until = timer.C
	}
	for {
		line, err := sp.ends.lines()
		switch {
		case errors.Is(err, errTooLong):
			sp.failed(err)
			continue
		case errors.Is(err, io.EOF):
			if sp.opts.For > 0 && !sp.ends.edits() {
				<-ctx.Done() // stay, and listen, until the time is over
			}
			if !sp.ends.edits() {
				sp.stay(ctx)
			}
			return errEnd
		case err != nil:
			return fmt.Errorf("stdin: %w", err)
		}
		err = sp.do(ctx, line)
		switch {
		case errors.Is(err, errQuit):
			return err
		case ctx.Err() != nil:
			return nil
		case err != nil:
			sp.failed(err)
		}
	}
}

// do does what line says.
func (sp *speaker) do(ctx context.Context, line string) error {
	c, err := parse(line)
	if err != nil {
		return err
	}
	switch c.verb {
	case nothing:
		return nil
	case shout:
		return sp.shout(ctx, c.rest)
	case whisper:
		return sp.whisper(ctx, c.rest)
	case peers:
		sp.screen.answer(listPeers(sp.node.Peers()))
	case groups:
		sp.screen.answer(sp.listGroups())
	case join:
		return sp.join(c.rest)
	case leave:
		return sp.leave(c.rest)
	case send:
		return sp.send(ctx, c.rest)
	case files:
		sp.screen.answer(sp.shelf.list())
	case help:
		sp.screen.answer(helpText())
	case quit:
		return errQuit
	}
	return nil
}

func (sp *speaker) shout(ctx context.Context, text string) error {
	group := sp.group
	if group == "" {
		return errors.New("you are in no group: /join GROUP first")
	}
	heard := sp.wait(ctx, text, !sp.settled, func() int { return len(sp.node.PeersIn(group)) })
	if ctx.Err() != nil {
		return nil
	}
	if err := sp.node.Shout(group, []byte(text)); err != nil {
		return err
	}
	switch {
	case heard:
		sp.alone, sp.settled = false, true
	case sp.ends.edits():
		sp.screen.notice("nobody else is in %s: nobody heard that", printable(group))
	case sp.alone:
		sp.note(func(f *failures) { f.lines++ }) // the user knows
	default:
		sp.alone = true
		return fmt.Errorf("nobody else is in %s: lines go unheard until somebody is", printable(group))
	}
	return nil
}

func (sp *speaker) whisper(ctx context.Context, rest string) error {
	var peer zyre.Peer
	var text string
	var err error
	sp.wait(ctx, "/whisper "+rest, false, func() int {
		if peer, text, err = find(sp.node.Peers(), rest); errors.Is(err, errNobody) {
			return 0
		}
		return 1
	})
	switch {
	case ctx.Err() != nil:
		return nil
	case err != nil:
		return err
	case strings.TrimSpace(text) == "":
		return fmt.Errorf("/whisper: say what? %s", syntax(whisper))
	}
	return sp.node.Whisper(peer.UUID, []byte(text))
}

func (sp *speaker) join(group string) error {
	// Whoever hears that we joined may answer at once, and is to be seen as
	// talking here.
	sp.screen.talk(group)
	if err := sp.node.Join(group); err != nil {
		sp.screen.talk(sp.group)
		return err
	}
	sp.joined[group] = true
	sp.talk(group)
	return nil
}

func (sp *speaker) leave(group string) error {
	if group == "" {
		group = sp.group
	}
	if !sp.joined[group] {
		return fmt.Errorf("you are not in %q: /groups lists where you are", printable(group))
	}
	if err := sp.node.Leave(group); err != nil {
		return err
	}
	delete(sp.joined, group)
	if group == sp.group {
		sp.talk(first(sp.joined))
	}
	return nil
}

// talk changes where lines go.
func (sp *speaker) talk(group string) {
	sp.group = group
	sp.screen.talk(group)
	if sp.ends.edits() {
		sp.ends.editor.prompt(group)
	}
	if group == "" {
		sp.screen.notice("you are in no group now")
	} else {
		sp.screen.notice("you talk in %s now", printable(group))
	}
}

// first returns the first group of a set, or none.
func first(groups map[string]bool) string {
	for _, g := range slices.Sorted(maps.Keys(groups)) {
		return g
	}
	return ""
}
