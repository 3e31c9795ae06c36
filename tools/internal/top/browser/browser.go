// Package browser drives a page in a real, headless Chromium. It is for tests: no
// tool may import it.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/zeromq/gozyre/tools/netlab"
)

// patience is how long a browser may take for anything.
const patience = 2 * time.Minute

// Tab is a page.
type Tab struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	asked    []string // what was asked of a network
	mistakes []string // errors that the page made
}

// Open opens a page in a Chromium of its own, that ends with the test, and waits until a condition
// holds in it. Without a Chromium the test is skipped, or fails where CI=true.
func Open(t testing.TB, url string, width, height int64, condition string) *Tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		netlab.Refuse(t, "chromium is missing: install the package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(int(width), int(height)),
		// It asks nobody but us: not for updates of its parts, nor who there is.
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true), chromedp.Flag("no-pings", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, quit := chromedp.NewContext(allocator)
	timed, cancel := context.WithTimeout(ctx, patience)
	b := &Tab{t: t, ctx: timed}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log(err)
		}
		cancel()
		quit()
	})
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.Do(chromedp.EmulateViewport(width, height), chromedp.Navigate(url))
	b.Wait(condition)
	return b
}

func (b *Tab) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.asked = append(b.asked, e.Request.URL)
	case *runtime.EventExceptionThrown:
		b.mistakes = append(b.mistakes, fmt.Sprintf("%s, line %d: %s", e.ExceptionDetails.Text, e.ExceptionDetails.LineNumber, e.ExceptionDetails.Exception.Description))
	case *log.EventEntryAdded: // such as what its policy forbids
		if e.Entry.Source != log.EntrySourceNetwork { // the server may end
			b.mistakes = append(b.mistakes, e.Entry.Text)
		}
	}
}

// Do does what a user does.
func (b *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// Wait waits until a condition in the page holds.
func (b *Tab) Wait(condition string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[chromedp.Void]("(() => { try { return "+condition+" } catch { return false } })()", chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.t.Fatalf("%s: %v; the page says %.600q", condition, err, b.Text("body"))
	}
}

// Text is what stands in an element.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	return Value[string](b, `document.querySelector(`+quote(selector)+`).innerText`)
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `\'`) + "'" }

// Value is what an expression comes to.
func Value[T any](b *Tab, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// End fails if the page made a mistake, or asked for anything that is elsewhere.
func (b *Tab) End(base string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, text := range b.mistakes {
		b.t.Error(text)
	}
	for _, url := range b.asked {
		if !strings.HasPrefix(url, base) && !strings.HasPrefix(url, "data:") {
			b.t.Errorf("the page asked for %s", url)
		}
	}
}

// Picture returns a screenshot, as WebP.
func (b *Tab) Picture() []byte {
	b.t.Helper()
	taken, err := chromedp.Call(b.ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: new(int64(85))})
	if err != nil {
		b.t.Fatal(err)
	}
	return taken.Data
}

// Dark has the system's colours be dark ones, or light.
func (b *Tab) Dark(dark bool) {
	b.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[dark]
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.t.Fatal(err)
	}
}

// Heap returns how many octets the page's script holds, after what is not used was collected.
func (b *Tab) Heap() float64 {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, heapprofiler.CollectGarbage, chromedp.Void{}); err != nil {
		b.t.Fatal(err)
	}
	used, err := chromedp.Call(b.ctx, runtime.GetHeapUsage, chromedp.Void{})
	if err != nil {
		b.t.Fatal(err)
	}
	return used.UsedSize
}
