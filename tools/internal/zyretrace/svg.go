package zyretrace

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"io"
	"unicode/utf8"
)

// Measures of the drawing, in pixels.
const (
	timeWidth = 8   // of the column of times: the first node's texts are to the right of its line
	column    = 250 // from one node's line to the next
	row       = 22
	header    = 44
	maxText   = 46 // characters beside a line
)

const style = `<style>
text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#1c2128;stroke:#fff;stroke-width:4px;paint-order:stroke;stroke-linejoin:round}
.t{fill:#6a737d;font-size:11px}.h{font-weight:bold;font-size:13px;text-anchor:middle}.e{text-anchor:end}
.l{stroke:#c8ced6;stroke-width:1.5}.a{stroke:#1f5fae;stroke-width:1.3;fill:none}.x{stroke:#c0292b;stroke-width:1.3;stroke-dasharray:5 3}
.d{fill:#1f5fae}.x2{stroke:#c0292b;stroke-width:2}.g{fill:#1a7f37}.r{fill:#c0292b}.n{fill:#6a737d}.bg{fill:#fff}
@media (prefers-color-scheme:dark){text{fill:#dde3ea;stroke:#0d1117}.t,.n{fill:#9aa5b1}.l{stroke:#3d4650}.a{stroke:#79b8ff}.d{fill:#79b8ff}
.x,.x2{stroke:#ff7b72}.r{fill:#ff7b72}.g{fill:#56d364}.bg{fill:#0d1117}}
</style>
`

// drawing is a diagram on its way.
type drawing struct {
	*story
	out   *bufio.Writer
	texts bytes.Buffer // they go over the lines
	x     map[int]int  // of a node's line
	y     map[*step]int
}

// writeSVG draws the story: a line for each node, time goes down.
func (s *story) writeSVG(w io.Writer) error {
	steps, left := s.shown()
	d := &drawing{story: s, out: bufio.NewWriter(w), x: map[int]int{}, y: map[*step]int{}}
	order := s.columns(steps)
	for i, n := range order {
		d.x[n] = timeWidth + column/2 + i*column
	}
	y := header
	var before *step
	for _, st := range steps {
		if !(st.kind == came && st.other != nil && before == st.other) { // what arrives at once takes no row of its own
			y += row
		}
		d.y[st] = y
		before = st
	}
	width, height := timeWidth+len(order)*column+column, y+2*row // the last node's texts are to the right, too
	if left > 0 {
		height += row
	}
	fmt.Fprintf(d.out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">`+"\n", width, height, width, height)
	fmt.Fprintf(d.out, "<title>%s</title>\n", html.EscapeString("What passed between nodes of a Zyre network"))
	d.out.WriteString(style)
	fmt.Fprintf(d.out, `<rect class="bg" width="%d" height="%d"/>`+"\n", width, height)
	for _, n := range order {
		fmt.Fprintf(d.out, `<text class="h" x="%d" y="20">%s</text><path class="l" d="M%d %dV%d"/>`+"\n", d.x[n], html.EscapeString(d.label(n)), d.x[n], 30, y+row)
	}
	last := ""
	for _, st := range steps {
		if at := clock(st.at)[:len("15:04:05.000")]; at != last {
			d.text("t", 8, d.y[st], at)
			last = at
		}
		d.step(st)
	}
	if left > 0 {
		d.text("r", timeWidth, y+2*row, tooMany(left))
	}
	d.out.Write(d.texts.Bytes())
	d.out.WriteString("</svg>\n")
	return d.out.Flush()
}

func (d *drawing) text(class string, x, y int, text string) {
	fmt.Fprintf(&d.texts, `<text class="%s" x="%d" y="%d">%s</text>`+"\n", class, x, y, html.EscapeString(text))
}

// short keeps a text beside its line; all of it is shown to who points there.
func (d *drawing) short(class string, x, y int, text string) {
	if utf8.RuneCountInString(text) <= maxText {
		d.text(class, x, y, text)
		return
	}
	fmt.Fprintf(&d.texts, `<text class="%s" x="%d" y="%d">%s<title>%s</title></text>`+"\n", class, x, y,
		html.EscapeString(string([]rune(text)[:maxText-1])+"…"), html.EscapeString(text))
}

func (d *drawing) step(st *step) {
	x, y := d.x[st.node], d.y[st]
	switch st.kind {
	case sent:
		switch to := d.x[st.peer]; {
		case st.refused || d.lost(st):
			end := to - 16*sign(to-x)
			fmt.Fprintf(d.out, `<path class="x" d="M%d %dH%d"/><path class="x2" d="m%d %dl8 8m0 -8l-8 8"/>`+"\n", x, y, end, end-4, y-4)
			d.along(x, y, sign(to-x), "r", d.say(st.text)+d.fate(st))
		case st.other == nil:
			d.arrow(x, y, to, y, st)
		default:
			end, drawn := d.y[st.other]
			if !drawn {
				end = y
			}
			d.arrow(x, y, to, end, st)
		}
	case came:
		if _, drawn := d.y[st.other]; !drawn {
			d.arrow(d.x[st.peer], y, x, y, st)
		}
	default:
		class := map[kind]string{noted: "n", entered: "g", exited: "r"}[st.kind]
		fmt.Fprintf(d.out, `<circle class="%s" cx="%d" cy="%d" r="3"/>`+"\n", class, x, y-4)
		d.short(class, x+8, y, d.say(st.text))
	}
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// arrow draws one; what it is stands where it leaves, for nothing else is in that row.
func (d *drawing) arrow(x1, y1, x2, y2 int, st *step) {
	back := sign(x2 - x1)
	fmt.Fprintf(d.out, `<path class="a" d="M%d %dL%d %d"/><path class="d" d="M%d %dl%d -4v8z"/>`+"\n", x1, y1, x2-6*back, y2, x2, y2, -8*back)
	d.along(x1, y1, back, "c", d.say(st.text))
}

// along writes a text at the beginning of an arrow.
func (d *drawing) along(x, y, towards int, class, text string) {
	if towards < 0 {
		class += " e"
	}
	d.short(class, x+10*towards, y-4, text)
}
