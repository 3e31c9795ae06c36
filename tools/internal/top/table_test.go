package top

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func id(n int) (id zyre.UUID) {
	id[0], id[15] = byte(n), 1
	return id
}

// host is where a node is.
func host(n int) netip.Addr { return netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}) }

// picture is a model of a few nodes, and a table that looks at it.
func picture(names ...string) (*model.Model, *table) {
	m := model.New(id(0), "watcher", "", begin)
	for i, name := range names {
		m.Event(&zyre.Event{Type: zyre.Enter, Peer: id(i + 1), Name: name, Addr: fmt.Sprintf("tcp://10.0.0.%d:1000", i+1), Headers: map[string]string{"X-ROLE": name}, Time: begin})
		m.Event(&zyre.Event{Type: zyre.Join, Peer: id(i + 1), Group: []string{"even", "odd"}[(i+1)%2], Time: begin})
	}
	t := newTable(func() (model.View, bool) { return m.Since(0), true }, "", func() {})
	t.Update(tea.WindowSizeMsg{Width: 110, Height: 20})
	t.Update(lookMsg{})
	return m, t
}

func lines(t *table) []string { return strings.Split(ansi.Strip(t.draw()), "\n") }

// row is the line of the table that is about a node.
func row(t *table, name string) string {
	for _, line := range lines(t) {
		if strings.HasPrefix(line, "● "+name+" ") {
			return line
		}
	}
	return ""
}

func press(t *table, keys ...string) {
	for _, key := range keys {
		t.key(key)
	}
}

func TestTable(t *testing.T) {
	m, table := picture("alice", "bob", "carol")
	m.Ping(id(1), 1500*time.Microsecond, false)
	m.Ping(id(2), 0, true)
	for i := range 2 {
		m.Record(&collector.Record{Level: 3, Event: zrelog.EventStats, Node: zrelog.HashUUID(id(1)), Received: begin.Add(time.Duration(i) * time.Second),
			From: host(1), Text: fmt.Sprintf("peers=3 in=%d out=%d queue=4 dropped=0 octets-in=%d octets-out=0", i*20000, i*3, i*5e6)})
	}
	table.Update(lookMsg{})
	if got := strings.Fields(row(table, "alice")); strings.Join(got, " ") != "● alice 10.0.0.1:1000 1.50 20k 3.0 5000k 0 4 odd" {
		t.Error(got)
	}
	if got := strings.Fields(row(table, "bob")); strings.Join(got, " ") != "● bob 10.0.0.2:1000 lost – – – – – even" {
		t.Error(got)
	}
	got := lines(table)
	if len(got) != 20 || !strings.HasPrefix(got[0], "zyre top  4 nodes  3 enters, 0 exits, 3 joins, 0 leaves, 2 records") || !strings.HasPrefix(got[1], "  name ") {
		t.Errorf("%d lines: %q", len(got), got[:2])
	}
	if !strings.Contains(got[len(got)-2], "JOIN    carol: odd") {
		t.Error(got[len(got)-2])
	}
	m.Event(&zyre.Event{Type: zyre.Exit, Peer: id(1), Cause: errors.New("why"), Time: begin})
	table.Update(lookMsg{})
	if got := lines(table); !strings.HasPrefix(got[5], "● alice") || !strings.Contains(table.draw(), grey+"● alice") || !strings.Contains(got[len(got)-2], "EXIT    alice: why") {
		t.Errorf("%q", got)
	}
}

func TestKeys(t *testing.T) {
	m, table := picture("alice", "bob", "carol")
	left := false
	table.leave = func() { left = true }
	press(table, "down", "down", "j", "k")
	if table.chosen != id(2).String() || !strings.Contains(table.draw(), inverse+"bob") {
		t.Error(table.chosen)
	}
	press(table, "enter")
	if got := strings.Join(lines(table), "\n"); !strings.Contains(got, "bob  "+id(2).String()+"  here") || !strings.Contains(got, "X-ROLE: bob") {
		t.Error(got)
	}
	press(table, "g") // odd: bob is not in it
	if got := strings.Join(lines(table), "\n"); table.open || strings.Contains(got, "● bob") || !strings.Contains(got, "only members of odd") || !strings.Contains(got, "● carol") {
		t.Error(got)
	}
	press(table, "g", "g", "up")
	if table.group != "" || table.chosen != id(0).String() {
		t.Error(table.group, table.chosen)
	}
	press(table, "s", "s")
	m.Ping(id(2), time.Second, false)
	table.Update(lookMsg{})
	if got := lines(table); !strings.HasPrefix(got[2], "● bob") {
		t.Error("not sorted by the round trip:", got[2])
	}
	press(table, "esc", "pgdown", "pgup", "enter", "enter")
	m.Event(&zyre.Event{Type: zyre.Exit, Peer: id(2), Time: begin})
	press(table, "enter")
	table.Update(lookMsg{})
	m.Tick(begin.Add(time.Hour)) // the selected one vanishes
	table.Update(lookMsg{})
	_ = table.draw()
	table.Update(tea.KeyPressMsg{Code: 'q', Text: "q"})
	if !left {
		t.Error("q does not leave")
	}
}

// However small the terminal, and whatever anybody calls himself: no line is wider than it, there are no more lines than
// it has, and nothing moves the cursor.
func TestTableIsSafe(t *testing.T) {
	bad := []string{"\x1b[2J\x1b]0;title\a", "a\nb\r\tc", "\u202eevil", "\xff\xfe\x9b31m", strings.Repeat("W", 255), "世界世界世界世界世界世界世界世界世界", "<script>", strings.Repeat("e\u0301", 100)}
	m, table := picture(bad...)
	for i, text := range bad {
		m.Event(&zyre.Event{Type: zyre.Join, Peer: id(i + 1), Group: text, Time: begin})
		m.Record(&collector.Record{Level: 1, Node: zrelog.HashUUID(id(i + 1)), Received: begin, From: host(i + 1), Text: text})
	}
	table.Update(lookMsg{})
	table.Update(tea.WindowSizeMsg{Width: 200, Height: 40})
	for i := range bad {
		address := fmt.Sprintf("10.0.0.%d:1000", i+1)
		for _, line := range lines(table) {
			if before, _, found := strings.Cut(line, address); found && strings.HasPrefix(line, "●") && ansi.StringWidth(before) != 19 {
				t.Errorf("the address of %+q stands at %d", bad[i], ansi.StringWidth(before))
			}
		}
	}
	for _, size := range [][2]int{{200, 40}, {80, 24}, {30, 8}, {1, 1}, {3, 2}, {0, 0}} {
		table.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		for _, key := range []string{"down", "enter", "s", "g", "enter", "down", "up", "esc", "down", "enter"} {
			press(table, key)
			got := lines(table)
			if len(got) > max(1, size[1]) {
				t.Errorf("%v: %d lines", size, len(got))
			}
			for _, line := range got {
				if ansi.StringWidth(line) > size[0] {
					t.Errorf("%v: %q", size, line)
				}
				if strings.ContainsAny(line, "\x1b\a\r\t\u202e\x9b") {
					t.Errorf("%q", line)
				}
			}
		}
	}
}
