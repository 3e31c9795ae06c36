package zyre

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// SendOptions say what to publish.
type SendOptions struct {
	Node  cli.Node
	File  string
	As    string // the name under which it is on offer; empty: the file's own
	Group string // only its members get it; empty: everybody
	Once  bool   // leave when all who are there have it, and somebody is
	JSON  bool
	For   time.Duration // stop after this long; 0: never
}

// Send publishes a file until ctx is done, the time is over or, with Once,
// everybody has it. With Once it fails when not everybody has it.
func Send(ctx context.Context, o SendOptions, std cli.Streams) error {
	if err := cli.CheckDuration("for", o.For); err != nil {
		return err
	}
	if err := readable(o.File); err != nil {
		return err
	}
	if o.As == "" {
		o.As = filepath.Base(o.File)
	}
	b := newBoard(std, o.JSON)
	defer b.close()
	n, release, err := begin(ctx, o.Node, "send", b, func(*zyre.Config) {})
	if err != nil {
		return err
	}
	defer release()
	if o.Group == "" {
		err = n.Publish(o.File, o.As)
	} else {
		err = n.PublishTo(o.Group, o.File, o.As)
	}
	if err != nil {
		return errors.Join(err, n.Close())
	}
	b.say(fmt.Sprintf("Publishing %s as %s", show.Text(o.File), show.Text(o.As)),
		published{"PUBLISH", o.File, o.As, o.Group, show.Time(time.Now())})
	return send(ctx, n, o, b)
}

// published is the beginning, in JSON.
type published struct {
	Type  string `json:"type"`
	File  string `json:"file"`
	Path  string `json:"path"`
	Group string `json:"group,omitzero"`
	Time  string `json:"time"`
}

// readable refuses what cannot be published, before anything is sent.
func readable(file string) error {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return show.FileError(file, err)
	case info.IsDir():
		return fmt.Errorf("%s is a directory: name a file; `filemq serve` offers directories", show.Text(file))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", show.Text(file))
	}
	f, err := os.Open(file)
	if err != nil {
		return show.FileError(file, err)
	}
	return f.Close()
}

const (
	glance = 200 * time.Millisecond // how often it is looked after whether all have it
	lonely = 5 * time.Second        // after that a user is told who is waited for
	remind = 10 * time.Second       // then again so often, on a terminal
)

// mostNamed is how many of those who are waited for are named meanwhile.
const mostNamed = 3

// sender holds the state of one run.
type sender struct {
	opts     SendOptions
	board    *board
	audience *audience
	begun    time.Time
	told     bool      // that there is nobody
	lacking  string    // who did not have it, lately
	since    time.Time // since when just these
	waiting  string    // whom the user knows to be waited for
	reminded time.Time // when that was told
	gone     bool      // the file is, and the user knows
}

func send(ctx context.Context, n source, o SendOptions, b *board) error {
	s := &sender{opts: o, board: b, begun: time.Now()}
	s.audience = newAudience(o.Group, s.begun)
	err := follow(ctx, n, b, o.For, glance, s.see)
	switch {
	case !stopped(ctx, err):
		return err
	case err != nil && o.Once:
		why := "interrupted"
		if errors.Is(err, errOver) {
			why = errOver.Error()
		}
		return fmt.Errorf("%s: %s", why, s.audience.lack())
	}
	s.sum()
	return nil
}

// see is told what happens, and decides whether it is over.
func (s *sender) see(e *zyre.Event) (leave bool, err error) {
	now := time.Now()
	if e != nil {
		s.audience.event(*e, now)
		return false, nil
	}
	if _, err := os.Stat(s.opts.File); err != nil && !s.gone {
		s.gone = true
		if s.opts.Once {
			return false, fmt.Errorf("%w: %s", show.FileError(s.opts.File, err), s.audience.lack())
		}
		s.board.note("%v: nobody gets it any more, unless it comes back; who has it keeps it", show.FileError(s.opts.File, err))
	} else if err == nil {
		s.gone = false
	}
	if s.opts.Once {
		leave = s.audience.served(now)
		s.wait(now)
	}
	if !s.told && !leave && now.Sub(s.begun) >= lonely && s.audience.count() == 0 && s.audience.sent() == 0 {
		s.told = true
		s.board.note("nobody%s takes files yet: waiting for listeners; `zyre doctor` looks for what keeps them away", s.audience.where())
	}
	return leave, nil
}

// wait tells whom it waits for, when that takes long: their disk may be full, and
// only they are told. On a terminal somebody may sit who wants to know whether it
// goes on; elsewhere one line is enough.
func (s *sender) wait(now time.Time) {
	if who := s.audience.lacking(mostNamed); who != s.lacking {
		s.lacking, s.since = who, now
	}
	if s.lacking != "" && s.lacking != s.waiting && now.Sub(s.since) >= lonely {
		s.waiting, s.reminded = s.lacking, now
		s.board.note("waiting for %s: not all of it is there yet, and whether something is wrong is told there; Ctrl-C or --for gives up", s.waiting)
	}
	if s.board.terminal && s.lacking != "" && s.lacking == s.waiting && now.Sub(s.reminded) >= remind {
		s.reminded = now
		s.board.note("still waiting for %s, for %.0f s now", s.waiting, now.Sub(s.since).Seconds())
	}
}

// sentLine is what came of it, in JSON.
type sentLine struct {
	Type     string `json:"type"`
	Path     string `json:"path"`
	Sent     int    `json:"sent"`
	Duration int64  `json:"duration_ns"`
	Time     string `json:"time"`
}

// sum prints to how many it was sent.
func (s *sender) sum() {
	d := time.Since(s.begun)
	s.board.say(fmt.Sprintf("--- %s sent to %s, in %.1f s", show.Text(s.opts.As), show.Plural(s.audience.sent(), "peer"), d.Seconds()),
		sentLine{"SUMMARY", s.opts.As, s.audience.sent(), int64(d), show.Time(time.Now())})
}
