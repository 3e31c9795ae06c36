package bench

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// Small files to three peers give every value that the table shows, and leave nothing behind.
func TestShares(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds and runs programs for some seconds")
	}
	root, err := repo.Find(".")
	if err != nil {
		t.Fatal(err)
	}
	e := &repo.Env{Context: t.Context(), Root: root, Stdout: io.Discard, Stderr: os.Stderr}
	dir := t.TempDir()
	l, err := newLab(e, dir)
	if err != nil {
		t.Fatal(err)
	}
	list := shareMeasures(scale{large: 1 << 20, delivered: 3}, dir)
	for i := range list {
		list[i].client = append(list[i].client, "--peers=3", "--stable=1s")
	}
	figures, err := measureAll(e, list, 1, l.run)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range figures {
		for side, said := range f.Errors {
			t.Errorf("%s of %s: %s", f.Name, side, said)
		}
		for _, r := range f.Rows {
			if shown := r.Shown[zmtp]; shown == "" || strings.Contains(shown, "unknown") {
				t.Errorf("%s: %q", r.About, shown)
			}
		}
		for key, v := range f.Values[zmtp] {
			if v <= 0 {
				t.Errorf("%s: %s is %v", f.Name, key, v)
			}
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("beside the program there is litter: %v, %v", left, err)
	}
}

// The large file is compared with cp in the same process; --quick is said beside the table.
func TestSharesTable(t *testing.T) {
	f := shareMeasures(quickShares, "")[1].figure(3, func(measure, string) (values, error) {
		return values{"ratio": 1.901, "took": 3.802, "cp": 2, "cpu": 5, "cp-cpu": 1.5, "sender": 63e6, "receiver": 65e6}, nil
	})
	f.Runs = 1
	want := `
Shared files (libzyre/README.md), medians of 1 runs, --quick: less of everything than the targets are for:

| figure | zyre | target | | others, measured before |
|---|---|---|---|---|
| 16 MiB, stable, 11 processes on one machine: Publish → DELIVER at the last of 10 peers, ÷ cp to 10 places | 1.91 × | ≤ 2 × cp | met | – |
| … in time / cp's | 3.80 s / 2.00 s | – |  | – |
| … processor time, all nodes together / cp | 5.00 s / 1.50 s | – |  | – |
| … most memory of a node, sender / receivers | 63 MB / 65 MB | ≤ 64 MB each | **not met** | – |
`
	_, got, _ := strings.Cut(string(Report{Runs: 3, Quick: true, Figures: []Figure{f}}.markdown()), "\n")
	if got != want {
		t.Errorf("got\n%s\nnot\n%s", got, want)
	}
}
