package bench

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// codecs is the table of codecs/README.md: what it costs to write a message down and to read it. Its benchmarks are those
// of the module codecs/bench, which has the other serializers too.
const codecs = "codecs"

// serializers are the columns. Those that copy what they read out of the message stand in the rows for copying.
var serializers = []string{"gozyre", "protobuf", "vtprotobuf", "msgp"}

// codecRow is a line of the table.
type codecRow struct {
	about       string
	message, do string
	most        float64 // nanoseconds; 0: no target
	copies      bool    // ours and vtprotobuf's have a variant that copies
}

var codecRows = []codecRow{
	{about: "HELLO of 195 octets: encode", message: "HELLO", do: "encode", most: 100},
	{about: "HELLO of 195 octets: decode", message: "HELLO", do: "decode", most: 150},
	{about: "WHISPER of 1 KB: encode", message: "WHISPER", do: "encode", most: 40},
	{about: "WHISPER of 1 KB: decode", message: "WHISPER", do: "decode", most: 60},
	{about: "CHEEZBURGER of 64 KB: encode", message: "CHEEZBURGER", do: "encode", most: 1600},
	{about: "CHEEZBURGER of 64 KB: decode", message: "CHEEZBURGER", do: "decode", most: 50},
	{about: "CHEEZBURGER of 64 KB: decode, and copy the chunk", message: "CHEEZBURGER", do: "decode", copies: true},
}

// benchmarkLine is what go test prints of one: "BenchmarkCodecs/message=M/codec=C/do=D-2 100 5.0 ns/op 0 B/op 0 allocs/op".
var benchmarkLine = regexp.MustCompile(`^BenchmarkCodecs/message=(\S+)/codec=(\S+)/do=([a-z]+)\S*\s+\d+\s+([0-9.]+) ns/op.*\s([0-9]+) allocs/op`)

// measureCodecs runs the benchmarks that often.
func measureCodecs(e *repo.Env, runs int) Figure {
	f := Figure{Name: codecs, Table: codecs, Values: map[string]values{}}
	out, err := e.Command("go", "test", "-run=^$", "-bench=^BenchmarkCodecs$", "-benchmem", fmt.Sprintf("-count=%d", runs),
		"./codecs/bench").Output()
	if err != nil {
		f.Errors = map[string]string{serializers[0]: err.Error()}
		return f
	}
	for name, samples := range readBenchmarks(string(out)) {
		f.Values[name] = median(samples)
	}
	for _, r := range codecRows {
		f.Rows = append(f.Rows, r.fill(f.Values))
	}
	return f
}

// readBenchmarks gives for each codec the runs in order: nanoseconds under "MESSAGE do", allocations under "MESSAGE do allocs".
func readBenchmarks(out string) map[string][]values {
	all := map[string][]values{}
	for line := range strings.Lines(out) {
		m := benchmarkLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		ns, _ := strconv.ParseFloat(m[4], 64)
		allocs, _ := strconv.ParseFloat(m[5], 64)
		key := m[1] + " " + m[3]
		all[m[2]] = append(all[m[2]], values{key: ns, key + " allocs": allocs})
	}
	return all
}

// fill writes down what was found. The target is the time, no allocation, and that nobody is faster.
func (r codecRow) fill(found map[string]values) Row {
	row := Row{About: r.about, Shown: map[string]string{}, Target: "–", Others: ""}
	key := r.message + " " + r.do
	best, ours, allocs := math.Inf(1), math.Inf(1), math.Inf(1)
	for _, s := range serializers {
		name := s
		if r.copies && slices.Contains([]string{"gozyre", "vtprotobuf"}, s) {
			name += "-copies"
		}
		v, ok := found[name][key]
		if !ok {
			continue
		}
		row.Shown[s] = nanoseconds(v * 1e-9)
		if a := found[name][key+" allocs"]; a > 0 {
			row.Shown[s] += fmt.Sprintf(" (%.0f allocations)", a)
		}
		if s == serializers[0] {
			ours, allocs = v, found[name][key+" allocs"]
		} else {
			best = min(best, v)
		}
	}
	row.Ratio = best / ours
	if math.IsInf(best, 1) || math.IsInf(ours, 1) {
		row.Ratio = 0
	}
	met := ours <= best && allocs == 0
	row.Target = "the fastest"
	if r.most > 0 {
		met = met && ours <= r.most
		row.Target = fmt.Sprintf("≤ %.0f ns, the fastest", r.most)
	}
	row.Met = &met
	return row
}
