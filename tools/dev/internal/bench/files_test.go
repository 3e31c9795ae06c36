package bench

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Every figure of files comes out, of every column.
func TestFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs programs for half a minute")
	}
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	e := &repo.Env{Context: t.Context(), Root: root, Stdout: io.Discard, Stderr: os.Stderr}
	s := scale{large: 8 << 20, many: 120, small: 100, delivered: 3, clients: 5, during: time.Second, subscribers: 20}
	l, err := newFileLab(e, t.TempDir(), s)
	if err != nil {
		t.Fatal(err)
	}
	if l.rsync == "" {
		t.Log("NOT TESTED: there is no rsync here")
		if os.Getenv("CI") == "true" {
			t.Error("rsync is needed where CI=true")
		}
	}
	figures, err := measureAll(e, l.possible(fileMeasures(s)), 1, l.run)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		for side, said := range f.Errors {
			t.Errorf("%s of %s: %s", f.Name, side, said)
		}
		for _, r := range f.Rows {
			for side, shown := range r.Shown {
				if strings.Contains(shown, "unknown") {
					t.Errorf("%s of %s: %s", r.About, side, shown)
				}
			}
			if r.Shown[filemq] == "" {
				t.Errorf("%s shows nothing of ours", r.About)
			}
		}
	}
	left, err := os.ReadDir(l.dir)
	if err != nil || len(left) != 4 {
		t.Errorf("beside two programs and two sources there is litter: %v, %v", left, err)
	}
}

// What came with other content is no result.
func TestSame(t *testing.T) {
	source, inbox := t.TempDir(), t.TempDir()
	content := bytes.Repeat([]byte("content"), 100_000)
	for name, c := range map[string]struct {
		content []byte
		ok      bool
	}{
		"whole":   {content, true},
		"short":   {content[:len(content)-1], false},
		"long":    {append(content[:len(content):len(content)], 'x'), false},
		"altered": {append(content[:len(content)-1:len(content)-1], 'x'), false},
		"empty":   {nil, false},
	} {
		for dir, b := range map[string][]byte{source: content, inbox: c.content} {
			if err := os.WriteFile(filepath.Join(dir, "file"), b, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if err := same(source, inbox); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	os.Remove(filepath.Join(inbox, "file"))
	if err := same(source, inbox); err == nil {
		t.Error("a file that is missing is the same")
	}
}

func TestSentOctets(t *testing.T) {
	for said, want := range map[string]int64{
		"": -1,
		"no JSON\n{\"type\":\"progress\",\"sent\":5}":                            -1,
		"{\"type\":\"DELIVER\",\"sent\":5}\n{\"type\":\"deliver\",\"sent\":7}\n": 12,
		"{\"type\":\"deliver\",\"sent\":0}":                                      0,
		"x\nTotal bytes sent: 1\nTotal bytes received: 1,234,567\ny":             1234567,
		"{\"type\":\"deliver\"}":                                                 -1,
	} {
		got, ok := sentOctets(said)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: %d", said, got)
		}
	}
}

// Without rsync our own figures remain, and no verdict that takes its.
func TestWithoutRsync(t *testing.T) {
	list := (&fileLab{}).possible(fileMeasures(fullScale))
	f := list[0].figure(1, func(_ measure, side string) (values, error) {
		if side == rsync {
			t.Error("rsync is measured")
		}
		return values{"took": 1, "cpu": 1, "server": 1, "client": 1}, nil
	})
	if f.Rows[0].Met != nil || f.Rows[1].Met == nil || f.Rows[2].Met != nil || f.Rows[0].Shown[filemq] != "1.00 s" {
		t.Errorf("%+v", f.Rows)
	}
}

func TestFilesTable(t *testing.T) {
	f := fileMeasures(fullScale)[0].figure(3, func(_ measure, side string) (values, error) {
		return map[string]values{
			filemq: {"took": 1.2011, "cpu": 2, "server": 47e6, "client": 49e6},
			rsync:  {"took": 1, "cpu": 1, "server": 6e6, "client": 5e6},
			cp:     {"took": 0.3, "cpu": 0.25, "client": 2e6},
		}[side], nil
	})
	f.Runs = 5
	want := `
Files (libfmq/README.md), medians of 5 runs:

| figure | ours | rsync | cp | ours / rsync | target | | others, measured before |
|---|---|---|---|---|---|---|---|
| 1 GiB, from start to renamed and checked | 1.20 s | 1.00 s | 300 ms | 1.21 × | ≤ 1.2 × rsync | **not met** | C filemq 5.0 s; syncthing 5.3 s; croc 6.7 s |
| … most memory, server / client | 47 MB / 49 MB | 6 MB / 5 MB | – / 2 MB |  | ≤ 48 MB each | **not met** | C filemq 15 MB |
| … processor time, both sides together | 2.00 s | 1.00 s | 250 ms | 2.00 × | ≤ 2 × rsync | met | C filemq 4.7 s |
`
	_, got, _ := strings.Cut(string(Report{Runs: 3, Figures: []Figure{f}}.markdown()), "\n")
	if got != want {
		t.Errorf("got\n%s\nnot\n%s", got, want)
	}
}
