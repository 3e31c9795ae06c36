package sim

import (
	"runtime/debug"
	"testing"
	"time"
)

// BenchmarkThousand is a thousand nodes, of which each knows all others, and then five
// minutes in which one leaves or comes each second.
func BenchmarkThousand(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for b.Loop() {
		r, err := Run(b.Context(), Config{Nodes: number("SIM_NODES", 1000), For: time.Duration(number("SIM_FOR", 330)) * time.Second, Mute: true, Quiet: true, Groups: true,
			Within: 15 * sec, Churn: sec})
		if err != nil {
			b.Fatal(err)
		}
		if len(r.Findings) > 0 {
			b.Errorf("%d findings, the first: %v", len(r.Findings), r.Findings[0])
		}
		b.ReportMetric(float64(r.PerLink), "B/link")
		b.ReportMetric(float64(r.Events)/r.Wall.Seconds(), "events/s")
		b.Log(r)
	}
}
