package zyretrace

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/tools/internal/cli"
)

func talk(t *testing.T) string {
	w := &writer{t: t}
	w.begin(0, 1, "alice")
	w.begin(0, 2, "bob")
	w.begin(0, 3, "carol")
	for i, peer := range []byte{2, 3} { // so that their clocks are known
		at := time.Duration(1+4*i) * ms
		w.command(at, 1, false, peer, zre.Message{ID: zre.IDPing, Sequence: 1})
		w.command(at+ms, peer, true, 1, zre.Message{ID: zre.IDPing, Sequence: 1})
		w.command(at+ms, peer, false, 1, zre.Message{ID: zre.IDPingOK, Sequence: 1})
		w.command(at+2*ms, 1, true, peer, zre.Message{ID: zre.IDPingOK, Sequence: 1})
	}
	for i, peer := range []byte{2, 3} {
		w.command(time.Duration(10+i)*ms, 1, false, peer, zre.Message{ID: zre.IDShout, Sequence: 2, Group: []byte("CHAT"), Content: [][]byte{make([]byte, 100)}})
		w.command(time.Duration(20+i)*ms, peer, true, 1, zre.Message{ID: zre.IDShout, Sequence: 2, Group: []byte("CHAT"), Content: [][]byte{make([]byte, 100)}})
	}
	w.command(30*ms, 2, false, 3, zre.Message{ID: zre.IDJoin, Sequence: 4, Group: []byte("OPS"), Status: 3})
	w.command(31*ms, 3, true, 2, zre.Message{ID: zre.IDJoin, Sequence: 4, Group: []byte("OPS"), Status: 3})
	w.line(32*ms, 3, trace.Line{Event: "JOIN", Peer: id(2), Name: "bob", Group: "OPS"})
	w.line(40*ms, 3, trace.Line{Event: "EXIT", Peer: id(1), Name: "alice", Cause: "it said goodbye"})
	return w.file("talk")
}

