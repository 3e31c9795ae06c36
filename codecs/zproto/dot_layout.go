package zproto

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// cell is a part of a layout.
type cell struct {
	name  string
	at    string // where it begins; empty if that depends on what stands before
	size  string
	width int // in points; 0: as wide as its text
}

// MessageLayout draws how the fields of a message stand in its frames.
func MessageLayout(c *Class, message string) (Picture, error) {
	m := c.Message(message)
	if m == nil {
		return Picture{}, c.errorf("the model has no message %q to draw", message)
	}
	d := &canvas{}
	d.begin(m.Name, "TB")
	frames := messageFrames(c, m)
	for i, cells := range frames {
		d.say("Frame %d: %s.", i+1, cellList(cells, "octet"))
	}
	if c.Layout == Frames {
		frames = [][]cell{oneStrip(frames)}
		d.strips(frames, "frame", "octets", false)
	} else {
		d.strips(frames, "at", "octets", len(frames) > 1)
	}
	return d.picture("Layout of " + m.Name), nil
}

// messageFrames gives the parts of each frame. All frames of a msg are one.
func messageFrames(c *Class, m *Message) [][]cell {
	var frames [][]cell
	var first []cell
	at := 0 // -1: it depends
	add := func(name string, size int, text string) {
		cl := cell{name: name, size: text}
		if at >= 0 {
			cl.at = strconv.Itoa(at)
			at += size
		}
		if size < 0 {
			at = -1
		}
		first = append(first, cl)
	}
	if c.Layout == Binary {
		if c.Signature >= 0 {
			add(fmt.Sprintf("%%x%04X", c.SignatureValue()), 2, "2")
		}
		add(fmt.Sprintf("id = %d", m.ID), 1, "1")
	}
	for _, f := range append(append([]*Field(nil), c.Header...), m.Fields...) {
		name, size, text := cellOf(c, m, f)
		if c.Layout == Frames || f.Type.OwnFrame() {
			if len(first) > 0 {
				frames, first = append(frames, first), nil
			}
			at = 0
		}
		add(name, size, text)
	}
	return append(frames, first)
}

// cellOf gives what a layout says of a field; the size is -1 if it depends on the value.
func cellOf(c *Class, m *Message, f *Field) (name string, size int, text string) {
	name = f.Name
	n, head := f.Size, 0
	switch {
	case f == c.IDField() && f.Type == Number:
		name = fmt.Sprintf("id = %d", m.ID)
	case f == c.IDField():
		name, n = strconv.Quote(m.Name), len(m.Name)
	case f.Fixed && f.Type == Number:
		name = fmt.Sprintf("%s = %d", f.Name, f.Number)
	case f.Fixed:
		name, n = strconv.Quote(f.Value), len(f.Value)
		if f.Value == "" {
			name = "(empty)"
		}
	}
	switch {
	case f.Type == Msg:
		return name + " …", -1, "any frames"
	case f.Type == Frame || c.Layout == Frames:
	case f.Type == String:
		head = 1
	case f.Type == LongStr || f.Type == Chunk:
		head = 4
	case f.Type == Strings || f.Type == Hash:
		return name, -1, strconv.Itoa(map[int]int{1: 1, 2: 4}[c.Wire]) + " + …"
	}
	text = strconv.Itoa(n)
	if n == 0 && !f.Fixed {
		n, text = -1, "n"
	}
	if head > 0 {
		text = fmt.Sprintf("%d + %s", head, text)
	}
	if n < 0 {
		return name, -1, text
	}
	return name, head + n, text
}

