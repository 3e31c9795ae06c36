package zyre_test

import (
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// The two ends are in one process; `go run ./tools/dev bench` has them in two.

func BenchmarkWhisper(b *testing.B) {
	nodes := cluster(b, 2)
	msg := make([]byte, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := 0; n < b.N; {
			if e := <-nodes[1].Events(); e.Type == zyre.Whisper {
				n++
			}
		}
	}()
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		if err := nodes[0].Whisper(nodes[1].UUID(), msg); err != nil {
			b.Fatal(err)
		}
	}
	<-done
}

func BenchmarkWhisperRoundTrip(b *testing.B) {
	nodes := cluster(b, 2)
	msg := make([]byte, 100)
	go func() {
		for e := range nodes[1].Events() {
			if e.Type == zyre.Whisper {
				nodes[1].Whisper(e.Peer, e.Msg...)
			}
		}
	}()
	b.ReportAllocs()
	for b.Loop() {
		nodes[0].Whisper(nodes[1].UUID(), msg)
		zyretest.Next(b, nodes[0], zyre.Whisper)
	}
}

// BenchmarkMesh starts 50 nodes in one process and waits until all know all.
func BenchmarkMesh(b *testing.B) {
	const n = 50
	for b.Loop() {
		b.StopTimer()
		cfg := config(b)
		nodes := make([]*zyre.Node, n)
		b.StartTimer()
		begin := time.Now()
		for i := range nodes {
			nodes[i] = zyretest.Start(b, cfg)
		}
		started := time.Since(begin)
		for _, node := range nodes {
			for range n - 1 {
				zyretest.Next(b, node, zyre.Enter)
			}
		}
		b.StopTimer()
		b.Logf("started %v, all know all %v", started, time.Since(begin))
		for _, node := range nodes {
			node.Close()
		}
		b.StartTimer()
	}
}
