package zmtp

import (
	"net"
	"testing"
	"time"
)

// TestKeepAliveSpread: connections that were made at once are not asked at once whether they are alive, and those within this machine
// not at all.
func TestKeepAliveSpread(t *testing.T) {
	at := func(ip string) net.Addr { return &net.TCPAddr{IP: net.ParseIP(ip), Port: 50000} }
	idle, interval := map[time.Duration]bool{}, map[time.Duration]bool{}
	for range 100 {
		k := keepAliveBetween(at("192.0.2.1"), at("192.0.2.2"))
		if !k.Enable || k.Idle < time.Minute || k.Idle > 2*time.Minute || k.Interval < 10*time.Second || k.Interval > 20*time.Second || k.Count != 6 {
			t.Fatalf("asked by %+v", k)
		}
		idle[k.Idle], interval[k.Interval] = true, true
	}
	if len(idle) < 20 || len(interval) < 5 {
		t.Errorf("100 connections have %d idle times and %d intervals", len(idle), len(interval))
	}
	for _, here := range []string{"127.0.0.1", "::1", "192.0.2.1"} {
		if keepAliveBetween(at(here), at(here)).Enable {
			t.Errorf("%s asks itself", here)
		}
	}
}