// Figure draws a layout that no model describes. The text tells its unit and its parts, which have a name and a size each:
//
//	octets: "ZRE" 3 | version 1 | UUID 16 | port 2
func Figure(title, text string) (Picture, error) {
	unit, parts, ok := strings.Cut(text, ":")
	unit = strings.TrimSpace(unit)
	if !ok || unit != "octets" && unit != "bits" {
		return Picture{}, errors.New(`a figure is "octets:" or "bits:" and its parts: octets: version 1 | port 2`)
	}
	var cells []cell
	at := 0
	for part := range strings.SplitSeq(parts, "|") {
		words := strings.Fields(part)
		size := 0
		if len(words) > 1 {
			size, _ = strconv.Atoi(words[len(words)-1])
		}
		if size < 1 || size > 65535 {
			return Picture{}, fmt.Errorf("%q is no part of a figure: a part is a name and its size, from 1 to 65535", strings.TrimSpace(part))
		}
		name := strings.Join(words[:len(words)-1], " ")
		cells = append(cells, cell{name: name, at: strconv.Itoa(at), size: strconv.Itoa(size), width: min(size, 16) * 26})
		at += size
	}
	d := &canvas{}
	d.begin(title, "TB")
	d.say("%s; %s in all.", cellList(cells, strings.TrimSuffix(unit, "s")), plural(at, strings.TrimSuffix(unit, "s")))
	d.strips([][]cell{cells}, "at", unit, false)
	return d.picture(title), nil
}

// oneStrip puts frames of one cell each beside each other, with the frame's number above it.
func oneStrip(frames [][]cell) []cell {
	var strip []cell
	for i, cells := range frames {
		for _, c := range cells {
			c.at = strconv.Itoa(i + 1)
			strip = append(strip, c)
		}
	}
	return strip
}

// strips draws rows of cells, with the place above and the size below each.
func (d *canvas) strips(frames [][]cell, place, unit string, numbered bool) {
	d.WriteString("    layout [shape=plain, class=\"cell\", label=<\n<table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"0\">\n")
	for i, cells := range frames {
		d.WriteString("<tr><td align=\"left\"><table border=\"0\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"6\">\n")
		if numbered {
			frame := fmt.Sprintf("frame %d", i+1)
			if len(cells) == 1 && strings.HasSuffix(cells[0].name, "…") {
				frame += " …"
			}
			fmt.Fprintf(d, "<tr><td align=\"left\"><b>%s</b></td></tr>\n", frame)
		}
		fmt.Fprintf(d, "<tr><td align=\"left\"><font point-size=\"11\">%s</font></td>", place)
		for _, c := range cells {
			fmt.Fprintf(d, "<td align=\"left\"><font point-size=\"11\">%s</font></td>", orBlank(c.at))
		}
		d.WriteString("</tr>\n<tr><td></td>")
		for _, c := range cells {
			width := ""
			if c.width > 0 {
				width = fmt.Sprintf(" width=\"%d\"", c.width)
			}
			fmt.Fprintf(d, "<td border=\"1\" color=\"#0969da\" bgcolor=\"#ddf4ff\"%s>%s</td>", width, dotText(c.name))
		}
		fmt.Fprintf(d, "</tr>\n<tr><td align=\"left\"><font point-size=\"11\">%s</font></td>", unit)
		for _, c := range cells {
			fmt.Fprintf(d, "<td><font point-size=\"11\">%s</font></td>", orBlank(c.size))
		}
		d.WriteString("</tr>\n</table></td></tr>\n")
	}
	d.WriteString("</table>>];\n")
}

func orBlank(s string) string {
	if s == "" {
		return " "
	}
	return s
}

// cellList says in words what a row of cells is.
func cellList(cells []cell, unit string) string {
	var list []string
	for _, c := range cells {
		where := ""
		if c.at != "" {
			where = " at " + c.at
		}
		what := c.size
		if _, err := strconv.Atoi(c.size); err == nil || strings.HasSuffix(c.size, "n") || strings.HasSuffix(c.size, "…") {
			what += " " + unit
			if c.size != "1" {
				what += "s"
			}
		}
		list = append(list, fmt.Sprintf("%s%s (%s)", c.name, where, what))
	}
	return strings.Join(list, ", ")
}
