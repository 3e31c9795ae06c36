package bench

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

func TestTables(t *testing.T) {
	yes, no := true, false
	r := Report{
		Machine: Machine{CPU: "Abacus", Cores: 2, System: "Linux 6", Go: "go1.26", Libzmq: "4.3.5"},
		Time:    time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Runs:    3,
		Figures: []Figure{
			{Name: "a", Table: nodes, Rows: []Row{
				{About: "speed", Shown: map[string]string{zmtp: "1 ms", libzmq: "3 ms"}, Ratio: 3, Target: "≤ 5 ms", Met: &yes, Others: "2 ms"},
				{About: "size", Shown: map[string]string{zmtp: "9 MB", libzmq: "8 MB"}, Target: "≤ 5 MB", Met: &no, Others: "2 MB"},
			}},
			{Name: "b", Table: nodes, Rows: []Row{{About: "plain", Shown: map[string]string{none: "7 ms"}, Target: "–", Others: "–"}}},
			{Name: "c", Table: links, Rows: []Row{
				{About: "luck", Shown: map[string]string{zmtp: "5 /s", libzmq: "failed"}, Target: "–", Others: "–"},
				{About: "love", Shown: map[string]string{zmtp: "5 ms", libzmq: "9 ms"}, Ratio: 1.89, Target: "–", Others: "–"},
			}, Errors: map[string]string{libzmq: "none today"}},
		},
	}
	want := `Measured on 2026-01-02: Abacus, 2 cores, Linux 6, go1.26, libzmq 4.3.5; medians of 3 runs.

Nodes (libzyre/README.md):

| figure | zmtp | libzmq | target | | best peer |
|---|---|---|---|---|---|
| speed | 1 ms | 3 ms | ≤ 5 ms | met | 2 ms |
| size | 9 MB | 8 MB | ≤ 5 MB | **not met** | 2 MB |
| plain | 7 ms |  | – |  | – |

Transports (codecs/zmtp/README.md):

| figure | zmtp | libzmq | zmtp is better by | target | | measured before: prototype, libzmq, go-zeromq/zmq4 |
|---|---|---|---|---|---|---|
| luck | 5 /s | failed |  | – |  | – |
| love | 5 ms | 9 ms | 1.8 × | – |  | – |

c failed with libzmq: none today
`
	if got := string(r.markdown()); got != want {
		t.Errorf("got\n%s\nnot\n%s", got, want)
	}
}

// A table without a line has no head.
func TestOneTable(t *testing.T) {
	r := Report{Figures: []Figure{{Table: links, Rows: []Row{{About: "luck"}}}}}
	if got := string(r.markdown()); strings.Contains(got, "Nodes") || !strings.Contains(got, "| luck |") {
		t.Errorf("got\n%s", got)
	}
}

// The transports take turns, each first as often as the other, and the median counts.
func TestFigure(t *testing.T) {
	m := measure{name: "m", rows: []row{
		{about: "time", keys: []string{"took", "most"}, unit: seconds, met: atMostTimes("took", 0.5)},
		{about: "rate", keys: []string{"rate"}, unit: perSecond, more: true, met: atLeast("rate", 9)},
		{about: "lack", keys: []string{"none"}, unit: number, met: atMost("none", 1)},
		{about: "same", keys: []string{"took"}, unit: seconds, alone: true, met: all(atMostTimes("took", 0.4), atLeastTimes("took", 0.4))},
		{about: "less", keys: []string{"took"}, unit: seconds, met: atMostTimes("took", 0.3)},
	}}
	took := map[string][]float64{zmtp: {3, 1, 2}, libzmq: {4, 9, 5}}
	var order []string
	f := m.figure(3, func(_ measure, transport string) (values, error) {
		order = append(order, transport)
		next := took[transport][0]
		took[transport] = took[transport][1:]
		return values{"took": next, "most": 10 * next, "rate": next}, nil
	})
	if want := []string{zmtp, libzmq, libzmq, zmtp, zmtp, libzmq}; !slices.Equal(order, want) {
		t.Errorf("the order is %v", order)
	}
	for i, want := range []struct {
		zmtp, libzmq string
		ratio        float64
		met          bool
	}{
		{"2.00 s / 20.00 s", "5.00 s / 50.00 s", 2.5, true},
		{"2 /s", "5 /s", 0.4, false},
		{"unknown", "unknown", 0, false},
		{"2.00 s", "5.00 s", 0, true},
		{"2.00 s", "5.00 s", 2.5, false},
	} {
		r := f.Rows[i]
		if r.Shown[zmtp] != want.zmtp || r.Shown[libzmq] != want.libzmq || r.Ratio != want.ratio || r.Met == nil || *r.Met != want.met {
			t.Errorf("%s: %+v, not %+v", r.About, r, want)
		}
	}
}

// What fails with one transport is measured with the other, and meets no target that is relative to the one.
func TestFigureFails(t *testing.T) {
	m := measure{name: "m", rows: []row{{keys: []string{"rate"}, unit: perSecond, met: atLeastTimes("rate", 1.5)}}}
	for _, broken := range both {
		runs := 0
		f := m.figure(3, func(_ measure, transport string) (values, error) {
			runs++
			if transport == broken {
				return nil, errors.New("no luck")
			}
			return values{"rate": 1}, nil
		})
		r := f.Rows[0]
		if runs != 4 || f.Errors[broken] != "no luck" || r.Shown[broken] != "failed" || r.Ratio != 0 {
			t.Errorf("%s is broken: after %d runs %+v", broken, runs, f)
		}
		if broken == zmtp && r.Met != nil || broken == libzmq && (r.Met == nil || *r.Met) {
			t.Errorf("%s is broken: the verdict is %v", broken, r.Met)
		}
	}
}

