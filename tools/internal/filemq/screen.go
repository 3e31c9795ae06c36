package filemq

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/bars"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Screen is where everything is printed: what happens to files on stdout, talk
// about it on stderr; in JSON, events on stdout. Its methods may be called from
// any goroutine.
type Screen struct {
	mu       sync.Mutex
	out, err io.Writer
	inJSON   bool
	bars     *bars.Bars // nil: stdout is no terminal
	line     func(fmq.Event) string
	bad      error  // the first failure of out
	failed   func() // called then
	blocked  bool   // the user knows that the disk takes nothing
}

// NewScreen prints to std. Progress is shown where stdout is a terminal. With
// line, that says how files that came or went are told. Close has to be called.
func NewScreen(std cli.Streams, inJSON bool, line func(fmq.Event) string) *Screen {
	s := &Screen{out: std.Out, err: std.Err, inJSON: inJSON, line: line}
	if s.line == nil {
		s.line = plain
	}
	if !inJSON {
		s.bars, s.out, s.err = bars.Over(std.Out, std.Err)
	}
	return s
}

// Close ends the bars.
func (s *Screen) Close() { s.bars.Close() }

// Failed is called when stdout takes nothing any more; Err says why.
func (s *Screen) Failed(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = f
}

// Err is why stdout takes nothing any more.
func (s *Screen) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bad != nil {
		return fmt.Errorf("stdout: %w", s.bad)
	}
	return nil
}

// Log is where a log goes.
func (s *Screen) Log() io.Writer { return s.err }

// Event shows e.
func (s *Screen) Event(e fmq.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inJSON {
		s.print(json(e))
		return
	}
	draw(s.bars, e)
	s.blocked = s.blocked && e.Type != fmq.Progress && e.Type != fmq.Deliver
	switch e.Type {
	case fmq.Deliver, fmq.Delete:
		s.print([]byte(s.line(e)))
	case fmq.Connected:
		s.note("connected to %s", show.Text(e.Server))
	case fmq.Lost:
		if errors.Is(e.Cause, fmq.ErrUnreachable) {
			s.note("%s: %s: trying again", show.Text(e.Server), cause(e))
		} else {
			s.note("lost %s (%s): trying again", show.Text(e.Server), cause(e))
		}
	case fmq.Denied:
		s.note("%s: %s", show.Text(e.Server), cause(e))
	case fmq.Synced:
		s.note("%s is up to date with %s", show.Text(e.Path), show.Text(e.Server))
	case fmq.Refused:
		s.note("refused %s: %s", show.Text(e.Path), cause(e))
	case fmq.Blocked:
		if !s.blocked {
			s.note("nothing can be written (%s): waiting, and trying again", cause(e))
		}
		s.blocked = true
	}
}

// draw shows how far the file of e is.
func draw(b *bars.Bars, e fmq.Event) {
	f, state := bars.File{From: e.Server, Path: e.Path}, bars.State{Name: e.Name, Size: e.Size, Done: e.Done, Sent: e.Sent, Time: e.Time}
	switch e.Type {
	case fmq.Progress:
		b.Step(f, state)
	case fmq.Deliver:
		b.Finish(f, state)
	case fmq.Refused:
		b.Drop(f)
	case fmq.Lost, fmq.Denied:
		b.DropAll(e.Server)
	}
}

// plain is how files that came or went are told.
func plain(e fmq.Event) string {
	if e.Type == fmq.Delete {
		return fmt.Sprintf("deleted %s (%s)\n", show.Text(e.Name), show.Text(e.File))
	}
	return fmt.Sprintf("received %s (%s, %s)\n", show.Text(e.Name), show.Text(e.File), show.Plural(e.Size, "octet"))
}

func cause(e fmq.Event) string {
	if e.Cause == nil {
		return "no reason given"
	}
	return show.Text(e.Cause.Error())
}

// Note tells something that is no event of a file.
func (s *Screen) Note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.note(format, args...)
}

// note writes to stderr, which may fail in peace; s.mu is held.
func (s *Screen) note(format string, args ...any) {
	_, _ = s.err.Write(fmt.Appendf(nil, "* "+format+"\n", args...))
}

// Say prints text, or v where JSON is wanted.
func (s *Screen) Say(text string, v any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.inJSON {
		s.print(show.Line(v))
	} else {
		s.print([]byte(text + "\n"))
	}
}

// print writes to stdout; s.mu is held.
func (s *Screen) print(line []byte) {
	if s.bad != nil {
		return
	}
	if _, s.bad = s.out.Write(line); s.bad != nil && s.failed != nil {
		s.failed()
	}
}

// event is an Event as scripts read it. Keys that say nothing are absent.
type event struct {
	Type   string `json:"type"`
	Server string `json:"server,omitzero"`
	Path   string `json:"path,omitzero"`
	Name   string `json:"name,omitzero"`
	File   string `json:"file,omitzero"`
	Base64 bool   `json:"base64,omitzero"`
	Size   *int64 `json:"size,omitzero"`
	Done   *int64 `json:"done,omitzero"`
	Sent   *int64 `json:"sent,omitzero"`
	Digest string `json:"digest,omitzero"`
	Cause  string `json:"cause,omitzero"`
	Time   string `json:"time"`
}

// json returns e as one line of JSON, line end included. Names are any octets:
// if path, name or file is not UTF-8, all three are in base64 and "base64" is
// true.
func json(e fmq.Event) []byte {
	out := event{Type: e.Type.String(), Server: e.Server, Path: e.Path, Name: e.Name, File: e.File,
		Digest: hex.EncodeToString(e.Digest), Time: show.Time(e.Time)}
	if e.Cause != nil {
		out.Cause = e.Cause.Error()
	}
	switch e.Type {
	case fmq.Progress:
		out.Size, out.Done, out.Sent = &e.Size, &e.Done, &e.Sent
	case fmq.Deliver:
		out.Size, out.Sent = &e.Size, &e.Sent
	}
	texts := []*string{&out.Path, &out.Name, &out.File}
	for _, text := range texts {
		out.Base64 = out.Base64 || !utf8.ValidString(*text)
	}
	for _, text := range texts {
		if out.Base64 {
			*text = base64.StdEncoding.EncodeToString([]byte(*text))
		}
	}
	return show.Line(out)
}

// now is the time of what has no event.
func now() string { return show.Time(time.Now()) }
