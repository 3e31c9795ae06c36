package share

import (
	"slices"
	"time"

	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Bounds of receipts of who is not present: anybody can give himself a UUID.
const (
	earlyPeers = 100              // UUIDs
	earlyFiles = 10_000           // receipts in all
	earlyTime  = 10 * time.Second // in which the peer has to come
)

// early are receipts that came before their peer's HELLO. The zero value is empty.
type early struct {
	of    []earlyPeer // the oldest first
	count int
}

type earlyPeer struct {
	id   core.ID
	at   time.Time
	sent map[string]core.Event // by fileKey
}

// put keeps a receipt, and tells how many it had to drop for that.
func (a *early) put(e core.Event) (dropped uint64) {
	for len(a.of) > 0 && e.Time.Sub(a.of[0].at) > earlyTime {
		a.drop() // nobody has missed them
	}
	i := slices.IndexFunc(a.of, func(p earlyPeer) bool { return p.id == e.Peer })
	if i < 0 {
		if len(a.of) == earlyPeers {
			dropped += a.drop()
		}
		i = len(a.of)
		a.of = append(a.of, earlyPeer{e.Peer, e.Time, map[string]core.Event{}})
	}
	key := fileKey(e.Group, e.File.Path)
	if _, again := a.of[i].sent[key]; !again {
		if a.count == earlyFiles {
			return dropped + 1
		}
		a.count++
	}
	a.of[i].sent[key] = e
	return dropped
}

// drop forgets the oldest peer.
func (a *early) drop() uint64 {
	n := len(a.of[0].sent)
	a.of = slices.Delete(a.of, 0, 1)
	a.count -= n
	return uint64(n)
}

// take removes those of a peer, oldest first.
func (a *early) take(id core.ID) (sent []core.Event) {
	i := slices.IndexFunc(a.of, func(p earlyPeer) bool { return p.id == id })
	if i < 0 {
		return nil
	}
	for _, e := range a.of[i].sent {
		sent = append(sent, e)
	}
	slices.SortFunc(sent, func(a, b core.Event) int { return a.Time.Compare(b.Time) })
	a.of = slices.Delete(a.of, i, i+1)
	a.count -= len(sent)
	return sent
}
