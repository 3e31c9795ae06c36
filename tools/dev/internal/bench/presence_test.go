package bench

import (
	"io"
	"os"
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
