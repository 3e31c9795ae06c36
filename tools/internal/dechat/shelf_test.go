package dechat

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
)

// A pipe's file waits for somebody to offer it to, and for somebody to have it.
func TestSend(t *testing.T) {
	s := start(t, Options{Inbox: "in", Wait: forEver})
	file := filepath.Join(t.TempDir(), "a b")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.types("/send " + file)
	<-s.node.asked
	s.node.come("bob", id("B0"), "CHAT")
	s.told("publish CHAT " + file + " a b")
	_ = s.in.Close()
	s.node.come("carol", id("C0"), "CHAT", "files")
	s.node.come("dave", id("D0"), "files")
	for _, peer := range []zyre.UUID{id("B0"), id("C0")} {
		select {
		case err := <-s.done:
			t.Fatal("it did not wait for all:", err)
		case s.node.events <- zyre.Event{Type: zyre.Sent, Peer: peer, Group: "CHAT", Path: "a b"}:
		}
	}
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
}

// What cannot be sent is no file of ours; one of its name that could is.
func TestSendFails(t *testing.T) {
	s := start(t, Options{Inbox: "in", Wait: 1})
	file := func(folder, name string) string {
		path := filepath.Join(t.TempDir(), folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, bad, other := file("good", "a"), file(refused, "a"), file(refused, "b")
	s.types("/send "+good, "/send "+bad, "/send "+other, "/files", "/quit")
	s.told("publish CHAT " + good + " a")
	s.told("publish CHAT " + bad + " a")
	s.told("publish CHAT " + other + " b")
	s.prints(s.out, "a  yours  CHAT  0 here have it  "+good)
	if err := s.ended(); err == nil || err.Error() != "2 lines of stdin were not done" {
		t.Fatal(err)
	}
}

// Nobody has it before the patience of a pipe is over.
func TestSendToNobody(t *testing.T) {
	s := start(t, Options{Inbox: "in", Wait: 1})
	file := filepath.Join(t.TempDir(), "a")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.types(`/send "`+file+`"`, "/send "+file)
	s.told("publish CHAT " + file + " a")
	s.told("publish CHAT " + file + " a")
	_ = s.in.Close()
	if err := s.ended(); err == nil || err.Error() != "1 line of stdin was not done" {
		t.Fatal(err)
	}
}

// Nothing of what others call files reaches the terminal raw.
func TestFilesOfOthers(t *testing.T) {
	s := start(t, Options{Inbox: "in"})
	bob := id("B0B")
	s.prints(s.err, "* you are me ("+id("FFFF").String()+") on UDP port 0")
	say := func(e zyre.Event) {
		e.Peer, e.Name = bob, "b\x1bb"
		s.node.events <- e
	}
	say(zyre.Event{Type: zyre.Progress, Path: "a"})
	say(zyre.Event{Type: zyre.Deliver, Group: "CHAT", Path: "a\n", File: "/in/a\n", Size: 1})
	s.prints(s.err, `* b\x1bb sent a\n (/in/a\n, 1 octet)`)
	say(zyre.Event{Type: zyre.Deliver, Group: "MU\aSIC", Path: "b", File: "/in/b", Size: 20})
	s.prints(s.err, `* b\x1bb sent b [MU\x07SIC] (/in/b, 20 octets)`)
	say(zyre.Event{Type: zyre.Refused, Path: "c\x00", Cause: fmt.Errorf("bad\x1b")})
	s.prints(s.err, `* c\x00 of b\x1bb could not be taken (bad\x1b)`)
	say(zyre.Event{Type: zyre.Refused, Cause: fmt.Errorf("full")})
	s.prints(s.err, `* no file of b\x1bb can be taken (full)`)
	say(zyre.Event{Type: zyre.Sent, Group: "CHAT", Path: "d\x1b"})
	s.prints(s.err, `* b\x1bb has d\x1b`)
	s.types("/files", "/quit")
	s.prints(s.out, `a\n  from b\x1bb  CHAT       1 octet    /in/a\n`)
	s.prints(s.out, `b    from b\x1bb  MU\x07SIC  20 octets  /in/b`)
	if err := s.ended(); err != nil {
		t.Fatal(err)
	}
}

func TestShelf(t *testing.T) {
	var s shelf
	// The same file twice is one, and the oldest are forgotten.
	for i := range 3 * maxShelf {
		for range 2 {
			s.event(zyre.Event{Type: zyre.Deliver, Path: fmt.Sprint("came ", i), File: fmt.Sprint("/in/", i)})
			s.offer("G", "/out", fmt.Sprint("ours ", i))
		}
	}
	list := s.list()
	if n := strings.Count(list, "\n"); n != 2*maxShelf || strings.Count(list, "came 299 ") != 1 || strings.Count(list, "ours 299 ") != 1 || strings.Contains(list, "came 199 ") {
		t.Error(n, list)
	}
	// Who has left does not have it here, but has it.
	tell := func(kind zyre.EventType, group, path string, peer zyre.UUID) {
		s.event(zyre.Event{Type: kind, Group: group, Path: path, Peer: peer})
	}
	tell(zyre.Sent, "G", "ours 298", id("B0"))
	tell(zyre.Sent, "G", "ours 298", id("B0"))
	tell(zyre.Sent, "G", "ours 298", id("C0"))
	tell(zyre.Sent, "other", "ours 299", id("C0"))
	tell(zyre.Exit, "", "", id("C0"))
	list = s.list()
	for _, want := range []string{"ours 298  yours  G  1 here has it", "ours 299  yours  G  0 here have it"} {
		if !strings.Contains(list, want) {
			t.Errorf("%q is not in\n%s", want, list)
		}
	}
	if !s.has(id("B0"), "G", "ours 298") || s.has(id("C0"), "G", "ours 298") || s.has(id("B0"), "other", "ours 298") || s.has(id("B0"), "G", "ours 299") {
		t.Error("who has what?")
	}
	all := s.offers()
	if n := len(all); n != maxShelf || !all[n-2].taken || all[n-1].taken || all[n-1].as != "ours 299" {
		t.Error(all)
	}
	// What cannot be offered leaves all as it was.
	undo := s.offer("G", "/out", "ours 298")
	if s.has(id("B0"), "G", "ours 298") {
		t.Error("another file of that name is had already")
	}
	undo()
	if !s.has(id("B0"), "G", "ours 298") || len(s.offers()) != maxShelf {
		t.Error(s.offers())
	}
}

func TestFilePath(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for _, name := range []string{"a b", `"q"`, "c"} {
		if err := os.WriteFile(filepath.Join(home, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(home)
	for rest, want := range map[string]string{
		"a b": "a b", `"a b"`: "a b", `"q"`: "", `""q""`: "", "~/c": "c", `"~/c"`: "c", filepath.Join(home, "c"): "c",
		"~": "", "missing": "", ".": "", `"a b" c`: "",
	} {
		got, err := filePath(rest)
		if (err != nil) != (want == "") || err == nil && got != filepath.Join(home, want) {
			t.Errorf("%q: %q, %v, want %q", rest, got, err, want)
		}
	}
}
