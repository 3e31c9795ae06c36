package core

import "hash/maphash"

// table finds peers by their ID, as the map of them does, for beacons: in a network of a thousand, most of the time would go into what a
// Go map touches before it knows. A slot is a hash and a peer; the slots of one hash follow each other.
type table struct {
	seed  maphash.Seed // strangers choose IDs
	slots []slot       // a power of two, at most half of them taken
	taken int
}

type slot struct {
	hash uint64
	peer *peer // nil: free
}

func newTable() table { return table{seed: maphash.MakeSeed(), slots: make([]slot, 8)} }

func (t *table) find(id ID) *peer {
	hash := maphash.Comparable(t.seed, id)
	for i := hash; ; i++ {
		s := &t.slots[i&uint64(len(t.slots)-1)]
		if s.peer == nil || s.hash == hash && s.peer.id == id {
			return s.peer
		}
	}
}

func (t *table) add(p *peer) {
	if 2*(t.taken+1) > len(t.slots) {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.peer != nil {
				t.put(s)
			}
		}
	}
	t.taken++
	t.put(slot{maphash.Comparable(t.seed, p.id), p})
}

func (t *table) put(s slot) {
	for i := s.hash; ; i++ {
		if free := &t.slots[i&uint64(len(t.slots)-1)]; free.peer == nil {
			*free = s
			return
		}
	}
}

// remove takes a peer out, and moves up those that were only behind it because it was there.
func (t *table) remove(p *peer) {
	mask := uint64(len(t.slots) - 1)
	i := maphash.Comparable(t.seed, p.id)
	for t.slots[i&mask].peer != p {
		i++
	}
	t.slots[i&mask] = slot{}
	t.taken--
	for i++; t.slots[i&mask].peer != nil; i++ {
		s := t.slots[i&mask]
		t.slots[i&mask] = slot{}
		t.put(s)
	}
}
