package bench

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Small networks of ours and of memberlist give every value that the table shows.
func TestPresence(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs programs for some seconds")
	}
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	e := &repo.Env{Context: t.Context(), Root: root, Stdout: io.Discard, Stderr: os.Stderr}
	l, err := newLab(e, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sides := []string{zmtp, memberlist}
	if err := l.hireMemberlist(); err != nil {
		t.Logf("NOT TESTED: memberlist: %v", err)
		if os.Getenv("CI") == "true" {
			t.Error("memberlist is needed where CI=true")
		}
		sides = oursAlone
	}
	small := map[string][]string{
		"presence-50":     {"crowd", "--nodes=3"},
		"presence-100":    {"crowd", "--nodes=4", "--processes=2", "--during=1s"},
		"presence-200":    {"crowd", "--nodes=5", "--processes=0", "--during=1s"},
		"presence-kill":   {"gone", "--count=2", "--others=2", "--after=0s"},
		"presence-busy":   {"crowd", "--nodes=4", "--busy", "--during=1s"},
		"presence-groups": {"churn", "--nodes=4", "--during=2s", "--calm=1s"},
	}
	for _, m := range presenceMeasures(time.Second) {
		client, ok := small[m.name]
		if !ok { // it takes root, or long
			continue
		}
		for _, side := range sides {
			if side != zmtp && (len(m.transports) < 2 || m.name == "presence-kill") { // memberlist takes its time
				continue
			}
			m.client, m.other = client, nil
			v, err := l.run(m, side)
			if err != nil {
				t.Errorf("%s of %s: %v", m.name, side, err)
			}
			for _, r := range m.rows {
				for _, key := range r.keys {
					if _, ok := v[key]; !ok {
						t.Errorf("%s of %s has no %s: %v", m.name, side, key, v)
					}
				}
			}
			if v["exits"]+v["views"]+v["gaps"] > 0 {
				t.Errorf("%s of %s: %v", m.name, side, v)
			}
		}
	}
}

// The table shows ours, memberlist and how much better ours is; what has no rival shows that.
func TestPresenceTable(t *testing.T) {
	m := measure{name: "m", table: presence, transports: []string{zmtp, memberlist}, client: []string{"ours"}, other: []string{"theirs"},
		rows: []row{{about: "kill", keys: []string{"p50"}, unit: seconds, target: "≤ 1 s", met: atMost("p50", 1), others: "30 s"}}}
	run := func(m measure, side string) (values, error) {
		if args := m.arguments(side); args[0] == "theirs" != (side == memberlist) {
			t.Errorf("%s is told %v", side, args)
		}
		return values{"p50": map[string]float64{zmtp: 0.5, memberlist: 6}[side]}, nil
	}
	alone, runs := m, 0
	alone.transports, alone.once, alone.rows = oursAlone, true, []row{noExits("false")}
	r := Report{Figures: []Figure{m.figure(3, run), alone.figure(3, func(measure, string) (values, error) {
		runs++
		return values{"exits": 2}, nil
	})}}
	want := "| kill | 500 ms | 6.00 s | 12.0 × | ≤ 1 s | met | 30 s |\n| false | 2 | – |  | 0 | **not met** | – |\n"
	if got := string(r.markdown()); !strings.HasSuffix(got, want) || runs != 1 {
		t.Errorf("after %d runs\n%s", runs, got)
	}
}
