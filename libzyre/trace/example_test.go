package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// What an application was told of a peer is read from the trace of two nodes, and the protocol does it all again. Here the nodes are simulated;
// a real one writes its trace to zyre.Config.Trace.
func Example() {
	var out bytes.Buffer
	_, err := zyretest.Simulate(context.Background(), zyretest.Simulation{
		Nodes: 2, Seed: 1, For: 30 * time.Second, Quiet: true, Trace: &out, Actions: []zyretest.Action{
			{Do: "start", Node: 0}, {Do: "start", Node: 1}, {At: 10 * time.Second, Do: "stop", Node: 0},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r := trace.NewReader(bytes.NewReader(out.Bytes()))
	for line, err := r.Next(); err == nil; line, err = r.Next() {
		if line.Name == "n0" && (line.Event == "ENTER" || line.Event == "EXIT") {
			fmt.Printf("%s %s %q\n", line.Event, line.Name, line.Cause)
		}
	}

	sum, err := trace.Replay(&out)
	fmt.Println(sum.Nodes, "nodes do the same again:", err == nil)
	// Output:
	// ENTER n0 ""
	// EXIT n0 "it said goodbye"
	// 2 nodes do the same again: true
}