func TestFilters(t *testing.T) {
	path := talk(t)
	lines := func(f Filter) (kept []string) {
		for line := range strings.Lines(run(t, Options{Files: []string{path}, Filter: f})) {
			if !strings.HasPrefix(line, "#") {
				_, text, _ := strings.Cut(strings.TrimSpace(line), "  ")
				kept = append(kept, text)
			}
		}
		return kept
	}
	shoutOut, shoutIn := "alice ─► bob  SHOUT #2 CHAT, 100 octets", "bob ◄─ alice  SHOUT #2 CHAT, 100 octets (10ms later)"
	joinOut, joinIn := "bob ─► carol  JOIN #4 OPS", "carol ◄─ bob  JOIN #4 OPS (1ms later)"
	if got := lines(Filter{Groups: []string{"OPS"}}); !slices.Equal(got, []string{joinOut, joinIn, "carol  JOIN bob OPS"}) {
		t.Errorf("%q", got)
	}
	if got := lines(Filter{Peers: []string{"alice", "bob"}}); !slices.Contains(got, shoutOut) || !slices.Contains(got, shoutIn) || strings.Contains(strings.Join(got, ""), "carol") {
		t.Errorf("%q", got)
	}
	if got := lines(Filter{Peers: []string{"0300"}}); strings.Contains(strings.Join(got, ""), "bob ◄─ alice") || !slices.Contains(got, "carol  EXIT alice: it said goodbye") {
		t.Errorf("%q", got)
	}
	for _, since := range []string{"40ms", "12:00:00.04", "2001-02-03T12:00:00.04Z"} {
		if got := lines(Filter{Since: since}); !slices.Equal(got, []string{"carol  EXIT alice: it said goodbye", "carol  its trace ends here: it was not stopped"}) {
			t.Errorf("since %s: %q", since, got)
		}
	}
	if got := lines(Filter{Until: "500us"}); len(got) != 3 {
		t.Errorf("%q", got)
	}
	for _, f := range []Filter{{Since: "yesterday"}, {Until: "-5s"}} {
		if err := Run(t.Context(), Options{Files: []string{path}, Filter: f}, cli.Streams{Out: io.Discard}); !errors.Is(err, cli.ErrUsage) {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for _, f := range []Filter{{Peers: []string{"nobody\x1b"}}, {Groups: []string{"none"}}, {Since: "1h"}} {
		if err := Run(t.Context(), Options{Files: []string{path}, Filter: f}, cli.Streams{Out: io.Discard}); err == nil || strings.Contains(err.Error(), "\x1b") {
			t.Errorf("%+v: %v", f, err)
		}
	}
}

// hostile are names as enemies choose them.
var hostile = []string{"<script>alert(1)</script>", "\x1b]0;owned\a", "a\nNote over p0: lies", "\u202e#35;%%{init}%%", `"]]>&amp;`, "\xff\x00;", strings.Repeat("long", 60), "end", ""}

// Whatever nodes, groups and causes are called, it stays text.
func TestHostileNames(t *testing.T) {
	w := &writer{t: t}
	for i, name := range hostile {
		me, other := byte(i+1), byte((i+1)%len(hostile)+1)
		w.begin(0, me, name)
		w.command(time.Duration(i)*ms, me, false, other, zre.Message{ID: zre.IDShout, Sequence: 1, Group: []byte(strings.ReplaceAll(name, "\x00", "")), Content: [][]byte{[]byte(name)}})
		w.line(time.Duration(i)*ms, me, trace.Line{Event: "EXIT", Peer: id(other), Name: trace.Text(name), Cause: trace.Text(name), Group: trace.Text(name)})
		w.line(time.Duration(i)*ms, me, trace.Line{In: trace.Failed, Peer: id(other), Addr: name, Error: trace.Text(name)})
		w.line(time.Duration(i)*ms, me, trace.Line{Out: trace.Connect, Peer: id(other), Endpoint: trace.Text(name)})
	}
	path := w.file("hostile")
	for _, format := range []string{"text", "mermaid", "svg"} {
		text := run(t, Options{Files: []string{path}, Format: format})
		for _, r := range text {
			if r != '\n' && (unicode.IsControl(r) || r == '\u202e' || r == unicode.ReplacementChar) {
				t.Errorf("%s has %q in it", format, r)
			}
		}
		switch format {
		case "svg":
			drawn(t, text)
		case "mermaid":
			for line := range strings.Lines(text) {
				if strings.ContainsAny(strings.TrimSpace(strings.TrimPrefix(strings.ReplaceAll(line, "->>", ""), "    %%")), "<>%\"") {
					t.Errorf("Mermaid may understand %q", line)
				}
			}
			if os.Getenv("KEEP") != "" {
				_ = os.WriteFile(os.Getenv("KEEP"), []byte(text), 0o600)
			}
		}
	}
}

// drawn fails if a drawing is no XML, or has in it what a drawing has not.
func drawn(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		if e, is := token.(xml.StartElement); is && !slices.Contains([]string{"svg", "title", "style", "rect", "text", "path", "circle"}, e.Name.Local) {
			t.Errorf("the drawing has an element %s", e.Name.Local)
		}
	}
}

// Commands that a line says nobody sent, or got, are told beside the node.
func TestNobody(t *testing.T) {
	path := (&writer{t: t, b: *bytes.NewBufferString(nobody)}).file("nobody")
	for format, wants := range map[string][]string{
		"text":    {"010000  sends nobody PING #1: full\n", "010000  hears of nobody PING #2\n"},
		"mermaid": {"Note over p0: 12#58;00#58;00.000 sends nobody PING #35;1#58; full\n", " hears of nobody PING #35;2\n"},
		"svg":     {">sends nobody PING #1: full</text>", ">hears of nobody PING #2</text>"},
	} {
		text := run(t, Options{Files: []string{path}, Format: format})
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("there is no %q in %s", want, text)
			}
		}
	}
}

