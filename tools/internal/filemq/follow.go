package filemq

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Client is what the tools need of a fmq.Client.
type Client interface {
	Events() <-chan fmq.Event
	Err() error
	Close() error
}

// Follower shows what happens to a client, until there is nothing more to
// come.
type Follower struct {
	Screen  *Screen
	Servers int  // how many the client has: when all deny access it is over
	Login   bool // the client has a login
	Once    bool // leave when all Paths are up to date, at all Servers
	Paths   int
	Alone   bool // when it is over all is over: why is told by Run's error alone

	// Quiet is after how long without an event the user is told that nothing comes; 0 means five seconds.
	Quiet time.Duration

	connected bool
	denied    map[string]error
	synced    map[[2]string]bool
	refused   map[string]error
	more      int // refused files beyond those
	begun     time.Time
	files     int64
	octets    int64
	deleted   int64
}

// maxRefused bounds how many files are held that could not be taken.
const maxRefused = 1000

// Run follows c until ctx is done, or it is over by itself; then it closes c.
// The error says what was not to be had.
func (f *Follower) Run(parent context.Context, c Client) error {
	ctx, leave := context.WithCancel(parent)
	defer leave()
	f.denied, f.synced, f.refused, f.begun = map[string]error{}, map[[2]string]bool{}, map[string]error{}, time.Now()
	f.Quiet = cmp.Or(f.Quiet, 5*time.Second)
	f.Screen.Failed(leave)
	closed := make(chan error, 1)
	context.AfterFunc(ctx, func() { closed <- c.Close() })
	quiet := time.NewTimer(f.Quiet)
	defer quiet.Stop()
	for events := c.Events(); ; {
		var e fmq.Event
		ok := true
		select {
		case e, ok = <-events:
			quiet.Reset(f.Quiet)
		case <-quiet.C: // perhaps nobody offers what was asked for
			if f.Once && f.connected && len(f.denied) < f.Servers {
				f.Screen.Note("nothing comes, and it is not up to date: perhaps the server offers nothing there yet")
			}
			continue
		}
		if !ok {
			break
		}
		if e.Type != fmq.Denied || !f.Alone || f.Servers > 1 || f.Screen.inJSON {
			f.Screen.Event(e)
		}
		f.event(e)
		if len(f.denied) >= f.Servers || f.Once && f.complete() {
			leave()
		}
	}
	leave() // if it has ended by itself
	if err := errors.Join(<-closed, c.Err()); err != nil {
		return err
	}
	return f.result()
}

// complete reports whether everything is here that is to be had.
func (f *Follower) complete() bool { return len(f.synced) >= f.Paths*(f.Servers-len(f.denied)) }

// event notes what e changes.
func (f *Follower) event(e fmq.Event) {
	switch e.Type {
	case fmq.Connected:
		f.connected = true
	case fmq.Denied:
		f.denied[e.Server] = e.Cause
		for key := range f.synced {
			if key[0] == e.Server {
				delete(f.synced, key)
			}
		}
	case fmq.Synced:
		f.synced[[2]string{e.Server, e.Path}] = true
	case fmq.Deliver:
		f.files++
		f.octets += e.Size
		delete(f.refused, e.Path)
	case fmq.Delete:
		f.deleted++
		delete(f.refused, e.Path)
	case fmq.Refused:
		if _, known := f.refused[e.Path]; known || len(f.refused) < maxRefused {
			f.refused[e.Path] = e.Cause
		} else {
			f.more++
		}
	}
}

// summary is what came of it, in JSON.
type summary struct {
	Type     string `json:"type"`
	Files    int64  `json:"files"`
	Octets   int64  `json:"octets"`
	Deleted  int64  `json:"deleted"`
	Refused  int64  `json:"refused"`
	Duration int64  `json:"duration_ns"`
	Time     string `json:"time"`
}

// Sum prints what came of it.
func (f *Follower) Sum() {
	if f.files == 0 && len(f.denied) == f.Servers {
		return // nothing could
	}
	s := summary{"summary", f.files, f.octets, f.deleted, int64(len(f.refused) + f.more), int64(time.Since(f.begun)), now()}
	text := fmt.Sprintf("--- %s received, %s, in %.1f s", show.Plural(s.Files, "file"), show.Plural(s.Octets, "octet"), float64(s.Duration)/1e9)
	if s.Deleted > 0 {
		text += fmt.Sprintf("; %d deleted", s.Deleted)
	}
	if s.Refused > 0 {
		text += fmt.Sprintf("; %d refused", s.Refused)
	}
	f.Screen.Say(text, s)
}

// result says what was not to be had.
func (f *Follower) result() error {
	if err := f.Screen.Err(); err != nil {
		return err
	}
	var denied []string
	for server, why := range f.denied {
		denied = append(denied, f.deny(server, why))
	}
	switch refused := len(f.refused) + f.more; {
	case len(denied) > 0:
		return errors.New(strings.Join(denied, "; "))
	case f.Once && !f.complete():
		return errors.New("interrupted: not everything is here")
	case refused > 0:
		return fmt.Errorf("%s could not be taken: %s", show.Plural(int64(refused), "file"), f.examples(refused))
	}
	return nil
}

// deny says that a server denies access, and what to do.
func (f *Follower) deny(server string, why error) string {
	text := fmt.Sprintf("%s: %s", show.Text(server), cause(fmq.Event{Cause: why}))
	switch {
	case !errors.Is(why, fmq.ErrRefused):
		return text
	case f.Login:
		return text + ": are login and password right, and may they have the path?"
	}
	return text + ": perhaps it wants a login (--user NAME --password-file FILE)"
}

// examples names a few of the files that could not be taken.
func (f *Follower) examples(all int) string {
	const most = 3
	var b strings.Builder
	n := 0
	for path, why := range f.refused {
		if n++; n > most {
			fmt.Fprintf(&b, "; and %d more", all-most)
			break
		}
		if n > 1 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s (%s)", show.Text(path), cause(fmq.Event{Cause: why}))
	}
	return b.String()
}
