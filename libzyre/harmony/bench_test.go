package harmony_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"testing"

	"github.com/zeromq/gozyre/libzyre/harmony"
)

// resident is the process's resident memory in MB, or 0 where /proc does not tell.
func resident() float64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(b), &size, &pages); err != nil {
		return 0
	}
	return float64(pages) * float64(os.Getpagesize()) / 1e6
}

// BenchmarkMesh connects 50 nodes with one another in this process; each greets each with 200 octets.
func BenchmarkMesh(b *testing.B) {
	const n = 50
	hello := [][]byte{bytes.Repeat([]byte("h"), 200)}
	before := resident()
	for b.Loop() {
		b.StopTimer()
		nodes := make([]*node, n)
		for i := range nodes {
			nodes[i] = listen(b, byte(i+1), harmony.Config{})
		}
		b.StartTimer()
		done := make(chan error, n)
		for i, a := range nodes {
			go func() {
				for j, c := range nodes {
					if i == j {
						continue
					}
					if err := a.Connect(c.id, c.address()); err != nil {
						done <- err
						return
					}
					if err := a.Send(c.id, hello); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		for range nodes {
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		}
		for _, a := range nodes {
			for range n - 1 {
				a.event()
			}
		}
		b.StopTimer()
		b.ReportMetric(resident()-before, "MB")
		for _, a := range nodes {
			if err := a.Close(); err != nil {
				b.Error(err)
			}
		}
		b.StartTimer()
	}
}

// BenchmarkRoundTrip is a whisper of 100 octets and its answer.
func BenchmarkRoundTrip(b *testing.B) {
	alice, bob := listen(b, 'a', harmony.Config{}), listen(b, 'b', harmony.Config{})
	connect(b, alice, bob)
	connect(b, bob, alice)
	msg := [][]byte{make([]byte, 100)}
	stop := make(chan struct{})
	go func() {
		defer close(stop)
		var batch []harmony.Event
		for range bob.Ready() {
			batch = bob.Take(batch)
			for _, e := range batch {
				if len(e.Frames[0]) == 0 {
					return
				}
				bob.Send(alice.id, e.Frames)
			}
		}
	}()
	for b.Loop() {
		if err := alice.Send(bob.id, msg); err != nil {
			b.Fatal(err)
		}
		alice.event()
	}
	alice.Send(bob.id, [][]byte{{}})
	<-stop
}

// BenchmarkOneWay is messages of two frames and 100 octets over one link.
func BenchmarkOneWay(b *testing.B) { fanOut(b, 1) }

// BenchmarkFanOut10 is each message sent to ten peers; an operation is one delivery.
func BenchmarkFanOut10(b *testing.B) { fanOut(b, 10) }

func fanOut(b *testing.B, peers int) {
	alice := listen(b, 'a', harmony.Config{})
	done := make(chan struct{})
	var to []*node
	for i := range peers {
		p := listen(b, byte(i+1), harmony.Config{})
		connect(b, alice, p)
		to = append(to, p)
		go func() {
			defer func() { done <- struct{}{} }()
			for {
				e := p.event()
				if binary.BigEndian.Uint16(e.Frames[0]) == 1 {
					return
				}
			}
		}()
	}
	msg := [][]byte{make([]byte, 8), make([]byte, 92)}
	sendTo := func(p *node) {
		for alice.Send(p.id, msg) == harmony.ErrFull {
			alice.event()
		}
	}
	b.ResetTimer()
	for i := range b.N {
		sendTo(to[i%peers])
	}
	msg[0] = []byte{0, 1}
	for _, p := range to {
		sendTo(p)
	}
	for range to {
		<-done
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
}

func connect(t testing.TB, from, to *node) {
	t.Helper()
	if err := from.Connect(to.id, to.address()); err != nil {
		t.Fatal(err)
	}
}
