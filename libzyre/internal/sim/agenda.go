package sim

// kind is what an entry of the agenda is about.
type kind uint8

const (
	onAction kind = iota + 1
	onDatagram
	onBeat    // a process announces itself
	onTimer   // a process' Tick may be due
	onApp     // a process' application does something
	onSYN     // an attempt to connect gets to where it goes
	onFailed  // an attempt to connect has failed
	onRedial  // a link tries again
	onShake   // the ends of a connection have greeted each other
	onUp      // and the one who dialled knows
	onArrival // what was sent first arrives
	onRetry   // TCP sends again what was not acknowledged
	onReset   // the one who dialled hears of the other's end
	onProbe   // TCP asks whether the other end is there still
	onAnswer  // of a connection whose identity somebody else claims
	onThaw    // a process runs again
	onMoved   // a process hears that its interfaces changed
	onRead    // an application reads again
	onClosed  // a process that said goodbye is gone
	onCalm    // a disturbance is over
	onNoticed // two places have had time to notice that one of their ways is gone, or a new one there
)

// entry is something that will happen.
type entry struct {
	kind kind
	p    *process
	l    *link
	c    *conn
	x    int64
}

// agenda is what will happen, by time, and at the same time in the order in which it
// was noted. Entries stand in a slab, the heap holds their places only.
type agenda struct {
	heap  []due
	slab  []entry
	spare []uint32
	noted uint32
}

// due is a place in the heap, which has four children a parent.
type due struct {
	at    int64
	order uint32
	slot  uint32
}

func (d *due) before(e *due) bool {
	return d.at < e.at || d.at == e.at && int32(d.order-e.order) < 0
}

func (a *agenda) add(at int64, e entry) {
	var slot uint32
	if n := len(a.spare); n > 0 {
		slot = a.spare[n-1]
		a.spare = a.spare[:n-1]
		a.slab[slot] = e
	} else {
		slot = uint32(len(a.slab))
		a.slab = append(a.slab, e)
	}
	a.noted++
	d := due{at, a.noted, slot}
	a.heap = append(a.heap, d)
	i := len(a.heap) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !d.before(&a.heap[parent]) {
			break
		}
		a.heap[i] = a.heap[parent]
		i = parent
	}
	a.heap[i] = d
}

// pop takes the first entry out.
func (a *agenda) pop() (at int64, e entry) {
	first := a.heap[0]
	n := len(a.heap) - 1
	last := a.heap[n]
	a.heap = a.heap[:n]
	if n > 0 {
		i := 0
		for {
			child := 4*i + 1
			if child >= n {
				break
			}
			least := child
			for j := child + 1; j < min(child+4, n); j++ {
				if a.heap[j].before(&a.heap[least]) {
					least = j
				}
			}
			if !a.heap[least].before(&last) {
				break
			}
			a.heap[i] = a.heap[least]
			i = least
		}
		a.heap[i] = last
	}
	e = a.slab[first.slot]
	a.slab[first.slot] = entry{}
	a.spare = append(a.spare, first.slot)
	return first.at, e
}
