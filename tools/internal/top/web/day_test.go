package web

import (
	"fmt"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/top/browser"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// TestDayInPage: a page that was open for a day, in which every ten seconds somebody
// came, somebody left and something was said, holds no more than after an hour.
func TestDayInPage(t *testing.T) {
	if testing.Short() {
		t.Skip("it plays a whole day to a browser")
	}
	const day = 8_640 // changes: one each 10 s
	f := newFake()
	s := listen(t, f, "127.0.0.1:0", "")
	b := browser.Open(t, s.URL(), 1280, 900, rowsShown+` > 0`)
	change := func(n int) {
		f.play(func(m *model.Model) {
			f.now = f.now.Add(24 * time.Hour / day)
			f.event(m, zyre.Enter, n, "")
			f.event(m, zyre.Join, n, fmt.Sprint("group", n))
			f.record(m, 0, n, -1, fmt.Sprint("text ", n))
			f.record(m, zrelog.EventExit, n, n-1, "why")
			if n > 50 {
				f.event(m, zyre.Exit, n-50, "")
			}
			m.Tick(f.now)
		})
	}
	hour, after := 0.0, 0.0
	for n := 1; n <= day; n++ {
		change(n)
		if n == day/24 || n == day {
			b.Wait(fmt.Sprintf(`document.querySelector('#totals').innerText.includes('%d enter') || document.querySelector('#totals').innerText.includes('%d,%03d enter')`, n, n/1000, n%1000))
			hour, after = after, b.Heap()
		}
	}
	t.Logf("the page holds %.0f KB after an hour, %.0f KB after a day", hour/1024, after/1024)
	if after > hour+1<<20 {
		t.Errorf("the page holds %.0f octets after an hour, %.0f after a day", hour, after)
	}
	if got := browser.Value[float64](b, `document.querySelectorAll('*').length`); got > 6000 {
		t.Errorf("the page has %v elements", got)
	}
	b.End(s.URL())
}
