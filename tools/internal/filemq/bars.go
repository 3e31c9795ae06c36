package filemq

import (
	"fmt"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/tools/internal/show"
)

const (
	patience = 500 * time.Millisecond // a file that takes no longer gets no bar
	maxBars  = 32                     // more would not fit on a screen
)

// bars shows on a terminal how far files are: a bar for each that takes long,
// and a line for all. What is written to it appears above them. Its event is
// called by one goroutine at a time.
type bars struct {
	progress *mpb.Progress
	total    *mpb.Bar
	files    map[string]*transfer // by server and path

	mu     sync.Mutex // of what the library's goroutine reads
	count  int64
	octets meter // all that came over the network
	left   int64 // of the files that are coming
}

// transfer is a file that is coming.
type transfer struct {
	since time.Time
	bar   *mpb.Bar // nil: it has not taken long
	sent  int64
	left  int64
	rate  *meter
}

func newBars(w io.Writer, more ...mpb.ContainerOption) *bars {
	b := &bars{files: map[string]*transfer{}}
	b.progress = mpb.New(append([]mpb.ContainerOption{mpb.WithOutput(w), mpb.WithRefreshRate(200 * time.Millisecond)}, more...)...)
	b.total = b.progress.New(0, mpb.NopStyle(), mpb.BarPriority(1<<30),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.sum(time.Now()) })))
	return b
}

// Write prints above the bars.
func (b *bars) Write(p []byte) (int, error) { return b.progress.Write(p) }

// close takes the bars away. What they said is told in other ways.
func (b *bars) close() {
	for key := range b.files {
		b.end(key)
	}
	b.total.Abort(true)
	b.progress.Wait()
}

// event notes what e changes.
func (b *bars) event(e fmq.Event) {
	key := e.Server + "\x00" + e.Path
	switch e.Type {
	case fmq.Progress:
		b.step(key, e)
	case fmq.Deliver:
		t := b.files[key]
		if t == nil {
			t = &transfer{}
		}
		b.mu.Lock()
		b.count++
		b.octets.add(e.Time, max(0, e.Sent-t.sent))
		b.mu.Unlock()
		b.end(key)
	case fmq.Refused:
		b.end(key)
	case fmq.Lost, fmq.Denied:
		for other := range b.files {
			if len(other) > len(e.Server) && other[:len(e.Server)+1] == e.Server+"\x00" {
				b.end(other)
			}
		}
	}
}

// step shows that a part of a file has come.
func (b *bars) step(key string, e fmq.Event) {
	t := b.files[key]
	if t == nil {
		if len(b.files) >= maxBars {
			return
		}
		t = &transfer{since: e.Time, rate: &meter{}}
		b.files[key] = t
	}
	b.mu.Lock()
	fresh := max(0, e.Sent-t.sent)
	t.rate.add(e.Time, fresh)
	b.octets.add(e.Time, fresh)
	b.left += max(0, e.Size-e.Done) - t.left
	t.sent, t.left = e.Sent, max(0, e.Size-e.Done)
	b.mu.Unlock()
	switch {
	case t.bar == nil && e.Time.Sub(t.since) >= patience && e.Size > 0:
		t.bar = b.add(e, t)
	case t.bar != nil:
		t.bar.SetTotal(e.Size, false) // a file that began anew may have another size
	}
	if t.bar != nil {
		t.bar.SetCurrent(min(e.Done, e.Size-1)) // it is complete when it is delivered
	}
}

// add makes a bar for a file.
func (b *bars) add(e fmq.Event, t *transfer) *mpb.Bar {
	return b.progress.New(e.Size, mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
		mpb.PrependDecorators(decor.Name(shorten(show.Text(e.Name)), decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Any(func(s decor.Statistics) string {
			b.mu.Lock()
			defer b.mu.Unlock()
			return fmt.Sprintf("  %s of %s, %s", octets(s.Current), octets(s.Total), t.rate.speed(time.Now(), t.left))
		})))
}

// end takes a file's bar away.
func (b *bars) end(key string) {
	t := b.files[key]
	if t == nil {
		return
	}
	delete(b.files, key)
	b.mu.Lock()
	b.left -= t.left
	b.mu.Unlock()
	if t.bar != nil {
		t.bar.Abort(true)
	}
}

// sum is the line for all files.
func (b *bars) sum(now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("%s, %s, %s", plural(b.count, "file"), octets(b.octets.total), b.octets.speed(now, b.left))
}

// shorten returns what of a name fits beside a bar: its end tells most.
func shorten(name string) string {
	const most = 30
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	runes := []rune(name)
	return "…" + string(runes[len(runes)-most+1:])
}

// octets is a size for people; 1 MB is 1,000,000 octets.
func octets(n int64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}} {
		if float64(n) >= unit.size {
			return fmt.Sprintf("%.1f %s", float64(n)/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%d B", n)
}
