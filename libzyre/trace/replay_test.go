package trace_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// simulated is the trace of a simulation's nodes, in one.
func simulated(t testing.TB, s zyretest.Simulation) []byte {
	t.Helper()
	var out bytes.Buffer
	s.Trace = &out
	s.Shrink = -1
	if _, err := zyretest.Simulate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// small is a trace with everything in it: nodes that begin, talk, are killed and stop.
func small(t testing.TB) []string {
	text := string(simulated(t, zyretest.Simulation{Seed: 3, Nodes: 3, For: 40 * time.Second, Actions: []zyretest.Action{
		{Do: "start", Node: 0}, {Do: "start", Node: 1}, {Do: "start", Node: 2},
		{At: 10 * time.Second, Do: "kill", Node: 0}, {At: 20 * time.Second, Do: "stop", Node: 1},
	}}))
	return strings.SplitAfter(text, "\n")
}

// What nodes did on networks where everything goes wrong that can, they do again.
func TestReplay(t *testing.T) {
	redials := 0
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			text := simulated(t, zyretest.Simulation{Seed: seed, Nodes: 8, For: time.Minute, Faults: true})
			sum, err := trace.Replay(bytes.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			if sum.Inputs < 500 || sum.Nodes < 8 || sum.Cut || sum.Lines != bytes.Count(text, []byte("\n")) {
				t.Errorf("%+v of %d octets", sum, len(text))
			}
			redials += bytes.Count(text, []byte(`"out":"redial"`))
		})
	}
	if redials == 0 {
		t.Error("no connection was made anew")
	}
}

// Who changes what a node did, or leaves out what it heard, is told where that shows first.
func TestDifference(t *testing.T) {
	lines := small(t)
	find := func(parts ...string) int {
		for i, line := range lines {
			all := true
			for _, part := range parts {
				all = all && strings.Contains(line, part)
			}
			if all && i > 20 {
				return i
			}
		}
		t.Fatalf("the trace has no %q", parts)
		return 0
	}
	changed := func(i int, from, to string) []string {
		if !strings.Contains(lines[i], from) {
			t.Fatalf("%q is not in %s", from, lines[i])
		}
		return append(append(append([]string(nil), lines[:i]...), strings.Replace(lines[i], from, to, 1)), lines[i+1:]...)
	}
	without := func(i int) []string { return append(append([]string(nil), lines[:i]...), lines[i+1:]...) }

	with := func(i int) []string {
		return append(append(append([]string(nil), lines[:i]...), lines[i]), lines[i:]...)
	}

	sent := find(`"out":"send"`, `"JOIN"`)
	whisper := find(`"out":"send"`, "WHISPER")
	event := find(`"event":"EXIT"`)
	hello := find(`"out":"send"`, "HELLO")
	done := find(`"out":"done"`)
	tick := find(`"in":"tick"`)
	last := done // of its input
	for !strings.Contains(lines[last], `"out":"done"`) || !strings.Contains(lines[last+1], `"in":`) {
		last++
	}
	const nothing = "nothing"
	for _, c := range []struct {
		name      string
		lines     []string
		at        int // line, from 1; 0: not before
		want, got string
	}{
		{"another command", changed(sent, "JOIN", "LEAVE"), sent + 1, "LEAVE", "JOIN"},
		{"another sequence", changed(whisper, `"sequence":`, `"sequence":7`), whisper + 1, "#7", "WHISPER"},
		{"another HELLO", changed(hello, `"aaa101`, `"aaa102`), hello + 1, "aaa102", "aaa101"},
		{"another event", changed(event, "EXIT", "SILENT"), event + 1, "SILENT", "EXIT"},
		{"no command", without(sent), 0, "", "JOIN"},
		{"one answer more", with(last), last + 2, "done", nothing},
		{"another time", changed(tick, `"due":"1970`, `"due":"1971`), tick + 1, "a tick due at 1971", "a tick due at 1970"},
		{"no event", without(event), 0, "", "EXIT"},
		{"an answer that was not", changed(done, `"call":`, `"error":"no","call":`), done + 1, `"no"`, "done"},
		{"a command that did not come", without(find(`"in":"recv"`, "WHISPER")), 0, "", ""},
	} {
		_, err := trace.Replay(strings.NewReader(strings.Join(c.lines, "")))
		var d *trace.Difference
		if !errors.As(err, &d) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.at > 0 && d.Line != c.at || !strings.Contains(d.Want, c.want) || c.got == nothing && d.Got != "" || c.got != nothing && !strings.Contains(d.Got, c.got) || d.After > d.Line && d.Want != "" || d.Input == "" || d.Node == (trace.ID{}) {
			t.Errorf("%s: line %d: %+v", c.name, c.at, d)
		}
	}
}

