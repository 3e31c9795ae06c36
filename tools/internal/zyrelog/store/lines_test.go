package store

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestJSON(t *testing.T) {
	var names Names
	names.Meet(Node{Hash: 0x7b1a, UUID: "A", Name: "al\x1b<script>", First: noon, Last: noon})
	for _, c := range []struct {
		r    Record
		want string
	}{
		{Record{ID: 7, Received: noon, Sent: noon.Add(time.Hour), Level: 2, Event: 3, Node: 0x7b1a, Peer: 1, Text: "a\nb\x1b"},
			`{"type":"RECORD","id":7,"received":"2026-01-02T12:00:00.000123000Z","time":"2026-01-02T13:00:00.000123000Z","level":"WARNING","event":"ENTER","node":"7B1A","node_name":"al\u001b<script>","peer":"0001","text":"a\nb\u001b"}`},
		{Record{Received: noon, Sent: noon, Level: 9, Event: 200, Text: "\xff"},
			`{"type":"RECORD","received":"2026-01-02T12:00:00.000123000Z","time":"2026-01-02T12:00:00.000123000Z","level":"9","event":"200","node":"0000","text":"/w==","base64":true}`},
	} {
		if got := string(JSON(c.r, &names)); got != c.want+"\n" {
			t.Errorf("got  %swant %s", got, c.want)
		}
	}
}

func TestLines(t *testing.T) {
	const limit = 20_000
	dir := t.TempDir()
	file := filepath.Join(dir, "log.json")
	l := must[*Lines](t)(OpenLines(file, Limits{Size: limit, Age: time.Hour}))
	count := func(name string) int {
		t.Helper()
		data := must[[]byte](t)(os.ReadFile(name))
		if len(data) > limit/2 {
			t.Errorf("%s has %d octets", name, len(data))
		}
		return bytes.Count(data, []byte("\n"))
	}
	write(t, l, Batch{Records: records(0, 3)})
	if n := count(file); n != 3 {
		t.Errorf("%d lines", n)
	}
	// A restart appends, and ends a line that was cut.
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cut := must[*os.File](t)(os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0))
	if _, err := cut.WriteString(`{"type":"REC`); err != nil {
		t.Fatal(err)
	}
	_ = cut.Close()
	l = must[*Lines](t)(OpenLines(file, Limits{Size: limit, Age: time.Hour}))
	write(t, l, Batch{Records: records(3, 4)})
	if lines := strings.Split(string(must[[]byte](t)(os.ReadFile(file))), "\n"); len(lines) != 6 || lines[3] != `{"type":"REC` || !strings.HasPrefix(lines[4], `{"type":"RECORD"`) {
		t.Errorf("after a restart: %q", lines)
	}
	// Size: two files, of half of it each.
	for n := range 200 {
		write(t, l, Batch{Records: records(n, n+5)})
	}
	if count(file+".1") < 30 {
		t.Errorf("the older file has %d lines", count(file+".1"))
	}
	count(file)
	// Age: half of that.
	l.started = l.started.Add(-31 * time.Minute)
	write(t, l, Batch{Records: records(0, 2)})
	if n := count(file); n != 2 {
		t.Errorf("%d lines in a file that should be new", n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if entries := must[[]os.DirEntry](t)(os.ReadDir(dir)); len(entries) != 3 {
		t.Errorf("%v", entries)
	}
}

func TestLinesForeign(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "log.json")
	l := must[*Lines](t)(OpenLines(mine, Limits{Size: 1000}))
	write(t, l, Batch{Records: records(0, 20)}) // more than a file may have
	write(t, l, Batch{Records: records(0, 1)})
	precious := filepath.Join(dir, "precious")
	if err := os.WriteFile(precious, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{mine: "another program", precious: "something else", dir: "directory"} {
		if _, err := OpenLines(name, Limits{}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = must[*Lines](t)(OpenLines(mine, Limits{}))
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}
