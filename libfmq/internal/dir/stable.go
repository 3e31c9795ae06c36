package dir

import (
	"container/heap"
	"time"
)

// unstable is a file that was written to not long ago.
type unstable struct {
	d       *folder
	offered *File     // the state that was told last; nil: none
	seen    *File     // the state that it is in
	since   time.Time // when it was first seen in it
	due     time.Time // when it will be stable
	odd     bool      // it has another size and yet the same times: it is being written to right now
	index   int       // in timers; -1: not there
}

// update compares what was seen of a file before with what is seen now; nil is nothing.
func (t *tree) update(d *folder, old, now *File) {
	if old == nil && now == nil || old == now && len(t.unstable) == 0 {
		return
	}
	var u *unstable
	if old != nil && len(t.unstable) > 0 {
		u = t.unstable[old.Name]
	}
	switch {
	case now == nil:
		if u != nil {
			t.forget(u)
			old = u.offered
		}
		if old != nil {
			t.announce(old, true, true)
		}
	case old == now && u == nil:
	case old != nil && old.same(now):
		if u != nil {
			u.seen = now
			t.settle(u)
		}
	default:
		if u == nil {
			u = &unstable{d: d, offered: old, index: -1}
		}
		u.odd = old != nil && old.Inode == now.Inode && old.Changed == now.Changed && old.Size != now.Size && old.ModTime.Equal(now.ModTime)
		u.seen, u.since = now, time.Now()
		t.unstable[now.Name] = u
		t.settle(u)
	}
}

// tick is how long the system's clock for files may stand still, at least. Within it, a file may change without showing it.
const tick = 20 * time.Millisecond

// settle offers a file if it is stable, and else sees to it that it is looked at again when it will be. A file is stable when its time
// of modification is long enough ago; or else, as the clock may have been set back, when it has been unchanged before our eyes for
// that long. (While a file is being truncated, some file systems show the new size and still the old times: then only our eyes count.)
// And what has changed within the present tick may change once more without showing it.
func (t *tree) settle(u *unstable) {
	now := time.Now()
	watched := now.Sub(u.since)
	age := now.Sub(u.seen.written()) // by the clock on the wall: below zero if the file is of the future
	if u.odd {
		age = 0
	}
	left := t.cfg.Stable - max(age, watched)
	if u.seen.Changed != 0 {
		left = max(left, t.cfg.tick-max(now.Sub(time.Unix(0, u.seen.Changed)), watched))
	}
	if left > 0 {
		t.arm(u, now.Add(left))
		return
	}
	t.forget(u)
	t.announce(u.seen, false, u.offered != nil)
}

// forget ends the waiting for a file.
func (t *tree) forget(u *unstable) {
	delete(t.unstable, u.seen.Name)
	if u.index >= 0 {
		heap.Remove(&t.timers, u.index)
	}
}

func (t *tree) arm(u *unstable, due time.Time) {
	u.due = due
	if u.index >= 0 {
		heap.Fix(&t.timers, u.index)
	} else {
		heap.Push(&t.timers, u)
	}
}

// ripen looks at the files whose time has come. Without the directory they wait on.
func (t *tree) ripen(now time.Time, there bool) {
	for len(t.timers) > 0 && !t.timers[0].due.After(now) {
		u := t.timers[0]
		t.arm(u, now.Add(t.cfg.Monitor)) // if it cannot be looked at
		if there {
			t.look(u.d, u.seen.base())
		}
	}
}

// timers is a heap of those that wait, the first to be due on top.
type timers []*unstable

func (h timers) Len() int           { return len(h) }
func (h timers) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h timers) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push is heap.Interface's.
func (h *timers) Push(x any) {
	u := x.(*unstable)
	u.index = len(*h)
	*h = append(*h, u)
}

// Pop is heap.Interface's.
func (h *timers) Pop() any {
	last := len(*h) - 1
	u := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	u.index = -1
	return u
}
