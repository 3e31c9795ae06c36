package dechat

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		line string
		want command
	}{
		{"", command{}},
		{" \t\r\n", command{}},
		{"hello", command{shout, "hello"}},
		{"  hello \r\n", command{shout, "  hello "}},
		{"//etc", command{shout, "/etc"}},
		{"//", command{shout, "/"}},
		{"/whisper bob hi  there", command{whisper, "bob hi  there"}},
		{"/w bob hi", command{whisper, "bob hi"}},
		{"/join  MUSIC room ", command{join, "MUSIC room"}},
		{"/leave", command{leave, ""}},
		{"/leave CHAT", command{leave, "CHAT"}},
		{"/peers", command{peers, ""}},
		{"/groups ", command{groups, ""}},
		{"/help", command{help, ""}},
		{"/quit\r", command{quit, ""}},
	} {
		got, err := parse(c.line)
		if err != nil || got != c.want {
			t.Errorf("parse(%q) = %q, %v, want %q", c.line, got, err, c.want)
		}
	}
	for _, line := range []string{"/", "/nonsense", "/WHISPER bob hi", "/whisper", "/join", "/join  ", "/quit now", "/peers x", "/shout x"} {
		if got, err := parse(line); err == nil {
			t.Errorf("parse(%q) = %q, want an error", line, got)
		}
	}
}

func TestFind(t *testing.T) {
	all := []zyre.Peer{
		{Name: "bob", UUID: id("B0B1")},
		{Name: "bob smith", UUID: id("B0B2")},
		{Name: "twin", UUID: id("AAAAAA1")},
		{Name: "twin", UUID: id("AAAAAA2")},
		{Name: "c0", UUID: id("DD")},
		{Name: "carol", UUID: id("C0")},
		{Name: "e\x1bve", UUID: id("EE")},
	}
	for _, c := range []struct {
		rest, name, text string
		id               zyre.UUID
	}{
		{"bob hi", "bob", "hi", id("B0B1")},
		{"bob  hi ", "bob", " hi ", id("B0B1")},
		{"bob smith hi", "bob smith", "hi", id("B0B2")},
		{"bob smithers is here", "bob", "smithers is here", id("B0B1")},
		{`"bob smith" hi`, "bob smith", "hi", id("B0B2")},
		{`"bob" smith hi`, "bob", "smith hi", id("B0B1")},
		{"bob#B0B100 hi", "bob", "hi", id("B0B1")},
		{"bob smith#B0B200 hi", "bob smith", "hi", id("B0B2")},
		{"b0b2 hi", "bob smith", "hi", id("B0B2")},
		{"c0 a name before digits", "c0", "a name before digits", id("DD")},
		{"aaaaaa1 hi", "twin", "hi", id("AAAAAA1")},
		{id("AAAAAA2").String() + " hi", "twin", "hi", id("AAAAAA2")},
		{"b0b20000-0000-0000-0000-000000000000 hi", "bob smith", "hi", id("B0B2")},
		{`e\x1bve hi`, "e\x1bve", "hi", id("EE")},
		{"carol", "carol", "", id("C0")},
	} {
		p, text, err := find(all, c.rest)
		if err != nil || p.Name != c.name || p.UUID != c.id || text != c.text {
			t.Errorf("find(%q) = %q %s, %q, %v", c.rest, p.Name, p.UUID, text, err)
		}
	}
	for rest, want := range map[string]string{
		"twin hi":        `2 peers answer to "twin": say which, by the first digits of the UUID: AAAAAA1, AAAAAA2`,
		"b hi":           `2 peers answer to "b": say which, by the first digits of the UUID: B0B100, B0B200`,
		"twin#AAAAAA hi": `2 peers answer to "twin#AAAAAA": say which, by the first digits of the UUID: AAAAAA1, AAAAAA2`,
		"nobody hi":      `"nobody": nobody there is called that: /peers shows who is there`,
		`"bob smith hi`:  `"\"bob": nobody there is called that: /peers shows who is there`,
		`"" hi`:          `"": nobody there is called that: /peers shows who is there`,
	} {
		if p, _, err := find(all, rest); err == nil || err.Error() != want {
			t.Errorf("find(%q) = %q, %v, want %s", rest, p.Name, err, want)
		}
	}
}

func TestCompletePath(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"photo a.jpg", "photo b.jpg", "notes", "nothing\x1b", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	sep := string(filepath.Separator)
	for line, want := range map[string]string{
		"/send p":                   "/send photo ",
		"/send photo a":             "/send photo a.jpg",
		"/send n":                   "/send notes",
		"/send d":                   "/send deep" + sep,
		"/send deep" + sep:          "/send deep" + sep,
		"/send .":                   "/send .hidden",
		"/send x":                   "/send x",
		"/send " + dir + sep + "n":  "/send " + dir + sep + "notes",
		"/send nowhere" + sep + "n": "/send nowhere" + sep + "n",
	} {
		if got, at := complete(line, len(line), nil); got != want || at != len(want) {
			t.Errorf("complete(%q) = %q, %d, want %q", line, got, at, want)
		}
	}
}

