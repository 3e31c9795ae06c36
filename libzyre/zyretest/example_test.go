package zyretest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// What stands in a test of a program that talks.
func ExampleCluster() {
	var t *testing.T // of your own test
	nodes := zyretest.Cluster(t, 2)
	if err := nodes[0].Whisper(nodes[1].UUID(), []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if e := zyretest.Next(t, nodes[1], zyre.Whisper); string(e.Msg[0]) != "hello" {
		t.Errorf("%v", e)
	}
}

// Three nodes meet, the process of one is killed, and the two others are told. That takes a minute of a time that does not exist.
func ExampleSimulate() {
	report, err := zyretest.Simulate(context.Background(), zyretest.Simulation{
		Nodes: 3, Seed: 1, For: time.Minute, Actions: []zyretest.Action{
			{Do: "start", Node: 0}, {Do: "start", Node: 1}, {Do: "start", Node: 2},
			{At: 20 * time.Second, Do: "kill", Node: 0},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Figures.Enters, "enters,", report.Figures.Exits, "exits,", len(report.Findings), "findings")
	// Output: 6 enters, map[unreachable:2] exits, 0 findings
}
