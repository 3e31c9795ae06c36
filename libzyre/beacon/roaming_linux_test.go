package beacon

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

// roaming is a host that announces once an hour, so that only what the kernel tells of
// changes, and the burst of a new network, can make it heard.
func roaming(t *testing.T) (b, witness *Beacon) {
	t.Helper()
	without6(t) // its news would do as well
	scanTold = time.Hour
	cable(t)
	for plugged := false; !plugged; { // the carrier comes a moment after the link
		ifi, err := net.InterfaceByName("b0")
		if err != nil {
			t.Fatal(err)
		}
		plugged = ifi.Flags&net.FlagRunning != 0
	}
	b = listens(t, Config{Interval: time.Hour})
	witness = listens(t, Config{Port: b.Port()})
	publish(t, b, "x")
	nextWhere(t, witness, onInterface("b0"))
	return b, witness
}

// moved waits for news of a change.
func moved(t *testing.T, b *Beacon) {
	t.Helper()
	select {
	case <-b.Changes():
	case <-time.After(deadline):
		t.Fatalf("no change told within %v", deadline)
	}
}

// heardFrom waits for an announcement from an address on b0 later than a time.
func heardFrom(t *testing.T, witness *Beacon, addr string, start time.Time) {
	t.Helper()
	s := nextWhere(t, witness, func(s Signal) bool {
		return s.Interface == "b0" && s.Addr == netip.MustParseAddr(addr) && s.Time.After(start)
	})
	t.Logf("heard from %s after %v", addr, s.Time.Sub(start))
}

func TestRoamingInterfaceDownAndUp(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	b, witness := roaming(t)
	for range 2 {
		ip(t, "link set b0 down")
		for b.Stats().Interfaces != 1 {
			moved(t, b)
		}
		start := time.Now()
		ip(t, "link set b0 up")
		for b.Stats().Interfaces != 2 {
			moved(t, b)
		}
		heardFrom(t, witness, "10.77.0.1", start)
	}
}

// As DHCP does it: the address is another, the interface the same.
func TestRoamingToAnotherAddress(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	b, witness := roaming(t)
	ip(t, "address add 10.77.0.9/24 dev b0")
	moved(t, b)
	start := time.Now()
	ip(t, "address delete 10.77.0.1/24 dev b0") // takes the other with it: that is of the same network
	ip(t, "address replace 10.77.0.9/24 dev b0")
	moved(t, b)
	heardFrom(t, witness, "10.77.0.9", start)
	ip(t, "address flush dev b0")
	moved(t, b)
	start = time.Now()
	ip(t, "address add 192.168.5.20/16 dev b0")
	moved(t, b)
	heardFrom(t, witness, "192.168.5.20", start)
}

// The address stays; all that tells is the carrier.
func TestRoamingToAnotherNetworkByCable(t *testing.T) {
	if !inNamespace(t) {
		return
	}
	b, witness := roaming(t)
	for range 2 {
		ip(t, "link set b1 down")
		moved(t, b)
		start := time.Now()
		ip(t, "link set b1 up")
		moved(t, b)
		heardFrom(t, witness, "10.77.0.1", start)
	}
}
