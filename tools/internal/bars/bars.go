// Package bars shows on a terminal how far files are that are coming.
package bars

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"github.com/zeromq/gozyre/tools/internal/show"
	"golang.org/x/term"
)

const (
	patience = 500 * time.Millisecond // a file that takes no longer gets no bar
	lull     = time.Second            // small files that follow each other that soon have a rate
	maxBars  = 32                     // more would not fit on a screen
	fresh    = 32 << 20               // of a file whose Sent is unknown, octets that may have come before it is seen first
)

// File is one that is coming: who sends it, and its path there.
type File struct{ From, Path string }

// State is how far it is.
type State struct {
	Name string // as its bar has it; any octets
	Size int64
	Done int64 // octets that are here, also from an earlier time
	Sent int64 // octets that came over the network this time; -1: unknown
	Time time.Time
}

// Bars are a bar for each file that takes long, and a line for all. What is
// written to them appears above. The other methods are called by one goroutine
// at a time; of nil they do nothing.
type Bars struct {
	progress *mpb.Progress
	total    *mpb.Bar
	files    map[File]*transfer

	mu     sync.Mutex // of what the library's goroutine reads
	count  int64
	coming int       // files of which a part is here
	last   time.Time // when something came last
	octets meter     // all that came over the network
	left   int64     // of the files that are coming
}

// transfer is a file that is coming.
type transfer struct {
	since time.Time
	bar   *mpb.Bar // nil: it has not taken long
	first int64    // octets that were here when it was seen first, from an earlier time
	sent  int64
	left  int64
	rate  *meter
}

// Over shows them on out, if that is a terminal, until Close; else it returns nil
// for them. What would be written to out and err is to be written to what it
// returns: the bars share their screen with that.
func Over(out, err io.Writer) (b *Bars, overOut, overErr io.Writer) {
	f, ok := asTerminal(out)
	if !ok {
		return nil, out, err
	}
	screen := cupwriter.New(home{f}, false)
	screen.SetTermFd(int(f.Fd()))
	b = newBars(screen)
	if _, ok := asTerminal(err); ok {
		return b, b, b
	}
	return b, b, err
}

// asTerminal returns a stream that is one.
func asTerminal(stream io.Writer) (f *os.File, ok bool) {
	f, ok = stream.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
}

// home begins what is drawn at the start of the line: what a user types, such as
// Ctrl-C, has moved the cursor, and going up and clearing would leave as much of
// the old picture.
type home struct{ w io.Writer }

func (h home) Write(p []byte) (int, error) {
	n, err := h.w.Write(append([]byte{'\r'}, p...))
	return max(0, n-1), err
}

func newBars(screen mpb.ConsoleWriter, more ...mpb.ContainerOption) *Bars {
	b := &Bars{files: map[File]*transfer{}}
	b.progress = mpb.New(append([]mpb.ContainerOption{mpb.WithConsoleWriter(screen), mpb.WithRefreshRate(200 * time.Millisecond)}, more...)...)
	b.total = b.progress.New(0, mpb.NopStyle(), mpb.BarPriority(1<<30),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return b.sum(time.Now()) })))
	return b
}

// Write prints above the bars.
func (b *Bars) Write(p []byte) (int, error) { return b.progress.Write(p) }

// Close takes the bars away. What they said is told in other ways.
func (b *Bars) Close() {
	if b == nil {
		return
	}
	for f := range b.files {
		b.Drop(f)
	}
	b.total.Abort(true)
	b.progress.Wait()
}

// Step shows that a part of a file has come.
func (b *Bars) Step(f File, s State) {
	if b == nil {
		return
	}
	t := b.files[f]
	if t == nil {
		if len(b.files) >= maxBars {
			return
		}
		t = &transfer{since: s.Time, rate: &meter{}}
		if s.Done > fresh {
			t.first = s.Done
		}
		b.files[f] = t
		b.mu.Lock()
		b.coming++
		b.mu.Unlock()
	}
	if s.Sent < 0 {
		s.Sent = s.Done - t.first
	}
	b.mu.Lock()
	more := max(0, s.Sent-t.sent)
	t.rate.add(s.Time, more)
	b.octets.add(s.Time, more)
	b.last = s.Time
	b.left += max(0, s.Size-s.Done) - t.left
	t.sent, t.left = s.Sent, max(0, s.Size-s.Done)
	b.mu.Unlock()
	switch {
	case t.bar == nil && s.Time.Sub(t.since) >= patience && s.Size > 0:
		t.bar = b.add(s, t)
	case t.bar != nil:
		t.bar.SetTotal(s.Size, false) // a file that began anew may have another size
	}
	if t.bar != nil {
		t.bar.SetCurrent(min(s.Done, s.Size-1)) // it is complete when it is delivered
	}
}

// Finish counts a file that is here, and takes its bar away.
func (b *Bars) Finish(f File, s State) {
	if b == nil {
		return
	}
	t := b.files[f]
	if t == nil {
		t = &transfer{}
	}
	if s.Sent < 0 {
		s.Sent = s.Size - t.first
	}
	b.mu.Lock()
	b.count++
	b.octets.add(s.Time, max(0, s.Sent-t.sent))
	b.last = s.Time
	b.mu.Unlock()
	b.Drop(f)
}

// Drop takes a file's bar away.
func (b *Bars) Drop(f File) {
	if b == nil {
		return
	}
	t := b.files[f]
	if t == nil {
		return
	}
	delete(b.files, f)
	b.mu.Lock()
	b.coming--
	b.left -= t.left
	b.mu.Unlock()
	if t.bar != nil {
		t.bar.Abort(true)
	}
}

// DropAll takes away the bars of all files that come from one place.
func (b *Bars) DropAll(from string) {
	if b == nil {
		return
	}
	for f := range b.files {
		if f.From == from {
			b.Drop(f)
		}
	}
}

// add makes a bar for a file.
func (b *Bars) add(s State, t *transfer) *mpb.Bar {
	return b.progress.New(s.Size, mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
		mpb.PrependDecorators(decor.Name(shorten(show.Text(s.Name)), decor.WCSyncSpaceR)),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.Any(func(s decor.Statistics) string {
			b.mu.Lock()
			defer b.mu.Unlock()
			return fmt.Sprintf("  %s of %s, %s", octets(s.Current), octets(s.Total), t.rate.speed(time.Now(), t.left))
		})))
}

// sum is the line for all files.
func (b *Bars) sum(now time.Time) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	text := fmt.Sprintf("%s, %s", show.Plural(b.count, "file"), octets(b.octets.total))
	if b.coming == 0 && now.Sub(b.last) >= lull {
		return text // nothing is under way: a rate would only fade
	}
	return text + ", " + b.octets.speed(now, b.left)
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
