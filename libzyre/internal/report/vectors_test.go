package report

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/rfcs"
)

// records are the frames of rfcs/vectors/zrelog/records.txtar, by name.
func records(t *testing.T) map[string]string {
	t.Helper()
	text, err := fs.ReadFile(rfcs.Vectors(), "zrelog/records.txtar")
	if err != nil {
		t.Fatal(err)
	}
	frames, name := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "-- "); ok {
			name = strings.TrimSuffix(rest, " --")
		}
		rest, ok := strings.CutPrefix(line, "frame ")
		if !ok {
			continue
		}
		var octets strings.Builder
		for part := range strings.FieldsSeq(rest) {
			octet, times, repeated := strings.Cut(part, "*")
			n := 1
			if repeated {
				if n, err = strconv.Atoi(times); err != nil {
					t.Fatal(err)
				}
			}
			octets.WriteString(strings.Repeat(octet, n))
		}
		frames[name] = octets.String()
	}
	return frames
}

// TestVectors: what is reported of each event is what the specification's vectors have, octet for octet.
func TestVectors(t *testing.T) {
	a, b := id(t, "A11CE000000040008000000000000001"), id(t, "B0B00000000040008000000000000002")
	w := newWorld(zrelog.LevelInfo)
	w.Reporter.cfg.ID, w.message.Node = a, zrelog.HashUUID(a)
	w.at = time.UnixMilli(1_700_000_000_123)
	w.cfg.Counters = func() Counters { return Counters{49, 123456, 234567, 3, 12345678, 23456789} }
	w.enter(core.ID{7}, "tcp://10.0.0.1:1", "tcp://*:7")
	l := w.fake.links[0]
	vectors := records(t)
	wants := func(what string, do func()) {
		t.Helper()
		l.frames = nil
		do()
		var want []string
		for name := range strings.SplitSeq(what, " | ") {
			if vectors[name] == "" {
				t.Fatalf("there is no vector %q", name)
			}
			want = append(want, vectors[name])
		}
		var got []string
		for _, f := range l.frames {
			got = append(got, hex.EncodeToString(f))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	event := func(e core.Event) func() {
		e.Peer, e.Time = b, w.at
		return func() { w.Observe(&e) }
	}
	wants("STATS", func() { w.Tick(w.at) })
	wants("JOIN: the node itself", func() { w.Own(w.at, zrelog.EventJoin, "CHAT") })
	wants("JOIN: a peer", event(core.Event{Type: core.Join, Group: "CHAT"}))
	wants("LEAVE: a peer, a group with a blank and an umlaut in it", event(core.Event{Type: core.Leave, Group: "a gröup"}))
	wants("ENTER: the endpoint, and a name with blanks in it", event(core.Event{Type: core.Enter, Addr: "tcp://192.168.7.2:50000", Name: "bob the second"}))
	wants("ENTER: of an IPv6 peer", event(core.Event{Type: core.Enter, Addr: "tcp://[fe80::1]:50000", Name: "bob"}))
	wants("ENTER: the name is cut between two characters", event(core.Event{Type: core.Enter, Addr: "tcp://192.168.7.2:50000", Name: strings.Repeat("ü", 127)}))
	wants("EXIT: it said so", event(core.Event{Type: core.Exit, Cause: core.ErrGoodbye}))
	wants("EXIT: it is lost", event(core.Event{Type: core.Exit, Cause: core.ErrUnreachable}))
	wants("EVASIVE", event(core.Event{Type: core.Evasive, Name: "bob"}))
	wants("SILENT", event(core.Event{Type: core.Silent, Name: "bob"}))
	wants("REFUSED: a file", event(core.Event{Type: core.Refused, File: &core.File{Path: "photos/a.jpg"}, Cause: errors.New("the disk is full")}))
	wants("STOP", event(core.Event{Type: core.Stop}))
	wants("STOP: with a cause", event(core.Event{Type: core.Stop, Cause: errors.New("no more sockets")}))
	wants("a text of an application", func() { w.Text(w.at, zrelog.LevelWarning, "the oven is hot") })
	wants("a text of 300 octets, its beginning | a text of 300 octets, its end", func() { w.Text(w.at, zrelog.LevelInfo, strings.Repeat("x", 300)) })
	wants("dropped: 1234 records of INFO, and then there is room | a text of an application", func() {
		l.room = 0
		for range 1234 {
			w.Own(w.at, zrelog.EventJoin, "x")
		}
		l.room = 10
		w.Text(w.at, zrelog.LevelWarning, "the oven is hot")
	})
	w.Close()
}

func id(t *testing.T, text string) (id core.ID) {
	t.Helper()
	if n, err := hex.Decode(id[:], []byte(text)); err != nil || n != len(id) {
		t.Fatal(n, err)
	}
	return id
}
