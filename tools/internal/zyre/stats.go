package zyre

import (
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Bounds of what is remembered until the end.
const (
	maxPeers   = 1000 // peers that are summed up one by one
	maxSamples = 3600 // latest round trips of a peer, for the median
)

// table sums up the pings of a run. The zero value is ready.
type table struct {
	answered int // of all peers
	rows     map[zyre.UUID]*row
	order    []*row // as they were met
	omitted  int    // pings of peers that have no row
}

// row sums up the pings of one peer.
type row struct {
	name       string
	peer       zyre.UUID
	sent, lost int
	min, max   time.Duration
	samples    []time.Duration
	next       int // of samples to be replaced, once it is full
}

func (t *table) add(r result) {
	if r.err == nil {
		t.answered++
	}
	of := t.rows[r.peer]
	if of == nil {
		if len(t.rows) == maxPeers {
			t.omitted++
			return
		}
		if t.rows == nil {
			t.rows = map[zyre.UUID]*row{}
		}
		of = &row{peer: r.peer}
		t.rows[r.peer] = of
		t.order = append(t.order, of)
	}
	of.name = r.name
	of.sent++
	if r.err != nil {
		of.lost++
		return
	}
	if of.sent-of.lost == 1 || r.time < of.min {
		of.min = r.time
	}
	of.max = max(of.max, r.time)
	if len(of.samples) < maxSamples {
		of.samples = append(of.samples, r.time)
		return
	}
	of.samples[of.next] = r.time
	of.next = (of.next + 1) % maxSamples
}

// median of the latest samples; zero when there are none.
func (r *row) median() time.Duration {
	if len(r.samples) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.samples))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// summaryLine is a row in JSON. Times are nanoseconds; without an answer there
// are none.
type summaryLine struct {
	Type   string `json:"type"`
	Peer   string `json:"peer"`
	Name   string `json:"name"`
	Sent   int    `json:"sent"`
	Lost   int    `json:"lost"`
	Min    int64  `json:"min_ns,omitzero"`
	Median int64  `json:"median_ns,omitzero"`
	Max    int64  `json:"max_ns,omitzero"`
	Time   string `json:"time"`
}

// print prints the summary.
func (t *table) print(p *printer) {
	var names show.Names
	for _, r := range t.order {
		names.Add(r.name, r.peer)
	}
	for _, r := range t.order {
		if p.json {
			p.print(show.Line(summaryLine{"SUMMARY", r.peer.String(), r.name, r.sent, r.lost,
				int64(r.min), int64(r.median()), int64(r.max), show.Time(time.Now())}))
			continue
		}
		s := "s"
		if r.sent == 1 {
			s = ""
		}
		p.printf("--- %s: %d ping%s, %d lost (%d%%)", names.Of(r.name, r.peer), r.sent, s, r.lost, 100*r.lost/r.sent)
		if r.sent > r.lost {
			p.printf(", min/median/max %s/%s/%s ms", millis(r.min), millis(r.median()), millis(r.max))
		}
		p.printf("\n")
	}
	if t.omitted > 0 && !p.json {
		p.printf("--- and %d pings of peers beyond the first %d\n", t.omitted, maxPeers)
	}
}
