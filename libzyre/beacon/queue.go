package beacon

import (
	"net/netip"
	"sync"
)

// fairness keeps an address that floods from filling the queue. While the queue is at
// least half full, an address can add a quarter of it and no more: what remains is for
// the others. (The beacons of a host with many nodes have one address, and fit.)
type fairness struct {
	mu    sync.Mutex
	added map[netip.Addr]int // since the queue was last less than half full
}

// admits tells whether a signal from an address may enter a queue of size that holds so many.
func (f *fairness) admits(addr netip.Addr, held, size int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if held < size/2 {
		clear(f.added)
		return true
	}
	if f.added == nil || len(f.added) == size { // forged addresses cost no more memory than the queue
		f.added = map[netip.Addr]int{}
	}
	f.added[addr]++
	return f.added[addr] <= max(1, size/4)
}

// push queues a signal, if need be in place of the oldest.
func (b *Beacon) push(s Signal) {
	if !b.fair.admits(s.Addr, len(b.queue), cap(b.queue)) {
		b.counters.dropped.Add(1)
		return
	}
	for {
		select {
		case b.queue <- s:
			return
		default:
		}
		select {
		case <-b.queue:
			b.counters.dropped.Add(1)
		default:
		}
	}
}
