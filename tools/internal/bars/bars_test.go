package bars

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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
	state := func(d time.Duration, name string, size, done int64) State {
		return State{Name: name, Size: size, Done: done, Sent: done, Time: start.Add(d)}
	}
	w := &terminal{}
	tick := make(chan any)
	b := newBars(cupwriter.New(w, false), mpb.WithWidth(140), mpb.WithManualRefresh(tick))
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
	long, short := File{"bob", "long"}, File{"bob", "short"}
	b.Step(long, state(0, "long\x1b", 100e6, 10e6))
	b.Step(short, state(0, "short", 2e6, 1e6))
	b.Finish(short, state(100*time.Millisecond, "short", 2e6, 2e6))
	drawn("[", "1 file, 12.0 MB")
	b.Step(long, state(patience, "long\x1b", 100e6, 60e6))
	drawn("short", `long\x1b  [====`, "60 %  60.0 MB of 100.0 MB, ", "1 file, 62.0 MB")
	if _, err := b.Write([]byte("a line\n")); err != nil {
		t.Error(err)
	}
	drawn("", "a line\nlong")
	b.Finish(long, state(2*patience, "long\x1b", 100e6, 100e6))
	drawn("long", "2 files, 102.0 MB")
	if len(b.files) != 0 || b.left != 0 {
		t.Error(len(b.files), b.left)
	}
	// Of one that goes on where it stopped, only what comes now counts, though nobody says how much that is.
	unknown := func(d time.Duration, done int64) State {
		return State{Name: "big", Size: 100e6, Done: done, Sent: -1, Time: start.Add(d)}
	}
	b.Step(long, unknown(0, 50e6))
	b.Step(long, unknown(1, 51e6))
	b.Finish(long, unknown(2, 100e6))
	b.Step(long, unknown(3, 20e6))
	b.Finish(long, unknown(4, 100e6))
	b.Finish(short, unknown(5, 100e6))
	drawn("", "5 files, 352.0 MB")
	// What somebody was sending who was lost is no more, and what is too much
	// for a screen is counted only.
	for i := range 2 * maxBars {
		from := []string{"bob", "carol"}[i%2]
		b.Step(File{from, strings.Repeat("x", i)}, state(0, "", 10, 1))
	}
	if len(b.files) != maxBars {
		t.Error(len(b.files))
	}
	b.DropAll("bob")
	if len(b.files) != maxBars/2 {
		t.Error(len(b.files))
	}
	b.DropAll("carol")
	if len(b.files) != 0 || b.left != 0 {
		t.Error(len(b.files), b.left)
	}
	go func() {
		for range tick {
		}
	}()
	defer close(tick)
	b.Close()
}

// What a user types moves the cursor; nothing of an old picture stays because of
// that.
func TestTypedAmidst(t *testing.T) {
	w := &terminal{}
	tick := make(chan any)
	b := newBars(cupwriter.New(home{w}, true), mpb.WithWidth(80), mpb.WithManualRefresh(tick))
	pictures := ""
	for range 3 {
		tick <- time.Now()
		pictures += w.take()
	}
	go func() {
		for range tick {
		}
	}()
	defer close(tick)
	b.Close()
	pictures += w.take()
	up := strings.Count(pictures, "\x1b[1A")
	if up == 0 || up != strings.Count(pictures, "\r\x1b[1A") {
		t.Errorf("%q", pictures)
	}
}

// While nothing comes there is no rate.
func TestSum(t *testing.T) {
	start := time.Now()
	w := &terminal{}
	tick := make(chan any)
	b := newBars(cupwriter.New(w, false), mpb.WithManualRefresh(tick))
	go func() {
		for range tick {
		}
	}()
	defer close(tick)
	defer b.Close()
	sum := func(after time.Duration, want string) {
		t.Helper()
		if got := b.sum(start.Add(after)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	sum(0, "0 files, 0 B")
	step := func(name string, after time.Duration, done int64) {
		b.Step(File{"bob", name}, State{Size: 4e6, Done: done, Sent: done, Time: start.Add(after)})
	}
	step("a", 0, 0)
	step("a", time.Second, 2e6)
	sum(time.Second, "0 files, 2.0 MB, 2.0 MB/s, 1s left")
	b.Finish(File{"bob", "a"}, State{Size: 4e6, Done: 4e6, Sent: 4e6, Time: start.Add(2 * time.Second)})
	sum(2*time.Second, "1 file, 4.0 MB, 2.0 MB/s")
	sum(2*time.Second+lull, "1 file, 4.0 MB")
	step("b", time.Minute, 0) // a new one's rate is its own
	step("b", time.Minute+time.Second, 1e6)
	sum(time.Minute+time.Second, "1 file, 5.0 MB, 1.0 MB/s, 3s left")
	sum(time.Minute+4*time.Second, "1 file, 5.0 MB, 250.0 kB/s, 12s left") // it falters
	b.DropAll("bob")
	sum(2*time.Minute, "1 file, 5.0 MB")
	b.Finish(File{"carol", "short"}, State{Size: 1e6, Sent: 1e6, Time: start.Add(2 * time.Minute)})
	sum(2*time.Minute+lull/2, "2 files, 6.0 MB, 2.0 MB/s")
}

// Of nil, as where there is no terminal, nothing is shown.
func TestNoTerminal(t *testing.T) {
	var out, err bytes.Buffer
	b, overOut, overErr := Over(&out, &err)
	if b != nil || overOut != &out || overErr != &err {
		t.Error(b, overOut, overErr)
	}
	b.Step(File{}, State{})
	b.Finish(File{}, State{})
	b.Drop(File{})
	b.DropAll("")
	b.Close()
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
}
