package sim

import (
	"testing"
	"time"
)

func TestScratch(t *testing.T) {
	n := number("SIM_NODES", 300)
	r, err := Run(t.Context(), Config{Nodes: n, For: time.Duration(number("SIM_FOR", 330)) * time.Second, Mute: number("SIM_MUTE", 1) == 1, Quiet: true, Groups: true, Within: 10 * time.Second, Churn: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(r, r.PerLink, "octets a link", r.Findings[:min(3, len(r.Findings))])
}