const nobody = `{"time":"2001-02-03T12:00:00Z","node":"01000000000000000000000000000001","out":"send","command":"PING","sequence":1,"error":"full"}
{"time":"2001-02-03T12:00:00Z","node":"01000000000000000000000000000001","in":"recv","command":"PING","sequence":2}
`

// What is left out of a drawing is told in it.
func TestManySteps(t *testing.T) {
	w := &writer{t: t}
	w.begin(0, 1, "alice")
	for i := range most + 10 {
		w.command(time.Duration(i)*ms, 1, false, 2, zre.Message{ID: zre.IDPing, Sequence: uint16(i)})
	}
	for _, format := range []string{"mermaid", "svg"} {
		if text := run(t, Options{Files: []string{w.file("many")}, Format: format}); !strings.Contains(text, "and 12 steps more") {
			t.Error(text[len(text)-300:])
		}
	}
}

// Traces that end anywhere, that are none, and that contradict each other.
func TestBadTraces(t *testing.T) {
	good, err := os.ReadFile(talk(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text, fails, says string
	}{
		{name: "cut", text: string(good[:len(good)-20]), says: "cut ends in the middle of a line"},
		{name: "empty", fails: "nothing is in these traces"},
		{name: "other", text: "hello\n" + string(good), fails: "line 1 is none of a trace"},
		{name: "numbers", text: "1\n2\n", fails: "line 1 is none of a trace"},
	} {
		w := &writer{t: t}
		w.b.WriteString(c.text)
		var errs bytes.Buffer
		err := Run(t.Context(), Options{Files: []string{w.file(c.name)}}, cli.Streams{Out: io.Discard, Err: &errs})
		if (err != nil) != (c.fails != "") || err != nil && !strings.Contains(err.Error(), c.fails) || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: %v, %s", c.name, err, errs.String())
		}
	}
	// Each has the other's command before it sent its own: no order is right, and there is one.
	w := &writer{t: t}
	w.command(0, 1, true, 2, zre.Message{ID: zre.IDPing, Sequence: 1})
	w.command(0, 1, false, 2, zre.Message{ID: zre.IDPing, Sequence: 1})
	w.command(0, 2, true, 1, zre.Message{ID: zre.IDPing, Sequence: 1})
	w.command(0, 2, false, 1, zre.Message{ID: zre.IDPing, Sequence: 1})
	if got := strings.Count(run(t, Options{Files: []string{w.file("contradiction")}}), "PING #1"); got != 4 {
		t.Errorf("%d of 4 steps are there", got)
	}
	if err := Run(t.Context(), Options{Files: []string{"nowhere"}}, cli.Streams{}); err == nil || fmt.Sprint(err) != "nowhere: no such file or directory" {
		t.Error(err)
	}
}

// Whatever is in a trace, it is drawn or refused, and the drawing is one.
func FuzzTrace(f *testing.F) {
	for _, name := range []string{"n0", "n2"} {
		text, err := os.ReadFile(filepath.Join(page, name+".jsonl"))
		if err != nil {
			f.Fatal(err)
		}
		lines := strings.SplitAfter(string(text), "\n")
		f.Add(strings.Join(lines[:12], ""))
		f.Add(strings.Join(lines[len(lines)-12:], ""))
	}
	f.Add(nobody)
	f.Fuzz(func(t *testing.T, text string) {
		l := newLoader(true)
		_ = l.read(t.Context(), strings.NewReader(text))
		if l.count == 0 {
			return
		}
		s := l.story
		s.align()
		s.order()
		_ = s.apply(Filter{Since: "1s", Peers: []string{"n2"}})
		if len(s.steps) == 0 {
			return
		}
		var svg strings.Builder
		if err := errors.Join(s.writeText(io.Discard), s.writeMermaid(io.Discard), s.writeSVG(&svg)); err != nil {
			t.Error(err)
		}
		drawn(t, svg.String())
	})
}
