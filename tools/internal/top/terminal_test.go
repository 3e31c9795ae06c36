package top

import (
	"flag"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
	"github.com/zeromq/gozyre/tools/internal/top/browser"
	"github.com/zeromq/gozyre/tools/netlab"
)

var update = flag.Bool("update", false, "make the screenshot in tools/docs anew")

// terminal is a real one, in which `zyre top` runs.
type terminal struct {
	t      *testing.T
	socket string
}

func newTerminal(t *testing.T, port uint16) *terminal {
	if _, err := exec.LookPath("tmux"); err != nil {
		netlab.Refuse(t, "tmux is missing: install the package tmux")
	}
	me, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	term, stderr := &terminal{t, filepath.Join(t.TempDir(), "tmux")}, filepath.Join(t.TempDir(), "stderr")
	t.Cleanup(func() {
		if said, err := os.ReadFile(stderr); t.Failed() && err == nil {
			t.Logf("zyre top said:\n%s", said)
		}
	})
	term.tmux("-f", "/dev/null", "-u", "new-session", "-d", "-x", "112", "-y", "26", fmt.Sprintf("env %s=%d LC_ALL=C.UTF-8 %s 2>%s; echo left with $?; exec cat", asTop, port, me, stderr))
	t.Cleanup(func() { term.tmux("kill-server") })
	return term
}

func (term *terminal) tmux(args ...string) string {
	term.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", term.socket}, args...)...).CombinedOutput()
	if err != nil {
		term.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// shows waits until the screen has something on it; tmux does not tell when.
func (term *terminal) shows(pattern string) {
	term.t.Helper()
	re, late := regexp.MustCompile(pattern), time.After(zyretest.Deadline)
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		screen := term.tmux("capture-pane", "-p")
		if re.MatchString(screen) {
			return
		}
		select {
		case <-ticker.C:
		case <-late:
			term.t.Fatalf("no %q on\n%s", pattern, screen)
		}
	}
}

// TestTerminal: the table on a real terminal, driven by keys.
func TestTerminal(t *testing.T) {
	cfg := zyretest.Config(t)
	term := newTerminal(t, cfg.Port)
	var nodes []*zyre.Node
	var reading sync.WaitGroup
	t.Cleanup(reading.Wait)
	for i, name := range []string{"alice", "bob", "carol", "dave", "\x1b[2Jeve", "frank", "grace", "heidi", "ivan", "judy"} {
		one := cfg
		one.Name, one.Headers = name, map[string]string{"X-ROLE": "example"}
		if i == 3 {
			one.LogLevel = zyre.LogOff
		}
		n := zyretest.Start(t, one)
		reading.Go(func() {
			for range n.Events() { // else they wait, and count as queued
			}
		})
		for _, group := range [][]string{{"CHAT"}, {"CHAT", "sensors"}, {"cameras"}}[i%3] {
			if err := n.Join(group); err != nil {
				t.Fatal(err)
			}
		}
		nodes = append(nodes, n)
	}
	term.shows(`zyre top  11 nodes  10 enters, 0 exits, 13 joins`)
	term.shows(`● alice +127\.0\.0\.1:\d+ +\d+\.\d\d +0 `) // its rates are known
	term.shows(`● dave +127\.0\.0\.1:\d+ +\d+\.\d\d +– +– +– +– +– CHAT`)
	term.shows(`● \\x1b\[2Jeve +127`)
	for range 20 {
		if err := nodes[1].Shout("CHAT", []byte("hello, all of you")); err != nil {
			t.Fatal(err)
		}
	}
	term.shows(`● grace +\S+ +\d+\.\d\d +[1-9]`)
	_ = nodes[9].Close()
	term.shows(`EXIT    judy: it said goodbye`)
	if *update {
		takePicture(t, term.tmux("capture-pane", "-p", "-e"))
	}
	term.tmux("send-keys", "Down", "Enter")
	term.shows(`\\x1b\[2Jeve  [0-9A-F]{32}  here\n(.*\n)+X-ROLE: example`)
	term.tmux("send-keys", "g")
	term.shows(`only members of CHAT`)
	term.tmux("send-keys", "q")
	term.shows(`left with 0`)
}

var sgr = regexp.MustCompile(`\x1b\[([0-9;]*)m`)

// takePicture makes a screenshot of a screen as a terminal has it.
func takePicture(t *testing.T, screen string) {
	colours := map[string]string{"1": "font-weight:bold", "31": "color:#ff6b6b", "32": "color:#46c46a", "33": "color:#f0a93b", "90": "color:#7d8590", "7": "background:#ddd;color:#111"}
	var b strings.Builder
	open := 0
	last := 0
	for _, at := range sgr.FindAllStringSubmatchIndex(screen, -1) {
		b.WriteString(html.EscapeString(screen[last:at[0]]))
		last = at[1]
		for code := range strings.SplitSeq(screen[at[2]:at[3]], ";") {
			if style, known := colours[code]; known {
				fmt.Fprintf(&b, `<span style="%s">`, style)
				open++
			} else {
				b.WriteString(strings.Repeat("</span>", open))
				open = 0
			}
		}
	}
	b.WriteString(html.EscapeString(screen[last:]))
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<!doctype html><meta charset=utf-8><body style="margin:0;background:#15171a;color:#e6e8eb"><pre style="margin:12px;font:14px/1.25 'DejaVu Sans Mono',monospace">%s</pre>`, b.String())
	}))
	defer page.Close()
	tab := browser.Open(t, page.URL, 980, 500, "true")
	if err := os.WriteFile(filepath.Join("..", "..", "docs", "zyre-top-terminal.webp"), tab.Picture(), 0o644); err != nil {
		t.Fatal(err)
	}
}
