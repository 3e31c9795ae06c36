package bench

import (
	"fmt"
	"time"
)

// measure is a line of the table: which programs give the figure, and what it
// is held against.
type measure struct {
	name   string
	about  string
	serve  []string // flags of the process that serves; nil: none is needed
	client []string // arguments of the process that measures
	show   func(map[string]float64) string
	target string
	met    func(map[string]float64) bool // nil: no target
	best   string
}

var measures = []measure{
	{
		name:   "enter",
		about:  "two nodes know each other after the second's Start, p50 / p99",
		serve:  []string{},
		client: []string{"enter", "--count=60"},
		show:   func(v map[string]float64) string { return seconds(v["p50"]) + " / " + seconds(v["p99"]) },
		target: "≤ 5 ms / ≤ 20 ms",
		met:    func(v map[string]float64) bool { return v["p50"] <= 5e-3 && v["p99"] <= 20e-3 },
		best:   "Cyclone DDS 2.4 / 2.9 ms, C zyre 2–7 ms",
	},
	{
		name:   "roundtrip",
		about:  "whisper round trip between two processes, p50 / p99",
		serve:  []string{"--echo"},
		client: []string{"roundtrip", "--count=20000"},
		show:   func(v map[string]float64) string { return seconds(v["p50"]) + " / " + seconds(v["p99"]) },
		target: "p50 ≤ 250 µs",
		met:    func(v map[string]float64) bool { return v["p50"] <= 250e-6 },
		best:   "63 µs raw, go-zeromq/zmq4",
	},
	{
		name:   "tcp",
		about:  "for comparison: round trip over plain TCP, no ZeroMQ, p50 / p99",
		client: []string{"tcp", "--count=20000"},
		show:   func(v map[string]float64) string { return seconds(v["p50"]) + " / " + seconds(v["p99"]) },
		target: "–", best: "–",
	},
	{
		name:   "whispers",
		about:  "whispers of 100 octets, one pair, two processes",
		serve:  []string{},
		client: []string{"whispers", "--count=1000000", "--octets=100"},
		show:   func(v map[string]float64) string { return perSecond(v["rate"]) },
		target: "≥ 300,000 /s",
		met:    func(v map[string]float64) bool { return v["rate"] >= 300_000 },
		best:   "35,000 /s, C zyre",
	},
	{
		name:   "shouts",
		about:  "shout deliveries of 100 octets, 1 → 10 (the ten in one process)",
		serve:  []string{"--nodes=10"},
		client: []string{"shouts", "--members=10", "--count=200000", "--octets=100"},
		show:   func(v map[string]float64) string { return perSecond(v["rate"]) },
		target: "≥ 500,000 /s",
		met:    func(v map[string]float64) bool { return v["rate"] >= 500_000 },
		best:   "22,000 group messages/s over 5 peers",
	},
	{
		name:   "mesh",
		about:  "50 nodes in one process: all know all, memory",
		client: []string{"mesh", "--nodes=50"},
		show:   func(v map[string]float64) string { return seconds(v["took"]) + ", " + megabytes(v["octets"]) },
		target: "≤ 1.0 s, ≤ 170 MB",
		met:    func(v map[string]float64) bool { return v["took"] <= 1 && v["octets"] <= 170e6 },
		best:   "1.0 s 169 MB, C zyre; 1.5 s 64 MB, go-zeromq/zyre",
	},
	{
		name:   "idle",
		about:  "idle node with 10 peers, share of one core",
		serve:  []string{"--nodes=10"},
		client: []string{"idle", "--peers=10", "--during=10s"},
		show:   func(v map[string]float64) string { return fmt.Sprintf("%.2f%%", 100*v["share"]) },
		target: "≤ 0.2%",
		met:    func(v map[string]float64) bool { return v["share"] <= 0.002 },
		best:   "–",
	},
}

// seconds prints a duration with three digits.
func seconds(s float64) string {
	switch {
	case s >= 1:
		return fmt.Sprintf("%.2f s", s)
	case s >= 10e-3:
		return fmt.Sprintf("%.0f ms", s*1e3)
	case s >= 1e-3:
		return fmt.Sprintf("%.1f ms", s*1e3)
	}
	return fmt.Sprintf("%d µs", time.Duration(s*1e9).Microseconds())
}

func megabytes(octets float64) string { return fmt.Sprintf("%.0f MB", octets/1e6) }

// perSecond prints a rate with a comma at each thousand.
func perSecond(rate float64) string {
	digits := fmt.Sprintf("%.0f", rate)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits + " /s"
}
