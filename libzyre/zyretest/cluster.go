// Package zyretest gives tests a network of nodes of their own.
//
//	func TestMine(t *testing.T) {
//		nodes := zyretest.Cluster(t, 3)
//		nodes[0].Whisper(nodes[1].UUID(), []byte("hello"))
//		event := zyretest.Next(t, nodes[1], zyre.Whisper)
//	}
//
// # Real nodes
//
// The nodes are on loopback and on a UDP port that nobody else uses: nothing
// leaves the machine, and tests that run at the same time do not meet. They end
// with the test. What does not come within Deadline fails it: a test waits by
// Next, and needs no sleep. Next passes over events of other types.
//
// # Simulated nodes
//
// Simulate lets nodes of the production code live in a network and a time that do
// not exist. A minute takes milliseconds, a seed gives the same history each time,
// and package history judges what the nodes tell.
//
//	report, err := zyretest.Simulate(ctx, zyretest.Simulation{
//		Nodes: 20, Seed: 1, For: time.Hour, Faults: true,
//	})
//	for _, finding := range report.Findings {
//		t.Error(finding)
//	}
//
// Simulation.Actions says what is done and when: {At: 20 * time.Second, Do:
// "kill", Node: 3}. One simulation uses one core; several may run at a time.
//
// Draft: this package may change.
package zyretest

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// Deadline is how long the functions of this package wait before they fail the
// test.
const Deadline = 20 * time.Second

// Config returns what a node needs to stay on loopback, on a UDP port that is
// free. Give copies of it to nodes that shall meet.
func Config(tb testing.TB) zyre.Config {
	tb.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("zyretest: no free UDP port: %v", err)
	}
	defer conn.Close()
	return zyre.Config{
		Interfaces: []string{zyre.Loopback()},
		Port:       uint16(conn.LocalAddr().(*net.UDPAddr).Port),
	}
}

// Start starts a node that ends with the test.
func Start(tb testing.TB, cfg zyre.Config) *zyre.Node {
	tb.Helper()
	node, err := zyre.Start(context.Background(), cfg)
	if err != nil {
		tb.Fatalf("zyretest: %v", err)
	}
	tb.Cleanup(func() { node.Close() })
	return node
}

// Cluster starts n nodes, named node0, node1 and so on, and returns when each
// knows all others. Their first events, the ENTER of each other, are read
// already. They end with the test.
func Cluster(tb testing.TB, n int) []*zyre.Node {
	tb.Helper()
	return ClusterOf(tb, Config(tb), n)
}

// ClusterOf is Cluster of nodes with a configuration of your own; their names
// are node0, node1 and so on all the same, and so are those of their folders in
// Inbox and Outbox, where these are given.
func ClusterOf(tb testing.TB, cfg zyre.Config, n int) []*zyre.Node {
	tb.Helper()
	nodes := make([]*zyre.Node, n)
	for i := range nodes {
		one := cfg
		one.Name = fmt.Sprintf("node%d", i)
		if cfg.Inbox != "" {
			one.Inbox = filepath.Join(cfg.Inbox, one.Name)
		}
		if cfg.Outbox != "" {
			one.Outbox = filepath.Join(cfg.Outbox, one.Name)
		}
		nodes[i] = Start(tb, one)
	}
	for _, node := range nodes {
		for range n - 1 {
			Next(tb, node, zyre.Enter)
		}
	}
	return nodes
}

// Next reads a node's events until one of a type comes, which it returns. It
// fails the test when none comes in time.
func Next(tb testing.TB, node *zyre.Node, wanted zyre.EventType) zyre.Event {
	tb.Helper()
	timer := time.NewTimer(Deadline)
	defer timer.Stop()
	var others []string
	for {
		select {
		case event, open := <-node.Events():
			if !open {
				tb.Fatalf("zyretest: %s has ended, before %v came; it told %q", node.Name(), wanted, others)
			}
			if event.Type == wanted {
				return event
			}
			others = append(others, event.String())
		case <-timer.C:
			tb.Fatalf("zyretest: %s was told of no %v within %v, but of %q", node.Name(), wanted, Deadline, others)
		}
	}
}
