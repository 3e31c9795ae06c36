package zyre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

func listening(o ListenOptions) func(context.Context, source, *board) error {
	return func(ctx context.Context, n source, b *board) error { return listen(ctx, n, o, b) }
}

// Nothing of what others call their files and groups reaches a terminal raw.
func TestListen(t *testing.T) {
	out, talk, err := play(t, listening(ListenOptions{}), false, func(s *stage) {
		s.comes("b\x1bb", id(2))
		of := func(kind zyre.EventType, path string, change func(*zyre.Event)) {
			e := zyre.Event{Type: kind, Peer: id(2), Name: "b\x1bb", Path: path, File: "/in/" + path}
			if change != nil {
				change(&e)
			}
			s.tell(e)
		}
		of(zyre.Progress, "a", nil)
		of(zyre.Deliver, "a\nb", func(e *zyre.Event) { e.Size = 1 })
		of(zyre.Deliver, "c/d", func(e *zyre.Event) { e.Group, e.Size = "G\a", 20 })
		of(zyre.Refused, "x\x00", func(e *zyre.Event) { e.Cause = errors.New("bad\x1b") })
		for range 3 {
			of(zyre.Refused, "", func(e *zyre.Event) { e.Cause = errors.New("full") })
		}
		of(zyre.Progress, "a", nil)
		of(zyre.Refused, "", nil)
		s.tell(zyre.Event{Type: zyre.Exit, Peer: id(2), Name: "b\x1bb", Cause: zyre.ErrExpired})
		time.Sleep(12 * time.Second)
		s.leave()
	})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, out, `
received a\nb from b\x1bb (/in/a\nb, 1 octet)
received c/d from b\x1bb in G\x07 (/in/c/d, 20 octets)
--- 2 files received, 21 octets, in 12.0 s; 1 refused
`)
	wantLines(t, talk, `
* b\x1bb entered (02ABCD00000000000000000000000000 at tcp://127.0.0.1:50000)
* refused x\x00 from b\x1bb: bad\x1b
* nothing from b\x1bb can be taken (full): waiting, and trying again
* nothing from b\x1bb can be taken (no reason given): waiting, and trying again
* b\x1bb left (`+zyre.ErrExpired.Error()+`)
`)
}

func TestListenJSON(t *testing.T) {
	out, talk, err := play(t, listening(ListenOptions{For: time.Second}), true, func(s *stage) {
		s.comes("bob", id(2))
		s.tell(zyre.Event{Type: zyre.Deliver, Peer: id(2), Name: "bob", Path: "a", File: "/in/a", Size: 3, Digest: []byte{1}})
		s.tell(zyre.Event{Type: zyre.Refused, Peer: id(2), Path: "b"})
		time.Sleep(2 * time.Second)
	})
	if err != nil || talk != "" {
		t.Fatal(err, talk)
	}
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		want := []string{`{"type":"ENTER",`, `{"type":"DELIVER","peer":"02ABCD00000000000000000000000000","name":"bob","path":"a","file":"/in/a","size":3,"digest":"01",`,
			`{"type":"REFUSED",`, `{"type":"SUMMARY","files":1,"octets":3,"refused":1,"duration_ns":1000000000,`}[i]
		if !strings.HasPrefix(line, want) || !strings.HasSuffix(line, `"}`) {
			t.Errorf("%s, want %s", line, want)
		}
	}
}

// A peer that has much that cannot be taken does not fill the screen, nor does
// it fill memory.
func TestManyRefused(t *testing.T) {
	out, talk, err := play(t, listening(ListenOptions{}), false, func(s *stage) {
		s.comes("bob", id(2))
		for i := range 3 * maxRefused {
			s.tell(zyre.Event{Type: zyre.Refused, Peer: id(2), Name: "bob", Path: fmt.Sprint(i)})
		}
		s.leave()
	})
	if err != nil || strings.Count(talk, "\n") != maxRefused+2 || !strings.HasSuffix(talk, "* more is refused from bob: it is only counted from now on\n") {
		t.Error(err, strings.Count(talk, "\n"))
	}
	if !strings.HasSuffix(out, fmt.Sprintf("; %d refused\n", 3*maxRefused)) {
		t.Error(out)
	}
}

// Nothing is left of a peer that has gone, who may have had any name.
func TestPeerIsForgotten(t *testing.T) {
	b := newBoard(cli.Streams{Out: io.Discard, Err: io.Discard}, false)
	for i := range byte(10) {
		b.event(enter("bob", id(i)))
		b.event(zyre.Event{Type: zyre.Refused, Peer: id(i), Name: "bob"})
		b.event(zyre.Event{Type: zyre.Refused, Peer: id(i), Name: "bob", Path: "a"})
		b.event(zyre.Event{Type: zyre.Exit, Peer: id(i), Name: "bob"})
	}
	if n := len(b.blocked) + len(b.refused) + b.names.Count("bob"); n > 0 {
		t.Error(n)
	}
}

func TestListenStdoutFails(t *testing.T) {
	run := func(ctx context.Context, n source, b *board) error {
		b.w = brokenWriter{}
		return listen(ctx, n, ListenOptions{}, b)
	}
	_, _, err := play(t, run, false, func(s *stage) {
		s.comes("bob", id(2))
		s.tell(zyre.Event{Type: zyre.Deliver, Peer: id(2), Path: "a"})
	})
	if !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if err := Listen(t.Context(), ListenOptions{For: -1}, cli.Streams{}); !errors.Is(err, cli.ErrUsage) {
		t.Error(err)
	}
}
