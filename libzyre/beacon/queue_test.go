package beacon

import (
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
)

// A reader that takes one signal a millisecond, a hundred times as many from one address,
// and an honest neighbour each 100 ms: what it says has to come through.
func TestFloodFromOneAddressDoesNotStarveOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{Queue: 64})
		defer closed(t, b)
		const honest = 20
		heard := 0
		for i := range honest {
			for range 100 {
				for range 100 {
					f.hear("10.1.0.66:5", 1, "flood")
				}
				synctest.Wait()
				if s := <-b.Signals(); s.Addr == netip.MustParseAddr("10.1.0.7") {
					heard++
				}
			}
			f.hear("10.1.0.7:5", 1, fmt.Sprint(i))
		}
		synctest.Wait()
		for len(b.Signals()) > 0 {
			if s := <-b.Signals(); s.Addr == netip.MustParseAddr("10.1.0.7") {
				heard++
			}
		}
		if heard != honest {
			t.Errorf("heard %d of %d", heard, honest)
		}
	})
}

func TestAddressMayFillThreeQuartersOfTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(up("lo", 1, 1))
		b := on(t, f, Config{Queue: 100})
		defer closed(t, b)
		for round := range 2 { // once the queue was empty, nothing is held against anybody
			for i := range 100 { // many nodes on one host
				f.hear("10.1.0.7:5", 1, fmt.Sprint(i))
			}
			for i := range 25 {
				f.hear(fmt.Sprintf("10.1.0.%d:5", 10+i), 1, fmt.Sprint(75+i))
			}
			synctest.Wait()
			for i := range 100 {
				if s := next(t, b); string(s.Data) != fmt.Sprint(i) {
					t.Fatalf("round %d: heard %q, want %d", round, s.Data, i)
				}
			}
		}
		if n := b.Stats().Dropped; n != 50 {
			t.Errorf("counted %d dropped", n)
		}
	})
}

func TestForgedAddressesCostNoMemory(t *testing.T) {
	var f fairness
	for i := range 100_000 {
		if !f.admits(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 512, 512) {
			t.Fatal("refused")
		}
		if len(f.added) > 512 {
			t.Fatalf("%d addresses are remembered", len(f.added))
		}
	}
}