// A trace may end anywhere, and what is before is good.
func TestCut(t *testing.T) {
	text := strings.Join(small(t), "")
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		end := random.IntN(len(text))
		sum, err := trace.Replay(strings.NewReader(text[:end]))
		if err != nil {
			t.Fatalf("cut at %d: %v", end, err)
		}
		whole := strings.LastIndexByte(text[:end], '\n') + 1
		if sum.Lines != strings.Count(text[:end], "\n") && sum.Lines != strings.Count(text[:end], "\n")+1 || sum.Cut && whole == end {
			t.Errorf("cut at %d: %+v", end, sum)
		}
	}
}

// A node that is started again goes on in the same file, under the same UUID.
func TestTwoLives(t *testing.T) {
	lines := strings.Join(small(t), "")
	sum, err := trace.Replay(strings.NewReader(lines + lines))
	if err != nil || sum.Nodes != 6 || sum.Ended != 2 {
		t.Errorf("%+v %v", sum, err)
	}
}

func TestBadTraces(t *testing.T) {
	lines := small(t)
	const node = `"node":"000102030405060708090A0B0C0D0E0F"`
	const begin = `{"time":"2001-02-03T04:05:06Z",` + node + `,"in":"begin","version":1,"config":{"name":"a","port":1,"interval":1,"evasive":5,"expired":30,"send-timeout":1,"limits":{}}}` + "\n"
	at := `{"time":"2001-02-03T04:05:06Z",` + node + `,`
	for text, want := range map[string]string{
		strings.Join(lines[1:], ""): "does not have the beginning of node",
		"what\n":                    "line 1 is none of a trace",
		begin + "{}\n":              `line 2 is none of a trace: it has not one of "in", "out" and "event"`,
		begin + at + `"in":"tick","out":"send"}` + "\n":                          "line 2 is none of a trace",
		begin + at + `"in":"dance"}` + "\n":                                      `line 2: nothing that comes to a node is called "dance"`,
		begin + at + `"in":"beacon","addr":"x"}` + "\n":                          "line 2: ParseAddr",
		begin + at + `"in":"recv","sizes":[1]}` + "\n":                           "line 2: 1 sizes for 0 frames",
		begin + at + `"in":"recv","sizes":[-1],"frames":[""]}`:                   "line 2: frame 1: -1 octets cannot be",
		begin + at + `"in":"recv","sizes":[9],"frames":["zz"]}`:                  "line 2: frame 1: encoding/hex",
		begin + at + `"in":"recv","sizes":[260000000,9000000],"frames":["",""]}`: "line 2: frame 2: 9000000 octets cannot be",
		begin + at + `"in":"recv","sizes":[9000000],"frames":["aaa101020001"]}`:  "line 2: frame 1: a trace has all of a HELLO, not 6 of 9000000 octets",
		strings.Replace(begin, `"version":1`, `"version":2`, 1):                  "has version 2 of the format",
		strings.Replace(begin, `"evasive":5`, `"evasive":50`, 1):                 "no node has",
		strings.Replace(begin, `,"config":`, `,"x":`, 1):                         `"begin" has no "config"`,
		strings.Replace(begin, `000102`, `00`, 1):                                "is no UUID",
		strings.Replace(begin, `"time":"2001-02-03T04:05:06Z",`, ``, 1):          `it has no "time"`,
		"{" + strings.Repeat(" ", 17<<20):                                        "line 1 has more than 16777216 octets",
	} {
		if _, err := trace.Replay(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.100q: %v, not %q", text, err, want)
		}
	}
	if sum, err := trace.Replay(strings.NewReader("")); err != nil || sum != (trace.Summary{}) {
		t.Error(sum, err)
	}
}

