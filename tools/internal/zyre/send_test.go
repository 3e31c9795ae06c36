package zyre

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

// stage is a run under test, in a bubble of testing/synctest.
type stage struct {
	t        *testing.T
	node     *fake
	out, err bytes.Buffer
	leave    context.CancelFunc
	done     chan error
}

// play runs what is given until the end of the test; events come from script,
// which may let time pass.
func play(t *testing.T, run func(ctx context.Context, n source, b *board) error, json bool, script func(s *stage)) (out, talk string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &stage{t: t, node: newFake(nil), done: make(chan error, 1)}
		ctx, leave := context.WithCancel(t.Context())
		s.leave = leave
		b := newBoard(cli.Streams{Out: &s.out, Err: &s.err}, json)
		go func() { s.done <- run(ctx, s.node, b) }()
		script(s)
		synctest.Wait()
		select {
		case err = <-s.done:
		default:
			t.Error("it has not ended")
			leave()
			<-s.done
		}
		leave()
		b.close()
		out, talk = s.out.String(), s.err.String()
	})
	return out, talk, err
}

func (s *stage) tell(e zyre.Event) {
	e.Time = time.Now()
	s.node.mu.Lock()
	defer s.node.mu.Unlock()
	s.node.events <- e
}

// ended reports whether it is over.
func (s *stage) ended() bool {
	synctest.Wait()
	return len(s.done) > 0
}

// comes lets a peer in that takes files.
func (s *stage) comes(name string, peer zyre.UUID) {
	e := enter(name, peer)
	e.Headers = map[string]string{"X-FILEMQ": "tcp://10.0.0.1:50000"}
	s.tell(e)
}

func (s *stage) has(name string, peer zyre.UUID) {
	s.tell(zyre.Event{Type: zyre.Sent, Peer: peer, Name: name, Path: "b", Group: ""})
}

