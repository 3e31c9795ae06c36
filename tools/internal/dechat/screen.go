package dechat

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// longest is how many octets of one message a terminal shows. Who needs more
// has --json, or a pipe.
const longest = 8 << 10

// screen is where everything is printed; methods may be called from any
// goroutine. What is said goes to stdout, talk about it to stderr.
type screen struct {
	mu       sync.Mutex
	out, err io.Writer
	json     bool
	terminal bool // out is a terminal

	names  show.Names  // of all present, us included
	group  string      // the one that the user talks in
	bad    error       // the first failure of out
	failed func(error) // told about it, once
}

func newScreen(out, err io.Writer, json, terminal bool, failed func(error)) *screen {
	return &screen{out: out, err: err, json: json, terminal: terminal, failed: failed}
}

// introduce says who we are.
func (s *screen) introduce(name string, id zyre.UUID, port uint16, group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.group = group
	s.names.Add(name, id)
	s.chatter("you are %s (%s) on UDP port %d", printable(name), id, port)
}

// talk changes the group that is shown without its name.
func (s *screen) talk(group string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.group = group
}

// event shows e.
func (s *screen) event(e zyre.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.json {
		s.print(show.JSON(e))
	}
	if e.Type == zyre.Enter {
		s.names.Add(e.Name, e.Peer)
	}
	who := s.names.Of(e.Name, e.Peer)
	switch e.Type {
	case zyre.Enter:
		s.chatter("%s entered (%s at %s)", who, e.Peer, printable(e.Addr))
		if n := s.names.Count(e.Name); n > 1 {
			s.chatter("%d here are called %s: to whisper, use /whisper %s TEXT", n, printable(e.Name), quotable(who))
		}
	case zyre.Exit:
		s.names.Remove(e.Peer)
		switch {
		case errors.Is(e.Cause, zyre.ErrClosed): // we are the one who leaves
		case e.Cause != nil:
			s.chatter("%s left (%s)", who, printable(e.Cause.Error()))
		default:
			s.chatter("%s left", who)
		}
	case zyre.Join:
		s.chatter("%s joined %s", who, printable(e.Group))
	case zyre.Leave:
		s.chatter("%s left %s", who, printable(e.Group))
	case zyre.Evasive:
		s.chatter("%s is evasive", who)
	case zyre.Silent:
		s.chatter("%s is silent", who)
	case zyre.Shout:
		if e.Group == s.group {
			s.said(who, e.Msg)
		} else {
			s.said(who+" ["+printable(e.Group)+"]", e.Msg)
		}
	case zyre.Deliver:
		s.chatter("%s sent %s (%s, %s)", who, s.file(e), printable(e.File), show.Plural(e.Size, "octet"))
	case zyre.Refused:
		if e.Path == "" {
			s.chatter("no file of %s can be taken (%s)", who, cause(e))
		} else {
			s.chatter("%s of %s could not be taken (%s)", s.file(e), who, cause(e))
		}
	case zyre.Sent:
		s.chatter("%s has %s", who, s.file(e))
	case zyre.Whisper:
		s.said(who+" (whisper)", e.Msg)
	}
}

// file is how the file of e is told: with its group if that is another; s.mu is
// held.
func (s *screen) file(e zyre.Event) string {
	if e.Group == s.group || e.Group == "" {
		return printable(e.Path)
	}
	return printable(e.Path) + " [" + printable(e.Group) + "]"
}

func cause(e zyre.Event) string {
	if e.Cause == nil {
		return "no reason given"
	}
	return printable(e.Cause.Error())
}

// said prints a message; s.mu is held.
func (s *screen) said(who string, msg [][]byte) {
	if s.json {
		return // the event is printed already
	}
	limit := 0
	if s.terminal {
		limit = longest
	}
	s.print(fmt.Appendf(nil, "%s: %s\n", who, show.Frames(msg, limit)))
}

// answer prints what the user asked for: on stdout, which in JSON is for
// events alone.
func (s *screen) answer(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.json {
		s.side([]byte(text))
	} else {
		s.print([]byte(text))
	}
}

// notice prints something about the chat.
func (s *screen) notice(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chatter(format, args...)
}

// complain prints why a line was not done.
func (s *screen) complain(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.side(fmt.Appendf(nil, "dechat: %s\n", printable(err.Error())))
}

// chatter prints a line of talk; s.mu is held.
func (s *screen) chatter(format string, args ...any) {
	s.side(fmt.Appendf(nil, "* "+format+"\n", args...))
}

// side writes to stderr, which may fail in peace.
func (s *screen) side(line []byte) { _, _ = s.err.Write(line) }

// print writes to stdout and tells the first failure; s.mu is held.
func (s *screen) print(line []byte) {
	if s.bad != nil {
		return
	}
	if _, s.bad = s.out.Write(line); s.bad != nil {
		s.failed(fmt.Errorf("stdout: %w", s.bad))
	}
}
