package web

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"

	"github.com/zeromq/gozyre/codecs/zrelog"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// metrics answers in Prometheus' text format. No label has a value that comes from
// the network: strangers could make as many series as they like.
func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	var text exposition
	if !s.source.Look(text.all) {
		http.Error(w, "the node has ended", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(text.Bytes())
}

// exposition is text in Prometheus' format 0.0.4.
type exposition struct{ bytes.Buffer }

// metric writes one: pairs are a label's value, or nothing, and a number each.
func (x *exposition) metric(name, kind, help, label string, samples ...sample) {
	fmt.Fprintf(x, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
	for _, s := range samples {
		if label == "" {
			fmt.Fprintf(x, "%s %v\n", name, s.number)
		} else {
			fmt.Fprintf(x, "%s{%s=%q} %v\n", name, label, s.value, s.number)
		}
	}
}

type sample struct {
	value  string // of the label
	number any
}

func one(number any) sample { return sample{"", number} }

func (x *exposition) all(m *model.Model, watchers int, own zyre.Stats) {
	const gauge, counter = "gauge", "counter"
	totals, counts, sums := m.Totals(), &m.Counts, m.Sums()
	_, groups := m.Groups(0)
	x.metric("zyre_nodes", gauge, "Nodes that are present, the observing one included, by how they are doing.", "state",
		sample{"here", totals.Nodes - totals.Quiet}, sample{"quiet", totals.Quiet})
	x.metric("zyre_groups", gauge, "Groups that have members.", "", one(groups))
	var events []sample
	for _, e := range []zyre.EventType{zyre.Enter, zyre.Evasive, zyre.Silent, zyre.Exit, zyre.Join, zyre.Leave, zyre.Whisper, zyre.Shout} {
		events = append(events, sample{strings.ToLower(e.String()), counts.Events[e]})
	}
	x.metric("zyre_events_total", counter, "Events that the observing node told.", "type", events...)
	x.metric("zyre_received_bytes_total", counter, "Octets of whispers and shouts to the observing node.", "", one(counts.Octets))
	x.metric("zyre_records_total", counter, "Records of ZRELOG received.", "level",
		sample{"error", counts.Records[zrelog.LevelError]}, sample{"warning", counts.Records[zrelog.LevelWarning]},
		sample{"info", counts.Records[zrelog.LevelInfo]}, sample{"other", counts.Records[0]})
	var told []sample
	for event := range uint8(8) {
		told = append(told, sample{strings.ToLower(zrelog.EventName(event)), counts.Told[event]})
	}
	x.metric("zyre_recorded_events_total", counter, "Records of ZRELOG received, by their event.", "event", told...)
	x.metric("zyre_records_unattributed_total", counter, "Records of which it is not clear who sent them.", "", one(counts.Unknown))
	x.metric("zyre_records_forged_total", counter, "Records that did not come from where the node is that they name; nothing of them is believed.", "", one(counts.Forged))
	x.metric("zyre_network_messages_total", counter, "Messages that nodes received and sent while they were observed, as far as they tell.", "direction",
		sample{"in", sums["in"]}, sample{"out", sums["out"]})
	x.metric("zyre_network_bytes_total", counter, "Octets that nodes received and sent while they were observed, as far as they tell.", "direction",
		sample{"in", sums["octets-in"]}, sample{"out", sums["octets-out"]})
	x.metric("zyre_network_queued_messages", gauge, "Messages that wait in the queues of nodes, as far as they tell.", "", one(m.Queued()))
	x.histogram(counts)
	x.metric("zyre_pings_lost_total", counter, "Pings that were not answered in time.", "", one(counts.Lost))
	x.metric("zyre_refused_total", counter, "What the observing node refused of strangers, by why.", "reason",
		sample{"bad_beacon", own.BadBeacons}, sample{"dropped_beacon", own.DroppedBeacons}, sample{"stranger", own.Strangers}, sample{"malformed", own.Malformed},
		sample{"unexpected", own.Unexpected}, sample{"too_many", own.TooMany}, sample{"too_many_there", own.TooManyThere}, sample{"too_fast", own.TooFast},
		sample{"elsewhere", own.Elsewhere}, sample{"conflict", own.Conflicts}, sample{"crowded", own.Crowded}, sample{"taken", own.Taken}, sample{"swollen", own.Swollen})
	x.metric("zyre_top_watchers", gauge, "Pages that are open.", "", one(watchers))
}

// histogram writes that of the answered pings.
func (x *exposition) histogram(c *model.Counts) {
	const name = "zyre_ping_seconds"
	fmt.Fprintf(x, "# HELP %s Round trips of the observing node's pings.\n# TYPE %s histogram\n", name, name)
	sum := uint64(0)
	for i, n := range c.RTT {
		sum += n
		bound := "+Inf"
		if i < len(model.Buckets) {
			bound = fmt.Sprint(model.Buckets[i].Seconds())
		}
		fmt.Fprintf(x, "%s_bucket{le=%q} %d\n", name, bound, sum)
	}
	fmt.Fprintf(x, "%s_sum %v\n%s_count %d\n", name, c.RTTSum.Seconds(), name, sum)
}