// huge claims messages as large as a line may, in few octets.
func huge() string {
	const line = `{"time":"2001-02-03T04:05:06Z","node":"000102030405060708090A0B0C0D0E0F",`
	return line + `"in":"begin","version":1,"config":{"name":"a","port":1,"interval":1,"evasive":5,"expired":30,"send-timeout":1,"limits":{}}}` + "\n" +
		strings.Repeat(line+`"in":"recv","sizes":[268435456],"frames":["aaa1"]}`+"\n", 200)
}

// A message costs what is shown of it, not what it says it had.
func TestHuge(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if sum, err := trace.Replay(strings.NewReader(huge())); err != nil || sum.Inputs != 201 {
		t.Errorf("%+v %v", sum, err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<30 {
		t.Errorf("%d octets were taken for 200 lines", got)
	}
}

// What waits for room is copied: it is bounded over all nodes, until it is answered or its node begins anew.
func TestWaiting(t *testing.T) {
	lines := small(t)
	i := 0
	for !strings.Contains(lines[i], `"in":"whisper"`) || !strings.Contains(lines[i+1], `"WHISPER"`) {
		i++
	}
	const octets = 130 << 20
	size := regexp.MustCompile(`"sizes":\[(6,)?\d+`)
	grow := func(line string) string { return size.ReplaceAllString(line, fmt.Sprintf(`"sizes":[${1}%d`, octets)) }
	node := regexp.MustCompile(`"node":"\w+","in":`).FindString(lines[i])
	begin := lines[slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, node+`"begin"`) })]
	call, sent := grow(lines[i]), grow(lines[i+1])
	full := strings.Replace(sent, "}\n", `,"error":"full"}`+"\n", 1)
	for name, c := range map[string]struct {
		text, want string
	}{
		"one":       {call + full, ""},
		"two":       {call + full + call, "octets wait to be sent"},
		"two lives": {call + full + begin + call, ""},
		"answered":  {call + sent + lines[i+2] + call, ""},
	} {
		_, err := trace.Replay(strings.NewReader(strings.Join(lines[:i], "") + c.text))
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever a trace says, replaying it ends, and not by panic.
func FuzzReplay(f *testing.F) {
	lines := small(f)
	for i := 0; i+10 < len(lines); i += 100 {
		f.Add(lines[0] + strings.Join(lines[i:i+10], ""))
	}
	f.Add(strings.Join(lines[:30], ""))
	f.Add(huge())
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) < 1<<16 {
			_, _ = trace.Replay(strings.NewReader(text))
		}
	})
}

// Lines that are mixed up are no worse.
func TestShuffled(t *testing.T) {
	lines := small(t)
	random := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		mixed := append([]string(nil), lines...)
		for range 1 + random.IntN(20) {
			i, j := random.IntN(len(mixed)), random.IntN(len(mixed))
			switch random.IntN(3) {
			case 0:
				mixed[i], mixed[j] = mixed[j], mixed[i]
			case 1:
				mixed[i] = mixed[j]
			default:
				mixed[i] = strings.Replace(mixed[i], fmt.Sprint(random.IntN(10)), fmt.Sprint(random.IntN(10)), 1)
			}
		}
		_, _ = trace.Replay(strings.NewReader(strings.Join(mixed, "")))
	}
}
