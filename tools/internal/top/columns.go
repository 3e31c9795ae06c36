package top

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// column is one of the table.
type column struct {
	title string
	width int // 0: what is left
	right bool
	text  func(*model.Node) string
	less  func(a, b *model.Node) int
}

// larger sorts the largest first.
func larger[T cmp.Ordered](of func(*model.Node) T) func(a, b *model.Node) int {
	return func(a, b *model.Node) int { return cmp.Compare(of(b), of(a)) }
}

var columns = []column{
	{"name", 16, false, func(n *model.Node) string { return n.Name }, func(a, b *model.Node) int { return cmp.Compare(a.Name, b.Name) }},
	{"address", 21, false, func(n *model.Node) string { return strings.TrimPrefix(n.Addr, "tcp://") }, func(a, b *model.Node) int { return cmp.Compare(a.Addr, b.Addr) }},
	{"trip ms", 8, true, trip, larger(func(n *model.Node) int64 { return n.RTT })},
	{"in/s", 7, true, func(n *model.Node) string { return rate(n.In) }, larger(func(n *model.Node) float64 { return n.In })},
	{"out/s", 7, true, func(n *model.Node) string { return rate(n.Out) }, larger(func(n *model.Node) float64 { return n.Out })},
	{"octets in", 9, true, func(n *model.Node) string { return rate(n.OctIn) }, larger(func(n *model.Node) float64 { return n.OctIn })},
	{"out", 9, true, func(n *model.Node) string { return rate(n.OctOut) }, larger(func(n *model.Node) float64 { return n.OctOut })},
	{"queue", 6, true, func(n *model.Node) string { return number(n.Queue) }, larger(func(n *model.Node) int64 { return n.Queue })},
	{"groups", 0, false, func(n *model.Node) string { return strings.Join(n.Groups, " ") }, larger(func(n *model.Node) int { return len(n.Groups) + n.More })},
}

func trip(n *model.Node) string {
	switch {
	case n.Self:
		return ""
	case n.Lost:
		return "lost"
	case n.RTT < 0:
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(n.RTT)/1000)
}

func number(n int64) string {
	if n < 0 {
		return "–"
	}
	return short(float64(n))
}

func rate(r float64) string {
	switch {
	case r < 0:
		return "–"
	case r < 10 && r != 0:
		return fmt.Sprintf("%.1f", r)
	}
	return short(r)
}

// short is a number in few letters.
func short(n float64) string {
	for _, unit := range []string{"", "k", "M", "G"} {
		if n < 9999.5 {
			return fmt.Sprintf("%.0f%s", n, unit)
		}
		n /= 1000
	}
	return fmt.Sprintf("%.0fT", n)
}

// cell fills or cuts a text to a width of the screen.
func cell(text string, width int, right bool) string {
	if width == 0 {
		return text
	}
	text = ansi.Truncate(text, width, "…")
	pad := strings.Repeat(" ", max(0, width-ansi.StringWidth(text)))
	if right {
		return pad + text
	}
	return text + pad
}
