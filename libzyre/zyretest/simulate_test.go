package zyretest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// A simulation gives the same report twice, but for the time that it took, and knows what it is told to do.
func TestSimulate(t *testing.T) {
	s := zyretest.Simulation{Nodes: 4, Seed: 1, For: time.Minute, Actions: []zyretest.Action{
		{Do: "start", Node: 0}, {Do: "start", Node: 1}, {At: 20 * time.Second, Do: "kill", Node: 0},
	}}
	a, err := zyretest.Simulate(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	b, err := zyretest.Simulate(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if a.Hash != b.Hash || a.Hash == 0 || a.Figures.Enters != 2 || len(a.Findings) != 0 || a.Simulated != time.Minute {
		t.Errorf("%+v", a)
	}
	if _, err := json.Marshal(a); err != nil {
		t.Error(err)
	}
	if !slices.Contains(zyretest.Actions(), "partition") {
		t.Error(zyretest.Actions())
	}
}

func TestSimulateInvalid(t *testing.T) {
	for _, s := range []zyretest.Simulation{
		{Nodes: -1},
		{For: -time.Second},
		{Churn: 1},
		{HighWater: -1},
		{Networks: []zyretest.Network{{Loss: 2}}},
		{Actions: []zyretest.Action{{Do: "fly"}}},
	} {
		if _, err := zyretest.Simulate(t.Context(), s); !errors.Is(err, zyre.ErrInvalid) {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
