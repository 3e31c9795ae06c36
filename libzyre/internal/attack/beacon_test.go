//go:build linux

package attack

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

const beacons = 100_000

// What a node may connect to because of beacons that anybody can forge: so many at once, and then so many a second.
const (
	newPeers     = 500
	newPeersOnce = 1000
)

// TestBeaconsOfOneAddress has beacons of 100,000 nodes come from one host, on which something listens that says nothing.
func TestBeaconsOfOneAddress(t *testing.T) {
	floodOfBeacons(t, host(0))
}

// TestBeaconsOfManyAddresses has them come from 1,000.
func TestBeaconsOfManyAddresses(t *testing.T) {
	var addrs []netip.Addr
	for i := range 1000 {
		addrs = append(addrs, host(i))
	}
	floodOfBeacons(t, addrs...)
}

func floodOfBeacons(t *testing.T, addrs ...netip.Addr) {
	v := newVictims(t, settings{})
	d := newDecoy(t, netip.IPv4Unspecified())
	defer d.close()
	s := newShouters(v, addrs...)
	defer s.close()
	began := time.Now()
	atRate(many(beacons), beacons/2, func(i int) {
		port := d.port()
		if i%2 == 0 {
			port = 1 // nobody listens there
		}
		s.send(i, beacon(zyre.NewUUID(), port))
	})
	if most := int64(3 * (newPeersOnce + newPeers*int(1+time.Since(began).Seconds()))); d.count.Load() > most {
		t.Errorf("the victims connected %d times to a service that only beacons named: at most %d are right", d.count.Load(), most)
	}
	t.Logf("%d connections to what the beacons named", d.count.Load())
	v.end(bounds{memory: 64 << 20, descriptors: 3 * 1100, counted: func(s *zyre.Stats) uint64 { return s.DroppedBeacons + s.Refused + s.TooFast + s.TooManyThere }})
}

// TestNoBeacons sends datagrams that are none.
func TestNoBeacons(t *testing.T) {
	v := newVictims(t, settings{})
	s := newShouters(v, host(0))
	defer s.close()
	noise := make([]byte, 60_000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	atRate(many(20_000), 20_000, func(i int) {
		data := noise[i : i+i%700] // some are longer than any beacon
		if i%100 == 0 {
			data = noise
		}
		copy(data, "ZRE\x01\x02\x03"[:i%7])
		s.send(i, data)
	})
	v.end(bounds{memory: 32 << 20, counted: func(s *zyre.Stats) uint64 { return s.BadBeacons }})
}

// TestBlackHole has beacons of many nodes come from hosts where nobody ever answers. Who dials there waits; a newcomer does not, and
// is met while they go on coming.
func TestBlackHole(t *testing.T) {
	v := newVictims(t, settings{})
	hole := newBlackHole(t, netip.IPv4Unspecified())
	defer hole.close()
	var addrs []netip.Addr
	for i := range 100 {
		addrs = append(addrs, host(i))
	}
	s := newShouters(v, addrs...)
	defer s.close()
	flood := func(stop <-chan struct{}) {
		ticker := time.NewTicker(10 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				for range 5 {
					s.send(rand.IntN(len(addrs)), beacon(zyre.NewUUID(), hole.port))
				}
			}
		}
	}
	stop := make(chan struct{})
	var flooding sync.WaitGroup
	flooding.Go(func() { flood(stop) })
	v.until("the black hole is known", func(r *report) bool { return r.Nodes[alice].Stats.Refused > 100 })
	v.welcome()
	close(stop)
	flooding.Wait()
	v.end(bounds{memory: 64 << 20, events: 4, descriptors: 1100})
}

// TestForgedPlace has beacons of many nodes come from where bob is. He stays.
func TestForgedPlace(t *testing.T) {
	v := newVictims(t, settings{})
	s := newShouters(v, local)
	defer s.close()
	atRate(many(2000), 1000, func(i int) { s.send(i, beacon(zyre.NewUUID(), v.at(bob).Port())) })
	v.end(bounds{memory: 32 << 20})
}

// TestForgedGoodbyes says by beacon that each victim has gone.
func TestForgedGoodbyes(t *testing.T) {
	v := newVictims(t, settings{})
	s := newShouters(v, host(0), local)
	defer s.close()
	atRate(many(1500), 1000, func(i int) { s.send(i/3, beacon(v.id(i%3), 0)) })
	v.end(bounds{memory: 32 << 20})
}

// TestForgedPort announces bob at other ports, of his host and of another: at some something listens. He stays.
func TestForgedPort(t *testing.T) {
	v := newVictims(t, settings{})
	d := newDecoy(t, netip.IPv4Unspecified())
	defer d.close()
	s := newShouters(v, host(0), local)
	defer s.close()
	atRate(many(1000), 500, func(i int) {
		port := d.port()
		if i/2%2 == 0 {
			port = uint16(1 + i)
		}
		s.send(i, beacon(v.id(bob), port))
	})
	if count := d.count.Load(); count > 0 {
		t.Errorf("the victims connected %d times to where a forged beacon said bob was", count)
	}
	v.end(bounds{memory: 32 << 20, counted: func(s *zyre.Stats) uint64 { return s.Conflicts }})
}

// TestTwoWithOneUUID has a whole node come that has bob's UUID, for longer than he may be quiet.
func TestTwoWithOneUUID(t *testing.T) {
	v := newVictims(t, settings{})
	cfg := v.config
	cfg.UUID, cfg.Name = v.id(bob), "bob's double"
	node, err := zyre.Start(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for end := time.After(2 * v.config.Evasive); ; {
		select {
		case <-node.Events():
			continue
		case <-end:
		}
		break
	}
	node.Close()
	v.end(bounds{memory: 32 << 20, counted: taken})
}

// TestForgedOfSilent is about peers that are there, as their TCP shows, and neither announce themselves nor answer for a while: a process
// that is stopped, or too busy to read. Datagrams that anybody can forge do not end them.
func TestForgedOfSilent(t *testing.T) {
	v := newVictims(t, settings{})
	var silent []*stranger
	for i := range 3 {
		s := newStranger(v, host(i), alice, manner{})
		defer s.leave()
		s.connect()
		s.hello(s.endpoint())
		silent = append(silent, s)
	}
	v.entered(alice, 3)
	forger := newShouters(v, host(0), host(1), host(2), host(3))
	defer forger.close()
	atRate(300, 100, func(i int) {
		forger.send(0, beacon(silent[0].id, 0))                  // it said goodbye
		forger.send(1, beacon(zyre.NewUUID(), silent[1].port())) // another is where it was
		forger.send(3, beacon(silent[2].id, silent[2].port()+1)) // it is elsewhere
	})
	if r := v.report(); r.Nodes[alice].Strangers[zyre.Exit.String()] > 0 {
		t.Errorf("alice was told that peers are gone which were only said to be: %v", r.Nodes[alice].Strangers)
	}
	for _, s := range silent {
		s.finish()
		s.leave()
	}
	v.end(bounds{memory: 32 << 20, events: 4 * 3, descriptors: 1000}) // many are where another was
}
