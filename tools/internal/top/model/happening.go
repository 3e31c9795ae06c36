package model

import "time"

// Happening is one thing that happened, as a line to read. What several nodes
// tell of the same is one of them.
type Happening struct {
	Number uint64    // 1, 2, …
	At     time.Time // when it was first heard of
	Level  uint8     // 1 error, 2 warning, 3 info
	What   string    // ENTER, EXIT and so on
	Who    string    // the name of whom it is about; safe to show
	Peer   string    // the UUID of whom it is about, if known
	Text   string    // what else there is to say; safe to show
	Told   int       // by how many it was told
	own    bool      // the observing node told it
	same   sameness
	change uint64
}

// sameness is what two accounts of the same have in common.
type sameness struct {
	what, text string
	peer       uint16
}

const (
	// maxHappenings is how many of them are kept.
	maxHappenings = 500
	// together is for how long others may tell of the same.
	together = 5 * time.Second
)

// history is the latest that happened.
type history struct {
	ring   []*Happening // the oldest first, once it is full at next
	next   int
	number uint64
	recent map[sameness]*Happening // no more than the ring has
}

// add notes h, or that one more tells of it.
func (h *history) add(one Happening, version uint64) {
	if h.recent == nil {
		h.recent = map[sameness]*Happening{}
	}
	if h.again(one.same, one.At, one.Level, version) {
		if one.own {
			h.recent[one.same].Text = one.Text
		}
		return
	}
	h.number++
	one.Number, one.Told, one.change = h.number, 1, version
	if len(h.ring) < maxHappenings {
		h.ring = append(h.ring, &one)
	} else {
		if old := h.ring[h.next]; h.recent[old.same] == old {
			delete(h.recent, old.same)
		}
		h.ring[h.next] = &one
	}
	h.next = (h.next + 1) % maxHappenings
	if one.same.what != "" {
		h.recent[one.same] = &one
	}
}

// again notes that one more tells of what was told lately; false: nobody did.
func (h *history) again(same sameness, at time.Time, level uint8, version uint64) bool {
	first := h.recent[same]
	if first == nil || at.Sub(first.At) >= together {
		return false
	}
	first.Told++
	first.Level = min(first.Level, max(level, failure))
	first.change = version
	return true
}

// since returns those that changed after a version, the oldest first, most of
// them at most; left is how many older ones are left out.
func (h *history) since(version uint64, most int) (list []Happening, left int) {
	begin := 0
	if len(h.ring) == maxHappenings {
		begin = h.next
	}
	for i := range h.ring {
		if one := h.ring[(begin+i)%len(h.ring)]; one.change > version {
			list = append(list, *one)
		}
	}
	left = max(0, len(list)-most)
	return list[left:], left
}