// sending returns what play runs, with a file that is there.
func sending(t *testing.T, o SendOptions) (func(context.Context, source, *board) error, string) {
	t.Helper()
	o.File, o.As = filepath.Join(t.TempDir(), "a"), "b"
	if err := os.WriteFile(o.File, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	return func(ctx context.Context, n source, b *board) error { return send(ctx, n, o, b) }, o.File
}

// Once leaves when all have it who take files, and nobody more comes.
func TestSendOnce(t *testing.T) {
	run, _ := sending(t, SendOptions{Once: true})
	out, talk, err := play(t, run, false, func(s *stage) {
		s.comes("bob", id(2))
		s.tell(enter("chat", id(9))) // takes no files
		s.has("bob", id(2))
		time.Sleep(settle / 2)
		s.comes("carol", id(3))
		time.Sleep(10 * settle)
		if s.ended() {
			t.Error("it ended without carol")
		}
		s.comes("late", id(4))
		s.has("carol", id(3))
		time.Sleep(10 * settle)
		if s.ended() {
			t.Error("it ended without the late one")
		}
		s.tell(zyre.Event{Type: zyre.Exit, Peer: id(4), Name: "late", Cause: zyre.ErrExpired})
		time.Sleep(2 * glance)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := "sent b to bob\nsent b to carol\n--- b sent to 2 peers, in "; !strings.HasPrefix(out, want) {
		t.Errorf("%q, want %q", out, want)
	}
	if !strings.Contains(talk, "* bob entered (02ABCD") || strings.Contains(out, "entered") {
		t.Error(out, talk)
	}
}

// Of a group only members count, whenever they join and leave.
func TestSendOnceToGroup(t *testing.T) {
	run, _ := sending(t, SendOptions{Once: true, Group: "G"})
	_, _, err := play(t, run, false, func(s *stage) {
		for i, name := range []string{"bob", "carol", "dave"} {
			s.comes(name, id(byte(i)))
		}
		s.tell(zyre.Event{Type: zyre.Join, Peer: id(0), Group: "G"})
		s.tell(zyre.Event{Type: zyre.Join, Peer: id(1), Group: "G"})
		s.tell(zyre.Event{Type: zyre.Join, Peer: id(2), Group: "other"})
		s.tell(zyre.Event{Type: zyre.Sent, Peer: id(0), Name: "bob", Path: "b", Group: "G"})
		time.Sleep(10 * settle)
		if s.ended() {
			t.Error("it ended without carol")
		}
		s.tell(zyre.Event{Type: zyre.Leave, Peer: id(1), Group: "G"})
		time.Sleep(settle - glance)
		if s.ended() {
			t.Error("it ended before it was calm")
		}
		time.Sleep(2 * glance)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Who was reached counts once, however often it comes and is told to have it.
func TestSendCountsPeers(t *testing.T) {
	run, _ := sending(t, SendOptions{})
	out, _, err := play(t, run, false, func(s *stage) {
		for range 2 {
			s.comes("bob", id(2))
			s.has("bob", id(2))
			s.tell(zyre.Event{Type: zyre.Exit, Peer: id(2), Name: "bob", Cause: zyre.ErrExpired})
		}
		s.comes("carol", id(3))
		s.has("carol", id(3))
		s.leave()
	})
	if err != nil || !strings.Contains(out, "--- b sent to 2 peers, in ") {
		t.Fatal(err, out)
	}
	a := newAudience("", time.Now())
	for i := range uint32(maxReached + 10) {
		var peer zyre.UUID
		binary.BigEndian.PutUint32(peer[:], i)
		for _, kind := range []zyre.EventType{zyre.Enter, zyre.Sent, zyre.Exit} {
			a.event(zyre.Event{Type: kind, Peer: peer}, time.Now())
		}
	}
	if a.sent() != maxReached || len(a.peers) != 0 {
		t.Error(a.sent(), len(a.peers))
	}
}

func TestSendFails(t *testing.T) {
	for name, c := range map[string]struct {
		script func(s *stage)
		want   string
	}{
		"nobody comes": {func(s *stage) { time.Sleep(time.Minute) },
			"the time is over: nobody came who takes files: is anybody listening, on the same port and network? `zyre doctor` looks for what keeps them away"},
		"interrupted": {func(s *stage) {
			s.comes("bob", id(1))
			for i := range byte(5) {
				s.comes("c\x1b", id(i+2))
			}
			s.has("bob", id(1))
			s.tell(zyre.Event{Type: zyre.Exit, Peer: id(6), Name: "c", Cause: zyre.ErrClosed}) // as when we leave
			s.leave()
		}, `interrupted: c\x1b, c\x1b, c\x1b, c\x1b, c\x1b may not have all of it`},
		"a crowd": {func(s *stage) {
			for i := range byte(120) {
				s.comes("c", id(i))
			}
			time.Sleep(time.Minute)
		}, "the time is over: " + strings.Repeat("c, ", 99) + "c and 20 more may not have all of it"},
		"not heard of": {func(s *stage) {
			s.comes("bob", id(1))
			s.comes("carol", id(2))
			s.tell(zyre.Event{Type: zyre.Silent, Peer: id(1), Name: "bob"})
			s.tell(zyre.Event{Type: zyre.Silent, Peer: id(2), Name: "carol"})
			s.tell(zyre.Event{Type: zyre.Join, Peer: id(2), Name: "carol", Group: "G"})
			time.Sleep(time.Minute)
		}, "the time is over: bob (which is not heard of), carol may not have all of it"},
		"too early": {func(s *stage) {
			s.comes("bob", id(1))
			s.has("bob", id(1))
			s.leave()
		}, "interrupted: perhaps not everybody was there yet"},
		"the node breaks": {func(s *stage) {
			s.node.err = errBroken
			_ = s.node.Close()
		}, "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			run, _ := sending(t, SendOptions{Once: true, For: time.Minute})
			if _, _, err := play(t, run, false, c.script); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// Without Once an end is no failure, and the user is told what is odd.
func TestSendUntilInterrupted(t *testing.T) {
	var file string
	run, file := sending(t, SendOptions{})
	_, talk, err := play(t, run, true, func(s *stage) {
		time.Sleep(lonely + glance)
		s.comes("bob", id(2))
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * glance)
		s.leave()
	})
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(talk), "\n")
	if len(lines) != 2 || lines[0] != "* nobody takes files yet: waiting for listeners; `zyre doctor` looks for what keeps them away" ||
		!strings.Contains(lines[1], "no such file") || !strings.Contains(lines[1], ": nobody gets it any more, unless it comes back; who has it keeps it") {
		t.Errorf("%q", lines)
	}
}

func TestSendOnceFileVanishes(t *testing.T) {
	run, file := sending(t, SendOptions{Once: true})
	_, _, err := play(t, run, false, func(s *stage) {
		s.comes("bob", id(2))
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * glance)
	})
	if err == nil || !strings.Contains(err.Error(), "no such file") || !strings.Contains(err.Error(), "bob may not have all of it") {
		t.Fatal(err)
	}
}

func TestNothingToSend(t *testing.T) {
	dir := t.TempDir()
	for file, want := range map[string]string{
		filepath.Join(dir, "\x1bmissing"): `\x1bmissing: no such file`,
		dir:                               "is a directory",
		os.DevNull:                        "is no regular file",
	} {
		err := Send(t.Context(), SendOptions{File: file}, cli.Streams{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", file, err, want)
		}
	}
	if err := Send(t.Context(), SendOptions{For: -1}, cli.Streams{}); !errors.Is(err, cli.ErrUsage) {
		t.Error(err)
	}
}
