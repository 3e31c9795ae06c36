package beacon

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"
)

// 100,000 datagrams as fast as they can be sent, on a real socket, and nobody reads.
// (Elsewhere a host has no second loopback address.)
func TestFloodIsBounded(t *testing.T) {
	b := onLoopback(t, 0)
	to := &net.UDPAddr{IP: net.IPv4(127, 255, 255, 255), Port: int(b.Port())}
	var from [2]*net.UDPConn
	for i := range from {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, byte(1+i))})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		from[i] = c
	}
	send := func(c *net.UDPConn, data string) {
		if _, err := c.WriteToUDP([]byte(data), to); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	flood := strings.Repeat("x", MaxPayload)
	for range 100 {
		for range 1000 {
			send(from[0], flood)
		}
		send(from[1], "honest")
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("%d octets more on the heap", grown)
	}
	again := time.NewTicker(10 * ms) // the socket may be full still
	defer again.Stop()
	limit := time.After(deadline)
	for honest := 0; ; {
		select {
		case s := <-b.Signals():
			if string(s.Data) == "honest" {
				honest++
			}
			if string(s.Data) != "end" {
				continue
			}
			t.Logf("heard %d of 100, %+v", honest, b.Stats())
			if honest < 10 {
				t.Errorf("heard %d of 100", honest)
			}
			return
		case <-again.C:
			send(from[1], "end")
		case <-limit:
			t.Fatalf("no end within %v; %+v", deadline, b.Stats())
		}
	}
}
