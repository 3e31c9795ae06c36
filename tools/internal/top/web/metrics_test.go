package web

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/top/model"
)

// TestMetrics: they are as Prometheus wants them, and there are no more of them
// however many nodes and groups come.
func TestMetrics(t *testing.T) {
	f := newFake()
	s := listen(t, f, "127.0.0.1:0", "")
	f.crowd(5)
	_, header, few := get(t, s, "/metrics")
	if got := header.Get("Content-Type"); got != "text/plain; version=0.0.4; charset=utf-8" {
		t.Error(got)
	}
	problems, err := promlint.New(strings.NewReader(few)).Lint()
	if err != nil {
		t.Error(err)
	}
	for _, p := range problems {
		t.Error(p.Metric, p.Text)
	}
	for _, want := range []string{
		`zyre_nodes{state="here"} 5`, `zyre_events_total{type="enter"} 4`, `zyre_refused_total{reason="stranger"} 7`, `zyre_ping_seconds_count 4`,
		`zyre_ping_seconds_bucket{le="+Inf"} 4`, `zyre_network_messages_total{direction="in"} 4000`, `zyre_records_total{level="info"} 8`,
	} {
		if !strings.Contains(few, want+"\n") {
			t.Errorf("there is no %s in\n%s", want, few)
		}
	}
	f.play(func(m *model.Model) {
		for i := 5; i < 200; i++ {
			f.event(m, zyre.Enter, i, "")
			f.event(m, zyre.Join, i, fmt.Sprintf("group\n\" %d", i))
		}
	})
	if _, _, many := get(t, s, "/metrics"); strings.Count(many, "\n") != strings.Count(few, "\n") {
		t.Error("nodes and groups make metrics")
	}
}
