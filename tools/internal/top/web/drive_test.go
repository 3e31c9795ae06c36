package web

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/top/browser"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

var update = flag.Bool("update", false, "make the screenshots in tools/docs anew")

// keep keeps a screenshot in tools/docs, if that was asked for.
func keep(t *testing.T, b *browser.Tab, name string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(filepath.Join("..", "..", "..", "docs", name), b.Picture(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const rowsShown = `document.querySelectorAll('#rows tr').length`

// TestDrive does what a user does: selects a node, filters, sorts, by mouse and keyboard.
func TestDrive(t *testing.T) {
	f := newFake()
	f.crowd(100)
	s := listen(t, f, "127.0.0.1:0", "")
	b := browser.Open(t, s.URL(), 1280, 900, rowsShown+` > 0`)
	b.Wait(rowsShown + ` === 100 && document.querySelectorAll('#graph .node').length === 100`)
	if got := b.Text("#totals"); !strings.HasPrefix(got, "100 nodes · 99 enters · 0 exits") {
		t.Error(got)
	}

	// A node is selected in the table, and in the graph.
	b.Do(chromedp.Click(chromedp.CSS(`tr[data-id="` + id(7).String() + `"]`)))
	b.Wait(`document.querySelector('#details h2')?.innerText === 'node07'`)
	if got := b.Text("#details"); !strings.Contains(got, id(7).String()) || !strings.Contains(got, "X-ROLE") || !strings.Contains(got, "560 in") || !strings.Contains(got, "99 of 99 others") {
		t.Error(got)
	}
	b.Wait(`document.querySelector('#graph path.link').getAttribute('d').split('M').length === 100`) // to all others
	b.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector('#graph .node[data-id="` + id(9).String() + `"] circle').dispatchEvent(new MouseEvent('click', {bubbles: true}))`))
	b.Wait(`document.querySelector('#details h2').innerText === 'node09' && document.querySelector('tr[aria-selected=true]').dataset.id === '` + id(9).String() + `'`)
	keep(t, b, "zyre-top-light.webp")

	// A broken connection shows without being asked for.
	f.play(func(m *model.Model) { f.record(m, zrelog.EventExit, 3, 50, "unreachable") })
	b.Wait(`document.querySelector('#graph path.down').getAttribute('d').split('M').length === 2`)

	// A group: by the legend, then all again, by keyboard the next one.
	b.Do(chromedp.Click(chromedp.CSS(`#legend button[data-group="sensors"]`)))
	b.Wait(rowsShown + ` === 20 && document.querySelectorAll('#graph .dim').length === 80 && document.querySelector('#group').value === 'sensors'`)
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.Wait(rowsShown + ` === 100 && document.querySelectorAll('#graph .dim').length === 0 && !document.querySelector('tr[aria-selected=true]')`)
	b.Do(chromedp.KeyEvent("g"))
	b.Wait(`document.querySelector('#group').value === 'CHAT' && ` + rowsShown + ` < 60`)
	b.Do(chromedp.KeyEvent(kb.Escape))

	// Keys select; find finds; columns sort.
	b.Do(chromedp.KeyEvent(kb.ArrowDown))
	b.Wait(`document.querySelector('tr[aria-selected=true]') === document.querySelector('#rows').firstChild`)
	b.Do(chromedp.KeyEvent("j"), chromedp.KeyEvent("k"), chromedp.KeyEvent("k"))
	b.Wait(`document.querySelector('tr[aria-selected=true]') === document.querySelector('#rows').lastChild`)
	b.Do(chromedp.KeyEvent("/"))
	b.Wait(`document.activeElement.id === 'find'`)
	b.Do(chromedp.KeyEvent(kb.Backspace), chromedp.KeyEvent("NODE42")) // DevTools types the slash, too, which a keyboard does not
	b.Wait(rowsShown + ` === 1 && document.querySelector('#rows td').innerText === 'node42'`)
	b.Do(chromedp.KeyEvent(kb.Escape))
	b.Do(chromedp.Click(chromedp.CSS(`button[data-sort="in"]`)))
	b.Wait(`document.querySelector('#rows td').innerText === 'node99' && document.querySelector('th[aria-sort=descending] button').dataset.sort === 'in'`)

	// The theme: as the system, light, dark; it is kept.
	background := `getComputedStyle(document.body).backgroundColor`
	b.Dark(true)
	b.Wait(background + ` === 'rgb(21, 23, 26)'`)
	b.Do(chromedp.KeyEvent("t"))
	b.Wait(background + ` === 'rgb(251, 251, 250)' && document.querySelector('#theme').innerText === 'Theme: light'`)
	b.Do(chromedp.Click(chromedp.CSS("#theme")))
	b.Wait(background + ` === 'rgb(21, 23, 26)'`)
	b.Do(chromedp.Reload())
	b.Wait(rowsShown + ` === 100 && document.querySelector('#theme').innerText === 'Theme: dark'`)
	b.Do(chromedp.KeyEvent(kb.ArrowDown))
	b.Wait(`document.querySelector('#details h2')`)
	keep(t, b, "zyre-top-dark.webp")
	b.Do(chromedp.KeyEvent("?"))
	b.Wait(`!document.querySelector('#help').hidden`)

	// Who leaves turns grey; what happens stands on top.
	f.play(func(m *model.Model) {
		f.now = f.now.Add(1)
		m.Event(&zyre.Event{Type: zyre.Exit, Peer: id(42), Cause: zyre.ErrExpired, Time: f.now})
	})
	b.Wait(`document.querySelector('tr.gone td').innerText === 'node42' && document.querySelector('#graph .gone')`)
	b.Wait(`document.querySelector('#events li .what').innerText === 'EXIT'`)
	if got := b.Text("#events li"); !strings.Contains(got, "node42") {
		t.Error(got)
	}

	// The server ends: that is said.
	f.end()
	b.Wait(`!document.querySelector('#lost').hidden`)
	b.End(s.URL())
}

// On a telephone nothing is wider than the screen.
func TestPhone(t *testing.T) {
	f := newFake()
	f.crowd(30)
	s := listen(t, f, "127.0.0.1:0", "")
	b := browser.Open(t, s.URL(), 375, 740, rowsShown+` > 0`)
	b.Wait(rowsShown + ` === 30 && document.querySelectorAll('#graph .node').length === 30`)
	if got := browser.Value[float64](b, `document.documentElement.scrollWidth`); got > 375 {
		t.Errorf("the page is %v wide", got)
	}
	keep(t, b, "zyre-top-phone.webp")
	b.Do(chromedp.Click(chromedp.CSS(`tr[data-id="` + id(7).String() + `"]`)))
	b.Wait(`document.querySelector('#details h2')?.innerText === 'node07'`)
	if got := browser.Value[float64](b, `Math.max(...[...document.querySelectorAll('header *, #details *, #legend *')].map(e => e.getBoundingClientRect().right))`); got > 375 {
		t.Errorf("something ends at %v", got)
	}
	b.End(s.URL())
}

// What strangers call themselves is text, and nothing else.
func TestHostileNames(t *testing.T) {
	bad := []string{`<script>window.bad=1</script>`, `<img src=x onerror="window.bad=1">`, `"><svg onload=window.bad=1>`, `${window.bad=1}`,
		"\x1b[2J\x1b]0;title\a", "a\u202eb", "\xff\xfe", "__proto__", "constructor", strings.Repeat("W", 255), "line\nline", `</style></title></textarea><script>window.bad=1</script>`}
	f := newFake()
	s := listen(t, f, "127.0.0.1:0", "")
	f.play(func(m *model.Model) {
		for i, text := range bad {
			m.Event(&zyre.Event{Type: zyre.Enter, Peer: id(i + 1), Name: text, Addr: text, Headers: map[string]string{text: text}, Time: f.now})
			m.Event(&zyre.Event{Type: zyre.Join, Peer: id(i + 1), Name: text, Group: text, Time: f.now})
			f.record(m, 0, i+1, -1, text)
		}
	})
	b := browser.Open(t, s.URL(), 1280, 900, rowsShown+` > 0`)
	b.Wait(fmt.Sprintf(`%s === %d`, rowsShown, len(bad)+1))
	for range len(bad) + 1 {
		b.Do(chromedp.KeyEvent(kb.ArrowDown))
		if got := browser.Value[float64](b, `document.querySelector('#side').scrollWidth - document.querySelector('#side').clientWidth`); got > 0 {
			t.Errorf("the details of %q are wider than their place", b.Text("#details h2"))
		}
	}
	for range len(bad) + 1 {
		b.Do(chromedp.KeyEvent("g"))
	}
	f.play(func(m *model.Model) { f.event(m, zyre.Enter, 100, "") })
	b.Wait(`document.querySelector('#events').innerText.includes('node100')`)
	if got := browser.Value[float64](b, `window.bad ? 1 : document.querySelectorAll('body script').length - 1 + document.querySelectorAll('img').length`); got != 0 {
		t.Error("a name has become more than text")
	}
	if got := browser.Value[float64](b, `document.documentElement.scrollWidth`); got > 1280 {
		t.Errorf("the page is %v wide", got)
	}
	if text := b.Text("body"); strings.ContainsAny(text, "\x1b\u202e\a") || !strings.Contains(text, `\x1b[2J`) || !strings.Contains(text, `<script>`) {
		t.Errorf("%q", text)
	}
	b.End(s.URL())
}