// What has one column, or none, shows no other.
func TestFigureAlone(t *testing.T) {
	run := func(measure, string) (values, error) { return values{"took": 1}, nil }
	for _, c := range []struct{ transport, zmtp, libzmq, none string }{
		{zmtp, "1.00 s", "silence", ""},
		{none, "silence", "silence", "1.00 s"},
	} {
		m := measure{transports: []string{c.transport}, rows: []row{{keys: []string{"took"}, unit: seconds, silent: "silence"}}}
		s := m.figure(1, run).Rows[0].Shown
		if s[zmtp] != c.zmtp || s[libzmq] != c.libzmq || s[none] != c.none {
			t.Errorf("with %s alone: %v", c.transport, s)
		}
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
		{kilobytes(11234), "11.2 KB"},
		{gigabytesPerSecond(2.345e9), "2.35 GB/s"},
		{nanoseconds(321.4e-9), "321 ns"},
		{percent(0.00213), "0.21%"},
		{number(0.004), "0.00"},
		{times(2.59), "2.5 ×"},
		{times(0), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %s, not %s", c.got, c.want)
		}
	}
}

func TestMeasures(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range slices.Concat(measures, presenceMeasures(time.Minute), shareMeasures(fullShares, ""), fileMeasures(fullScale)) {
		if seen[m.name] {
			t.Errorf("there are two figures %q", m.name)
		}
		seen[m.name] = true
		if !slices.Contains(tables, m.table) || (len(m.client) == 0) == (m.files == nil) || len(m.rows) == 0 {
			t.Errorf("%s lacks something: %+v", m.name, m)
		}
		for _, r := range m.rows {
			if r.about == "" || len(r.keys) == 0 || r.unit == nil || r.target == "" || r.others == "" || (r.met == nil) != (r.target == "–") {
				t.Errorf("%s has a row that lacks something: %+v", m.name, r)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	e := &repo.Env{Context: t.Context(), Stdout: io.Discard, Stderr: io.Discard}
	for _, c := range []struct {
		command Command
		want    string
	}{
		{Command{Runs: -1}, "--runs -1"},
		{Command{Runs: 1, Only: []string{"charm"}}, `no figure "charm"`},
		{Command{Tables: []string{"fmq", "chairs"}}, `no table "chairs"`},
	} {
		if err := c.command.Run(e); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: the error is %v", c.command, err)
		}
	}
}

// Tables and figures are asked for by name; files are measured more often than the others.
func TestWanted(t *testing.T) {
	for _, c := range []struct {
		command Command
		want    string // of nodes, links, files
		files   int    // runs
	}{
		{Command{}, "enter link-rtt files-state", 5},
		{Command{Quick: true}, "enter link-rtt files-state", 1},
		{Command{Tables: []string{files}, Runs: 2}, "files-state", 2},
		{Command{Tables: []string{nodes, links}}, "enter link-rtt", 5},
		{Command{Only: []string{"link-rtt"}}, "link-rtt", 5},
		{Command{Tables: []string{files}, Only: []string{"link-rtt"}}, "", 5},
	} {
		var got []string
		for _, m := range c.command.wanted(slices.Concat(measures, fileMeasures(quickScale))) {
			if slices.Contains([]string{"enter", "link-rtt", "files-state"}, m.name) {
				got = append(got, m.name)
			}
		}
		if strings.Join(got, " ") != c.want || c.command.runs(files) != c.files {
			t.Errorf("%+v: %v, %d times", c.command, got, c.command.runs(files))
		}
	}
}

// The table of codecs is made of what go test prints.
func TestCodecs(t *testing.T) {
	found := map[string]values{}
	for name, samples := range readBenchmarks(`goos: linux
BenchmarkCodecs/message=HELLO/codec=gozyre/do=encode-2         	 1000	        90.5 ns/op	       195.0 octets	       0 B/op	       0 allocs/op
BenchmarkCodecs/message=HELLO/codec=gozyre/do=encode-2         	 1000	        80.5 ns/op	       195.0 octets	       0 B/op	       0 allocs/op
BenchmarkCodecs/message=HELLO/codec=gozyre/do=encode-2         	 1000	        99.5 ns/op	       195.0 octets	       0 B/op	       0 allocs/op
BenchmarkCodecs/message=HELLO/codec=msgp/do=encode-2           	 1000	       181 ns/op	       195.0 octets	       0 B/op	       2 allocs/op
BenchmarkCodecs/message=HELLO/codec=gozyre/do=decode-2         	 1000	       20.0 ns/op	       8 B/op	       1 allocs/op
BenchmarkCodecs/message=HELLO/codec=msgp/do=decode-2           	 1000	       81 ns/op	       8 B/op	       0 allocs/op
PASS
`) {
		found[name] = median(samples)
	}
	encode, decode := codecRows[0].fill(found), codecRows[1].fill(found)
	if got, want := encode.line(codecs), "| HELLO of 195 octets: encode | 91 ns |  |  | 181 ns (2 allocations) | 2.0 × | ≤ 100 ns, the fastest | met |\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	if *decode.Met {
		t.Error("an allocation meets the target")
	}
	if missing := codecRows[2].fill(found); *missing.Met {
		t.Error("what was not measured meets the target")
	}
}
