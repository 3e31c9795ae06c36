package zretester

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/zeromq/gozyre/tools/internal/show"
)

// view is how things stand.
type view struct {
	State   string // what is being done
	Elapsed time.Duration
	For     time.Duration // 0: until interrupted
	Rows    []figure      // of each node, or process
	Total   figure
	PerNode bool
	Nodes   int // in the pool
	Seed    uint64
	Exits   map[string]uint64
	Finds   int
	Latest  []string // the last findings and troubles, oldest first
}

// manyNodes is up to how many places have a line each.
const manyNodes = 20

// table is the live picture on a terminal.
type table struct {
	look   func() view
	stop   func() // what q does
	now    view
	rates  rates
	speeds []float64 // events a second of each row
	speed  float64   // of all
	height int
	width  int
	asked  bool // to stop
}

type lookMsg struct{}

const redraw = 500 * time.Millisecond

func newTable(look func() view, stop func()) *table {
	return &table{look: look, stop: stop, rates: rates{}, height: 24, width: 80}
}

func (t *table) Init() tea.Cmd { return func() tea.Msg { return lookMsg{} } }

func (t *table) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case lookMsg:
		t.measure(t.look(), time.Now())
		return t, tea.Tick(redraw, func(time.Time) tea.Msg { return lookMsg{} })
	case tea.WindowSizeMsg:
		t.width, t.height = msg.Width, msg.Height
	case tea.KeyPressMsg:
		if key := msg.String(); key == "q" || key == "ctrl+c" {
			t.asked = true
			t.stop()
		}
	}
	return t, nil
}

// measure takes a new look.
func (t *table) measure(v view, at time.Time) {
	t.now = v
	t.speeds = t.speeds[:0]
	t.speed = 0
	for i, row := range v.Rows {
		rate := t.rates.of(fmt.Sprint(i), at, row.Events)
		t.speeds = append(t.speeds, rate)
		t.speed += rate
	}
}

func (t *table) View() tea.View {
	view := tea.NewView(t.draw())
	view.AltScreen = true
	return view
}

const (
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	plain = "\x1b[0m"
)

// draw is the picture as text. Nothing in it comes from a peer as it is.
func (t *table) draw() string {
	v := &t.now
	head := []string{bold + "zretester" + plain + "  " + v.State + "  " + v.clock() + fmt.Sprintf("  seed %d", v.Seed)}
	head = append(head,
		fmt.Sprintf("%d of %d nodes run, %s started; %.0f events/s; %s", v.Total.Running, v.Nodes, count(v.Total.Started), t.speed, octets(v.Total.Memory)),
		fmt.Sprintf("%s enters, %s exits%s", count(v.Total.Enters), count(v.Total.Exits), causesText(v.Exits)))
	if v.Finds == 0 {
		head = append(head, "0 findings")
	} else {
		head = append(head, red+plural(uint64(v.Finds), "finding")+plain)
	}
	what := "process"
	if v.PerNode {
		what = "node"
	}
	columns := fmt.Sprintf("%-16s %7s %9s %9s %9s %9s", what, "running", "peers", "events/s", "enters", "exits")
	if !v.PerNode {
		columns += fmt.Sprintf(" %10s", "memory")
	}
	head = append(head, "", bold+columns+plain)
	foot := t.foot()
	room := max(1, t.height-len(head)-len(foot))
	lines := head
	for i, row := range v.Rows {
		if room == 1 && i < len(v.Rows)-1 {
			lines = append(lines, fmt.Sprintf("… and %d more", len(v.Rows)-i))
			break
		}
		room--
		lines = append(lines, t.row(row, t.speeds[i]))
	}
	lines = append(lines, foot...)
	for i, line := range lines {
		lines[i] = fit(line, t.width)
	}
	return strings.Join(lines, "\n")
}

func (t *table) row(f figure, speed float64) string {
	peers := "-"
	switch {
	case f.Running == 0:
	case f.Peers == f.Most:
		peers = fmt.Sprint(f.Peers)
	default:
		peers = fmt.Sprintf("%d-%d", f.Peers, f.Most)
	}
	line := fmt.Sprintf("%-16s %7d %9s %9.0f %9d %9d", show.Text(f.Name), f.Running, peers, speed, f.Enters, f.Exits)
	if f.Memory > 0 {
		line += fmt.Sprintf(" %10s", octets(f.Memory))
	}
	return line
}

// foot is what stands below: the latest that was found, and which keys there are.
func (t *table) foot() []string {
	lines := []string{""}
	for _, text := range t.now.Latest {
		lines = append(lines, red+text+plain)
	}
	if t.asked {
		return append(lines, "stopping")
	}
	return append(lines, "q: stop")
}

// fit cuts a line that is wider than the terminal. Sequences of colour have no width.
func fit(line string, width int) string {
	n, escape := 0, false
	for i, r := range line {
		switch {
		case r == '\x1b':
			escape = true
		case escape:
			escape = r != 'm'
		default:
			if n++; n > width {
				return line[:i] + plain
			}
		}
	}
	return line
}

// status is the picture in one line, for where there is no terminal.
func (t *table) status() string {
	v := &t.now
	peers := fmt.Sprint(v.Total.Peers)
	if v.Total.Most != v.Total.Peers {
		peers = fmt.Sprintf("%d to %d", v.Total.Peers, v.Total.Most)
	}
	return fmt.Sprintf("%s: %s: %d of %d nodes run and see %s others; %.0f events/s, %d exits%s; %s; %s",
		v.clock(), v.State, v.Total.Running, v.Nodes, peers, t.speed, v.Total.Exits, causesText(v.Exits), plural(uint64(v.Finds), "finding"), octets(v.Total.Memory))
}

// causesText lists exits by what ended them.
func causesText(exits map[string]uint64) string {
	if len(exits) == 0 {
		return ""
	}
	return " (" + numbersText(exits) + ")"
}

func numbersText(numbers map[string]uint64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		parts = append(parts, fmt.Sprintf("%s %s", show.Text(name), count(numbers[name])))
	}
	return strings.Join(parts, ", ")
}

// clock is how long the run is under way, and until it settles of how long.
func (v *view) clock() string {
	if v.Elapsed > v.For {
		return span(v.Elapsed)
	}
	return span(v.Elapsed) + ofSpan(v.For)
}

func ofSpan(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return " of " + span(d)
}

func span(d time.Duration) string { return d.Round(time.Second).String() }

// count is a number for people.
func count(n uint64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// octets is a size for people; 1 MB is 1,000,000 octets.
func octets(n uint64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }
