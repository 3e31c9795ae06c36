package filemq

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/zeromq/gozyre/libfmq"
)

// terminal is what a terminal would get.
type terminal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (w *terminal) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.Write(p)
}

func (w *terminal) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.buf.Reset()
	return w.buf.String()
}

// A file that takes long has a bar; one that does not has none; and all are
// summed up. Nothing of a name controls the terminal.
func TestBars(t *testing.T) {
	start := time.Now()
	after := func(d time.Duration, name string, kind fmq.EventType, size, done int64) fmq.Event {
		return happened(kind, file(name, size), func(e *fmq.Event) { e.Time, e.Done, e.Sent = start.Add(d), done, done })
	}
	w := &terminal{}
	tick := make(chan any)
	b := newBars(w, mpb.WithWidth(140), mpb.WithManualRefresh(tick))
	// drawn waits for a picture with all of with, and nothing of without.
	drawn := func(without string, with ...string) {
		t.Helper()
		got := ""
		for range 1000 {
			tick <- start
			got = w.take()
			ok := without == "" || !strings.Contains(got, without)
			for _, text := range with {
				ok = ok && strings.Contains(got, text)
			}
			if ok {
				return
			}
		}
		t.Fatalf("%q, want %q and no %q", got, with, without)
	}
	b.event(after(0, "long\x1b", fmq.Progress, 100e6, 10e6))
	b.event(after(0, "short", fmq.Progress, 2e6, 1e6))
	b.event(after(100*time.Millisecond, "short", fmq.Deliver, 2e6, 2e6))
	drawn("[", "1 file, 12.0 MB")
	b.event(after(patience, "long\x1b", fmq.Progress, 100e6, 60e6))
	drawn("short", `long\x1b  [====`, "60 %  60.0 MB of 100.0 MB, ", "1 file, 62.0 MB")
	if _, err := b.Write([]byte("a line\n")); err != nil {
		t.Error(err)
	}
	drawn("", "a line\nlong")
	b.event(after(2*patience, "long\x1b", fmq.Deliver, 100e6, 100e6))
	drawn("long", "2 files, 102.0 MB")
	if len(b.files) != 0 || b.left != 0 {
		t.Error(len(b.files), b.left)
	}
	// What a server was sending when it was lost is no more, and what is too
	// much for a screen is counted only.
	for i := range 2 * maxBars {
		b.event(after(0, strings.Repeat("x", i), fmq.Progress, 10, 1))
	}
	if len(b.files) != maxBars {
		t.Error(len(b.files))
	}
	b.event(happened(fmq.Lost))
	if len(b.files) != 0 || b.left != 0 {
		t.Error(len(b.files), b.left)
	}
	go func() {
		for range tick {
		}
	}()
	defer close(tick)
	b.close()
}

func TestMeter(t *testing.T) {
	start := time.Unix(0, 0)
	var m meter
	if got := m.speed(start, 5); got != "0 B/s" {
		t.Error(got)
	}
	for i := range 101 { // 10 s of 1 MB/s
		m.add(start.Add(time.Duration(i)*100*time.Millisecond), 100_000)
	}
	now := start.Add(10 * time.Second)
	if rate := m.rate(now); rate < 0.95e6 || rate > 1.05e6 || len(m.samples) > 30 {
		t.Error(rate, len(m.samples))
	}
	if got := m.speed(now.Add(meterSpan/2), 60_000_000); !strings.HasSuffix(got, " left") || !strings.Contains(got, "kB/s, ") {
		t.Error(got)
	}
	if rate := m.rate(now.Add(time.Hour)); rate > 1e4 {
		t.Error(rate)
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{octets(999), "999 B"}, {octets(1000), "1.0 kB"}, {octets(1 << 30), "1.1 GB"}, {octets(5e15), "5000.0 TB"},
		{shorten("short"), "short"}, {shorten(strings.Repeat("ä", 31)), "…" + strings.Repeat("ä", 29)},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	for arg, want := range map[string][2]string{
		"a": {"a", "/"}, "a:/": {"a", "/"}, "a:/b": {"a", "/b"}, "a:b": {"a:b", "/"}, "x:/y:/z": {"x:/y", "/z"}, "/abs": {"/abs", "/"}, ":/x": {":/x", "/"},
	} {
		if dir, virtual := split(arg); !windows && (dir != want[0] || virtual != want[1]) {
			t.Errorf("%q: %q, %q", arg, dir, virtual)
		}
	}
}
