package interop

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// TestZbeacon finds and is found by czmq's zbeacon, which has its own idea of
// how to broadcast and to listen. It announces in the place of a strict peer
// that is mute itself, so that more than the beacon is seen to be right.
//
//	ours           eth0 10.77.0.1 ──┐
//	                                lan
//	zbeacon, mute  eth0 10.77.0.2 ──┘
func TestZbeacon(t *testing.T) {
	t.Parallel()
	a, b := bridged(t)
	mute := b
	mute.port = 0 // no beacons, neither way
	theirs := raw(t, mute, "theirs", nil)
	at, err := netip.ParseAddrPort(strings.TrimPrefix(theirs.Addr, "tcp://"))
	if err != nil {
		t.Fatal(err)
	}
	python := python(t, "import ctypes; ctypes.CDLL('libczmq.so.4')", "libczmq4")
	beacon := start(t, "zbeacon", b.command(context.Background(), python, "peers/zbeacon.py",
		b.iface, fmt.Sprint(b.port), theirs.ID, fmt.Sprint(at.Port()))).ready()

	ours := a.ours(t, oursConfig{Name: "ours"})
	// We heard zbeacon: nobody else told us of the mute one.
	meet(ours, theirs)
	echo(ours, theirs, "hello")

	// And zbeacon heard us: 'Z' 'R' 'E' 1, our UUID, and our port or 0.
	heard := func() (hex string) {
		for {
			e := beacon.expect(event{Type: "BEACON"})
			if strings.HasPrefix(e.Hex, "5a524501"+strings.ToLower(ours.ID)) && e.Addr == a.addr {
				return e.Hex
			}
			t.Logf("another beacon: %v", e)
		}
	}
	if hex := heard(); len(hex) != 44 || strings.HasSuffix(hex, "0000") {
		t.Errorf("our beacon is %s", hex)
	}
	ours.quit()
	for !strings.HasSuffix(heard(), "0000") {
	}
	theirs.expect(event{Type: "EXIT", Peer: ours.ID}) // by GOODBYE: it hears no beacon
}