func TestComplete(t *testing.T) {
	all := []zyre.Peer{
		{Name: "bob", UUID: id("B0")}, {Name: "bobby tables", UUID: id("B1")},
		{Name: "twin", UUID: id("AAAAAA1")}, {Name: "twin", UUID: id("AAAAAB")},
		{Name: "größe", UUID: id("C1")}, {Name: "grüße", UUID: id("C2")},
	}
	for _, c := range []struct{ line, want string }{
		{"hello|", "hello|"},
		{"/|", "/|"},
		{"/wh|", "/whisper |"},
		{"/l|", "/leave |"},
		{"/whisper b|", "/whisper b|"},
		{"/whisper bo|", "/whisper bo|"},
		{"/whisper bobb|", `/whisper "bobby tables" |`},
		{"/whisper bob| hi", `/whisper bob| hi`},
		{"/w tw|", "/w twin#AAAAA|"},
		{"/w g|", "/w gr|"},
		{"/w nobody|", "/w nobody|"},
		{"/join b|", "/join b|"},
	} {
		pos := strings.Index(c.line, "|")
		got, at := complete(strings.Replace(c.line, "|", "", 1), pos, all)
		if got = got[:at] + "|" + got[at:]; got != c.want {
			t.Errorf("complete(%q) = %q, want %q", c.line, got, c.want)
		}
	}
}

func TestReadLines(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	read := readLines(strings.NewReader("one\n\n" + long + "\n" + strings.Repeat("y", maxLine+1) + "\nlast"))
	for _, want := range []string{"one\n", "\n", long + "\n"} {
		if got, err := read(); err != nil || got != want {
			t.Fatalf("got %d octets, %v", len(got), err)
		}
	}
	if _, err := read(); !errors.Is(err, errTooLong) {
		t.Fatal(err)
	}
	if got, err := read(); err != nil || got != "last" {
		t.Fatalf("%q %v", got, err)
	}
	if _, err := read(); err != io.EOF {
		t.Fatal(err)
	}
}

// typed runs the line editor on what keys send, and returns the lines read and
// what was on the screen.
func typed(t *testing.T, sent string) (lines []string, screen string) {
	t.Helper()
	var out bytes.Buffer
	term := newTerminal(struct {
		io.Reader
		io.Writer
	}{&keys{strings.NewReader(sent)}, &out})
	e := &editor{term: term}
	for {
		line, err := e.line()
		if err != nil {
			return lines, out.String()
		}
		lines = append(lines, line)
	}
}

func TestEditor(t *testing.T) {
	for _, c := range []struct{ keys, want string }{
		{"hello\r", "hello"},
		{"one\rtwo\r\x1b[A\x1b[A\r", "one,two,one"},
		{"one\r\r\rtwo\r\x1b[A\x1b[A\r", "one,,,two,one"}, // history holds no empty lines
		{"ello\x1b[1~h\r", "hello"},                       // Home
		{"ello\x1bOHh\x1bOF!\r", "hello!"},                // Home, End
		{"one two\x1b[1;5Dbig \r", "one big two"},         // Ctrl-Left
		{"Grüße 世界\x7f\r", "Grüße 世"},
		{"gone\x03kept\r", ""},
		{"\x04kept\r", ""},
		{"\x1b[200~pasted\ttab\r\x1b[201~", "pasted\ttab"},
	} {
		lines, _ := typed(t, c.keys)
		if got := strings.Join(lines, ","); got != c.want {
			t.Errorf("keys %q: %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	h := &history{}
	for i := range 2 * maxHistory {
		h.Add(strings.Repeat("x", i%7))
		h.Add(strings.Repeat("y", 1+i%5))
	}
	if h.Len() > maxHistory || h.At(0) == h.At(1) {
		t.Fatal(h.Len(), h.At(0), h.At(1))
	}
}

// A line that comes in while one is typed appears above it.
func TestIncomingLineRedrawsTheTypedOne(t *testing.T) {
	inR, inW := io.Pipe()
	var out bytes.Buffer
	term := newTerminal(struct {
		io.Reader
		io.Writer
	}{inR, &out})
	e := &editor{term: term}
	e.prompt("CHAT")
	done := make(chan string)
	go func() {
		line, _ := e.line()
		done <- line
	}()
	_, _ = io.WriteString(inW, "half")
	_, _ = io.WriteString(inW, "a") // returns once the editor reads again, so "half" is on the screen
	_, _ = e.Write([]byte("bob: hi\n"))
	_, _ = io.WriteString(inW, " line\r")
	if line := <-done; line != "halfa line" {
		t.Fatal(line)
	}
	_ = inW.Close()
	if got := out.String(); !strings.Contains(got, "bob: hi\r\nCHAT> half") {
		t.Fatalf("%q", got)
	}
}
