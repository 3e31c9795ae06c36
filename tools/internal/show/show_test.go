package show

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/zeromq/gozyre/libzyre"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"hello, world", "hello, world"},
		{"Grüße, 世界 \U0001f468\u200d\U0001f469\u200d\U0001f467", "Grüße, 世界 \U0001f468\u200d\U0001f469\u200d\U0001f467"},
		{"\x1b[2Jgone", `\x1b[2Jgone`},
		{"a\r\nroot: b", `a\r\nroot: b`},
		{"tab\tnul\x00del\x7f", `tab\tnul\x00del\x7f`},
		{"c1 \u009b31m", `c1 \u009b31m`},
		{"raw c1 \x9b31m", `raw c1 \x9b31m`},
		{"\u202eevil", `\u202eevil`},
		{"line\u2028end", `line\u2028end`},
		{"tag \U000e0041", `tag \U000e0041`},
		{"\xff\xfe", `\xff\xfe`},
		{"kept \ufffd", "kept \ufffd"},
	} {
		if got := Text(c.in); got != c.want {
			t.Errorf("Text(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("\x1b]0;title\a")
	f.Add("\u202e\xff")
	f.Fuzz(func(t *testing.T, in string) {
		for _, r := range Text(in) {
			if unicode.IsControl(r) || r == '\u202e' {
				t.Fatalf("%q is in the text of %q", r, in)
			}
		}
		line := Line(map[string]string{"text": in})
		for _, r := range strings.TrimSuffix(string(line), "\n") {
			if unicode.IsControl(r) {
				t.Fatalf("%q is in the JSON of %q", r, in)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(line, &back); err != nil || back["text"] != strings.ToValidUTF8(in, "\ufffd") && len(back["text"]) < len(in) {
			t.Fatalf("%q came back as %q: %v", in, back["text"], err)
		}
	})
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		msg   []string
		limit int
		want  string
	}{
		{nil, 0, ""},
		{[]string{""}, 0, ""},
		{[]string{"one"}, 0, "one"},
		{[]string{"one", "", "t\x1bo"}, 0, `one |  | t\x1bo`},
		{[]string{"0123456789"}, 10, "0123456789"},
		{[]string{"0123456789"}, 4, "0123 … (6 octets more)"},
		{[]string{"0123", "456789"}, 8, "0123 | 4 … (5 octets more)"},
		{[]string{"aé"}, 2, "a … (2 octets more)"},
	} {
		var msg [][]byte
		for _, frame := range c.msg {
			msg = append(msg, []byte(frame))
		}
		if got := Frames(msg, c.limit); got != c.want {
			t.Errorf("Frames(%q, %d) = %q, want %q", c.msg, c.limit, got, c.want)
		}
	}
}

var testTime = time.Date(2026, 1, 2, 3, 4, 5, 60, time.FixedZone("", 3600))

func TestJSON(t *testing.T) {
	peer, err := zyre.ParseUUID("00112233445566778899AABBCCDDEEFF")
	if err != nil {
		t.Fatal(err)
	}
	const id = `"peer":"00112233445566778899AABBCCDDEEFF"`
	for _, c := range []struct {
		event zyre.Event
		want  string
	}{
		{zyre.Event{Type: zyre.Enter, Peer: peer, Name: "bob", Addr: "tcp://127.0.0.1:49152", Headers: map[string]string{"k": "<v>"}},
			`{"type":"ENTER",` + id + `,"name":"bob","addr":"tcp://127.0.0.1:49152","headers":{"k":"<v>"},` + `"time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Exit, Peer: peer, Cause: errors.New("why")},
			`{"type":"EXIT",` + id + `,"cause":"why","time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Shout, Peer: peer, Group: "CHAT", Msg: [][]byte{[]byte("a\u009b"), {}}},
			`{"type":"SHOUT",` + id + `,"group":"CHAT","msg":["a\u009b",""],"time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Whisper, Peer: peer},
			`{"type":"WHISPER",` + id + `,"msg":[],"time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Whisper, Peer: peer, Msg: [][]byte{[]byte("text"), {0xff}}},
			`{"type":"WHISPER",` + id + `,"msg":["dGV4dA==","/w=="],"base64":true,"time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Deliver, Peer: peer, Group: "g", Path: "a/b\x1b", File: "/in/a/b", Digest: []byte{0xab, 1}},
			`{"type":"DELIVER",` + id + `,"group":"g","path":"a/b\u001b","file":"/in/a/b","size":0,"digest":"ab01","time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Progress, Peer: peer, Path: "\xff", File: "/in/\xff", Size: 9, Done: 0},
			`{"type":"PROGRESS",` + id + `,"path":"/w==","file":"L2luL/8=","size":9,"done":0,"base64":true,"time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Sent, Peer: peer, Path: "\xff"},
			`{"type":"SENT",` + id + `,"path":"/w==","size":0,"base64":true,"time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Sent, Peer: peer, Path: "a", Size: 3, Digest: []byte{0xab}},
			`{"type":"SENT",` + id + `,"path":"a","size":3,"digest":"ab","time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Refused, Peer: peer, Path: "a", Cause: errors.New("why")},
			`{"type":"REFUSED",` + id + `,"path":"a","cause":"why","time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Stop}, `{"type":"STOP","time":"2026-01-02T02:04:05.000000060Z"}`},
		{zyre.Event{Type: zyre.Join, Name: "\U000e0041", Group: "g"},
			`{"type":"JOIN","name":"\udb40\udc41","group":"g","time":"2026-01-02T02:04:05.000000060Z"}`},
	} {
		c.event.Time = testTime
		if got := string(JSON(c.event)); got != c.want+"\n" {
			t.Errorf("got  %swant %s", got, c.want)
		}
	}
	if _, err := base64.StdEncoding.DecodeString("/w=="); err != nil {
		t.Error(err)
	}
}

func TestFileError(t *testing.T) {
	_, err := os.Stat("missing\x1b")
	err = FileError("missing\x1b", err)
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), `missing\x1b: `) || strings.Contains(err.Error(), "stat") {
		t.Error(err)
	}
}
