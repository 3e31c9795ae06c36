package bench

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

func TestTable(t *testing.T) {
	yes, no := true, false
	r := Report{
		Machine: Machine{CPU: "Abacus", Cores: 2, System: "Linux 6", Go: "go1.26", Libzmq: "4.3.5"},
		Time:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Runs:    3,
		Figures: []Figure{
			{Name: "a", About: "speed", Shown: "1 ms", Target: "≤ 5 ms", Met: &yes, Best: "2 ms"},
			{Name: "b", About: "size", Shown: "9 MB", Target: "≤ 5 MB", Met: &no, Best: "2 MB"},
			{Name: "c", About: "luck", Shown: "failed", Target: "–", Best: "–", Error: "none today"},
		},
	}
	want := `Measured on 2026-01-02: Abacus, 2 cores, Linux 6, go1.26, libzmq 4.3.5; medians of 3 runs.

| figure | measured | target | | best peer |
|---|---|---|---|---|
| speed | 1 ms | ≤ 5 ms | met | 2 ms |
| size | 9 MB | ≤ 5 MB | **not met** | 2 MB |
| luck | failed | – |  | – |

c failed: none today
`
	if got := string(r.markdown()); got != want {
		t.Errorf("got\n%s\nnot\n%s", got, want)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{seconds(0.000150423), "150 µs"},
		{seconds(0.0014677), "1.5 ms"},
		{seconds(0.0203), "20 ms"},
		{seconds(1.234), "1.23 s"},
		{perSecond(752266.1), "752,266 /s"},
		{perSecond(1234567), "1,234,567 /s"},
		{perSecond(999), "999 /s"},
		{megabytes(161136640), "161 MB"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, not %s", c.got, c.want)
		}
	}
}

func TestUsage(t *testing.T) {
	e := &repo.Env{Context: t.Context(), Stdout: io.Discard, Stderr: io.Discard}
	for _, c := range []struct {
		command Command
		want    string
	}{
		{Command{Runs: 0}, "--runs 0"},
		{Command{Runs: 1, Only: []string{"charm"}}, `no figure "charm"`},
	} {
		if err := c.command.Run(e); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: the error is %v", c.command, err)
		}
	}
}
