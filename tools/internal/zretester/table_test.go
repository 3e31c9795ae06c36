package zretester

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

func someView() view {
	return view{
		State: "running", Elapsed: 90 * time.Second, For: 5 * time.Minute, Nodes: 60,
		Rows: []figure{
			{Name: "process 1", Running: 9, Peers: 29, Most: 30, Events: 1000, Enters: 460, Exits: 190, Memory: 24_400_000},
			{Name: "evil\x1b[2J", Running: 0, Events: 500},
		},
		Total:  figure{Running: 9, Started: 1234, Peers: 29, Most: 30, Enters: 460, Exits: 190, Memory: 24_400_000},
		Exits:  map[string]uint64{"goodbye": 180, "unreach\nable": 10},
		Finds:  2,
		Latest: []string{"one", "two"},
	}
}

func TestTable(t *testing.T) {
	asked := 0
	now := someView()
	table := newTable(func() view { return now }, func() { asked++ })
	at := time.Unix(1000, 0)
	table.measure(now, at)
	now.Rows[0].Events, now.Rows[1].Events = 3000, 400 // who is replaced begins anew
	table.measure(now, at.Add(2*time.Second))
	table.Update(tea.WindowSizeMsg{Width: 200, Height: 40})
	picture := table.draw()
	wantIn(t, picture, "running  1m30s of 5m0s", "9 of 60 nodes run, 1,234 started; 1000 events/s; 24 MB",
		`460 enters, 190 exits (goodbye 180, unreach\nable 10)`, red+"2 findings"+plain,
		"process 1              9     29-30      1000       460       190      24 MB",
		`evil\x1b[2J            0         -         0         0         0`+"\n", red+"one"+plain, red+"two"+plain, "q: stop")
	table.Update(tea.KeyPressMsg{Code: 'x', Text: "x"})
	table.Update(tea.KeyPressMsg{Code: 'q', Text: "q"})
	table.Update(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})
	if asked != 2 {
		t.Errorf("it was asked to stop %d times", asked)
	}
	wantIn(t, table.draw(), "stopping")
	wantIn(t, table.status(), `1m30s of 5m0s: running: 9 of 60 nodes run and see 29 to 30 others; 1000 events/s, 190 exits (goodbye 180, unreach\nable 10); 2 findings; 24 MB`)
	now.State, now.Elapsed = "settling", now.For+time.Second
	table.measure(now, at.Add(4*time.Second))
	wantIn(t, table.status(), "5m1s: settling:")
	if _, again := table.Update(lookMsg{}); again == nil {
		t.Error("it looks only once")
	}
}

// The picture fits into the terminal, whatever that is like.
func TestTableFits(t *testing.T) {
	v := someView()
	for range 50 {
		v.Rows = append(v.Rows, v.Rows[0])
	}
	for _, size := range [][2]int{{10, 12}, {40, 24}, {80, 100}} {
		table := newTable(func() view { return v }, nil)
		table.measure(v, time.Now())
		table.Update(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
		lines := strings.Split(table.draw(), "\n")
		if len(lines) > max(size[1], 12) {
			t.Errorf("%d lines for %d", len(lines), size[1])
		}
		for _, line := range lines {
			line = strings.NewReplacer(bold, "", red, "", plain, "").Replace(line)
			if n := len([]rune(line)); n > size[0] {
				t.Errorf("%d characters for %d: %s", n, size[0], line)
			}
			if strings.ContainsFunc(line, unicode.IsControl) {
				t.Errorf("%q", line)
			}
		}
		if size[1] < 60 && !strings.Contains(table.draw(), " more") && size[0] >= 40 {
			t.Error("it does not say that there is more")
		}
	}
}

func TestReport(t *testing.T) {
	began := time.Unix(1000, 0)
	r := &report{Type: "report", Seed: 7, Began: began, Took: 65 * time.Second, Nodes: 100, Processes: 4, Started: 1200,
		Figures: history.Figures{Events: 1234567, Enters: 5, Exits: map[string]uint64{"goodbye": 4}, Whispers: 2, Shouts: 1},
		Memory:  79e6, Open: 5471, Late: 15 * time.Millisecond}
	if err := r.verdict(); err != nil {
		t.Error(err)
	}
	wantIn(t, r.text(), "--- 1m5s: 1,200 nodes of a pool of 100 in 4 processes, seed 7\n",
		"    1,234,567 events, 5 enters, 4 exits (goodbye 4), 2 whispers, 1 shouts\n",
		"    memory at most 79 MB, 5,471 descriptors, timers at most 15ms late\n", "    0 findings\n")
	for range maxShown + 1 {
		r.Findings = append(r.Findings, history.Finding{Rule: "storm", At: began.Add(1500 * time.Millisecond), Text: "bad\x1b"})
	}
	r.Found, r.Figures.Rules = 5000, map[string]uint64{"storm": 4999, "view": 1}
	r.Troubles = []string{"process 2 ended"}
	var out strings.Builder
	err := r.print(stdout(&out), false)
	if err == nil || err.Error() != "5,000 findings and 1 other failure; the same choices again: --seed 7" {
		t.Error(err)
	}
	wantIn(t, out.String(), "1.500s storm: bad\\x1b\n", "… and 4,980 findings more\n", "process 2 ended\n", "5,000 findings: storm 4,999, view 1\n")
	r.Late = 2 * time.Second
	if err := r.verdict(); err == nil || !strings.Contains(err.Error(), "too much to do: timers were up to 2s late") {
		t.Error(err)
	}
	out.Reset()
	if err = r.print(stdout(&out), true); err == nil {
		t.Error("JSON makes it good")
	}
	wantIn(t, out.String(), `"type":"report"`, `"seed":7,`, `"found":5000,"findings":[{"rule":"storm"`, `"troubles":["process 2 ended"]`, `"rules":{"storm":4999,"view":1}`)
	if strings.Count(out.String(), "\n") != 1 {
		t.Error("not one line")
	}
	if err := r.print(stdout(broken{}), true); !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errBroken }
