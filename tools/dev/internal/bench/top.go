package bench

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/zeromq/gozyre/tools/dev/internal/repo"
)

// topMeasure is what `zyre top --http` takes; a benchmark of its package measures it, for a browser is needed.
var topMeasure = measure{
	name: "top", table: logs, transports: oursAlone,
	rows: []row{
		{
			about: "`zyre top --http`, 100 nodes, 1,000 records/s: processor of the server, of one core",
			keys:  []string{"server-%"}, unit: percent,
			target: "≤ 5%", met: all(atMost("server-%", 0.05), atLeast("records/s", 900)),
			others: "–",
		},
		{
			about: "… octets of the page over the wire",
			keys:  []string{"page-octets"}, unit: count,
			target: "≤ 80,000", met: atMost("page-octets", 80_000),
			others: "–",
		},
		{
			about: "… the longest frame in Chromium, ms; the longest time that the page itself took to draw, ms",
			keys:  []string{"frame-ms", "draw-ms"}, unit: count,
			target: "≤ 50 ms", met: atMost("frame-ms", 50),
			others: "–",
		},
	},
}

// metric is a number with its unit, as benchmarks print them.
var metric = regexp.MustCompile(`\s([0-9.e+-]+) (\S+)`)

// measureTop measures it, where chromium is installed.
func (c *Command) measureTop(e *repo.Env, _ string) ([]Figure, error) {
	return measureAll(e, c.wanted([]measure{topMeasure}), c.runs(logs), func(measure, string) (values, error) {
		out, err := e.Command("go", "test", "-run=^$", "-bench=^BenchmarkTop$", "-benchtime=1x", "./tools/internal/top").Output()
		if err != nil {
			return nil, err
		}
		return readMetrics(string(out)), nil
	})
}

// readMetrics gives the metrics of the benchmark by their unit. Shares are of 1.
func readMetrics(out string) values {
	found := values{}
	for line := range strings.Lines(out) {
		if !strings.HasPrefix(line, "BenchmarkTop") {
			continue
		}
		for _, m := range metric.FindAllStringSubmatch(line, -1) {
			if n, err := strconv.ParseFloat(m[1], 64); err == nil {
				if strings.HasSuffix(m[2], "%") {
					n /= 100
				}
				found[m[2]] = n
			}
		}
	}
	return found
}
