package top

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// table is the picture on a terminal. Every text in a model.View is safe there.
type table struct {
	look          func() (model.View, bool)
	leave         func()
	address       string // of the page; empty: there is none
	now           model.View
	nodes         []model.Node // as they are shown
	chosen        string       // the UUID of the selected node; empty: none
	group         string       // only its members are shown; empty: all are
	sort          int          // of columns
	first         int          // the first row on the screen
	open          bool         // details are shown
	width, height int
}

func newTable(look func() (model.View, bool), address string, leave func()) *table {
	return &table{look: look, leave: leave, address: address, width: 80, height: 24}
}

// take takes how things stand now.
func (t *table) take(v model.View) {
	t.now = v
	t.arrange()
}

// arrange filters and sorts.
func (t *table) arrange() {
	t.nodes = t.nodes[:0]
	for _, n := range t.now.Nodes {
		if t.group == "" || slices.Contains(n.Groups, t.group) {
			t.nodes = append(t.nodes, n)
		}
	}
	gone := func(n *model.Node) int {
		if n.State == model.Gone.String() {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(t.nodes, func(a, b model.Node) int {
		return cmp.Or(cmp.Compare(gone(&a), gone(&b)), columns[t.sort].less(&a, &b), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	if t.at() < 0 {
		t.chosen, t.open = "", false
	}
}

// at is the row of the selected node; -1: none is.
func (t *table) at() int {
	return slices.IndexFunc(t.nodes, func(n model.Node) bool { return n.ID == t.chosen })
}

// key does what a key asks for.
func (t *table) key(key string) {
	switch key {
	case "q", "ctrl+c":
		t.leave()
	case "down", "j":
		t.move(1)
	case "up", "k":
		t.move(-1)
	case "pgdown":
		t.move(10)
	case "pgup":
		t.move(-10)
	case "enter":
		t.open = t.chosen != "" && !t.open
	case "s":
		t.sort = (t.sort + 1) % len(columns)
		t.arrange()
	case "g":
		names := []string{""}
		for _, g := range t.now.Groups {
			names = append(names, g.Name)
		}
		t.group = names[(slices.Index(names, t.group)+1)%len(names)]
		t.arrange()
	case "esc":
		t.chosen, t.group, t.open, t.first = "", "", false, 0
		t.arrange()
	}
}

func (t *table) move(by int) {
	if len(t.nodes) == 0 {
		return
	}
	at := t.at() + by
	if t.at() < 0 && by < 0 {
		at = len(t.nodes) - 1
	}
	t.chosen = t.nodes[max(0, min(at, len(t.nodes)-1))].ID
}

// What colours mean, as sequences of a terminal.
const (
	bold    = "\x1b[1m"
	green   = "\x1b[32m"
	yellow  = "\x1b[33m"
	red     = "\x1b[31m"
	grey    = "\x1b[90m"
	inverse = "\x1b[7m"
	plain   = "\x1b[0m"
)

func paint(colour, text string) string { return colour + text + plain }

// draw is the picture as text.
func (t *table) draw() string {
	lines := t.head()
	foot := t.foot(t.height - len(lines))
	room := max(1, t.height-len(lines)-len(foot))
	if at := t.at(); at >= 0 {
		t.first = max(min(t.first, at), at-room+1)
	}
	t.first = max(0, min(t.first, len(t.nodes)-room))
	for i := range room {
		if t.first+i < len(t.nodes) {
			lines = append(lines, t.row(&t.nodes[t.first+i]))
		} else {
			lines = append(lines, "")
		}
	}
	lines = append(lines, foot...)
	for i, line := range lines {
		lines[i] = ansi.Truncate(line, t.width, "…")
	}
	return strings.Join(lines[:min(len(lines), max(1, t.height))], "\n")
}

func (t *table) head() []string {
	c := t.now.Totals
	title := paint(bold, "zyre top") + fmt.Sprintf("  %d nodes", c.Nodes)
	if c.Quiet > 0 {
		title += paint(yellow, fmt.Sprintf(" (%d quiet)", c.Quiet))
	}
	title += fmt.Sprintf("  %d enters, %d exits, %d joins, %d leaves, %d records", c.Enters, c.Exits, c.Joins, c.Leaves, c.Records)
	lines := []string{title}
	if t.address != "" {
		lines = append(lines, t.address)
	}
	if t.group != "" {
		lines = append(lines, "only members of "+paint(bold, t.group))
	}
	var b strings.Builder
	b.WriteString("  ")
	for i, c := range columns {
		title := cell(c.title, c.width, c.right)
		if i == t.sort {
			title = paint(bold, title)
		} else {
			title = paint(grey, title)
		}
		b.WriteString(title + " ")
	}
	return append(lines, b.String())
}

func (t *table) row(n *model.Node) string {
	var b strings.Builder
	dot := green
	switch n.State {
	case model.Evasive.String(), model.Silent.String():
		dot = yellow
	case model.Gone.String():
		dot = grey
	}
	for _, c := range columns {
		b.WriteString(cell(c.text(n), c.width, c.right) + " ")
	}
	text := strings.TrimRight(b.String(), " ")
	switch {
	case n.ID == t.chosen:
		return paint(dot, "● ") + paint(inverse, text)
	case dot == grey:
		return paint(dot, "● "+text)
	}
	return paint(dot, "● ") + text
}

// foot is the selected node's details, or what happened last, and the keys.
func (t *table) foot(height int) []string {
	room := max(0, min(8, height/3))
	lines := []string{""}
	if t.open {
		lines = append(lines, details(&t.nodes[t.at()], &t.now)...)
	} else {
		last := t.now.Lines[max(0, len(t.now.Lines)-room):]
		for i := range last {
			lines = append(lines, happening(&last[i]))
		}
		for len(lines) <= room {
			lines = append(lines, "")
		}
	}
	return append(lines, paint(grey, "↑↓ select  enter details  s sort by "+columns[(t.sort+1)%len(columns)].title+"  g group  esc all  q quit"))
}

func happening(l *model.Line) string {
	colour := map[uint8]string{1: red, 2: yellow}[l.Level]
	text := paint(grey, time.UnixMilli(l.At).Format("15:04:05")) + " " + colour + cell(l.What, 7, false) + plain + " " + l.Who
	if l.Text != "" {
		text += ": " + l.Text
	}
	if l.Told > 1 {
		text += paint(grey, fmt.Sprintf(" ×%d", l.Told))
	}
	return text
}

func details(n *model.Node, v *model.View) []string {
	lines := []string{paint(bold, n.Name) + "  " + n.ID + "  " + n.State}
	if n.Cause != "" {
		lines[0] += ": " + n.Cause
	}
	sees := "it does not say how many peers it sees"
	if n.Peers >= 0 {
		sees = fmt.Sprintf("sees %d of %d others", n.Peers, v.Totals.Nodes-1)
	}
	lines = append(lines, fmt.Sprintf("since %s  %s  dropped %s", time.UnixMilli(n.Since).Format("15:04:05"), sees, number(n.Dropped)))
	for _, key := range slices.Sorted(maps.Keys(n.Headers)) {
		if len(lines) == 7 {
			break
		}
		lines = append(lines, key+": "+n.Headers[key])
	}
	return lines
}
