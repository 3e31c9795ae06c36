package core

import (
	"math/rand/v2"
	"testing"
)

// The table finds who is in it, and nobody else, whatever came and went.
func TestTable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	table, in := newTable(), make(map[ID]*peer)
	for range 20_000 {
		id := uuidOf(random.IntN(500))
		switch p := in[id]; {
		case p == nil && len(in) < 300:
			in[id] = &peer{id: id}
			table.add(in[id])
		case p != nil:
			table.remove(p)
			delete(in, id)
		}
		if id := uuidOf(random.IntN(500)); table.find(id) != in[id] {
			t.Fatalf("%X is found as %v, not as %v", id, table.find(id), in[id])
		}
	}
	for id, p := range in {
		if table.find(id) != p {
			t.Errorf("%X is not found", id)
		}
	}
	if table.taken != len(in) {
		t.Errorf("%d are taken for %d", table.taken, len(in))
	}
}
