package history

import (
	"bufio"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// maxLine is the octets of one Observation in JSON; it takes about 2,000 at most.
const maxLine = 1 << 16

// Collector puts the Observations of several Recorders in order of time and hands
// them to a Checker. Its methods may be called from any goroutine.
type Collector struct {
	mutex   sync.Mutex
	checker *Checker
	window  time.Duration
	newest  time.Time
	count   uint64
	waiting inOrder
}

// Collect returns a Collector. An Observation is put in its place when it comes up to
// window later than younger ones; default half a second. The Checker is the Collector's
// own from now on.
func Collect(c *Checker, window time.Duration) *Collector {
	if window <= 0 {
		window = time.Second / 2
	}
	return &Collector{checker: c, window: window}
}

// Take takes an Observation. Those of one Recorder must come in their order. An
// event must not be changed any more.
func (l *Collector) Take(o Observation) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.count++
	heap.Push(&l.waiting, arrival{o, l.count})
	if o.At.After(l.newest) {
		l.newest = o.At
	}
	l.release(l.newest.Add(-l.window))
}

// Read takes Observations as lines of JSON until r ends. A last line that is cut,
// because its writer was killed, is ignored. It returns an error for anything else
// that is not an Observation.
func (l *Collector) Read(r io.Reader) error {
	lines := bufio.NewReaderSize(r, maxLine)
	for {
		text, err := lines.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("history: %w", err)
		}
		var o Observation
		if err := json.Unmarshal(text, &o); err != nil {
			return fmt.Errorf("history: %w", err)
		}
		l.Take(o)
	}
}

// release hands over what is old enough.
func (l *Collector) release(until time.Time) {
	for len(l.waiting) > 0 && !l.waiting[0].At.After(until) {
		o := heap.Pop(&l.waiting).(arrival).Observation
		l.checker.Observe(&o)
	}
}

// Finish hands over all that is left and ends the history; see Checker.
func (l *Collector) Finish(at time.Time) []Finding {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.release(l.newest)
	return l.checker.Finish(at)
}

// Findings returns what was found so far; see Checker.
func (l *Collector) Findings() []Finding {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.checker.Findings()
}

// Figures returns the counters; see Checker.
func (l *Collector) Figures() Figures {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.checker.Figures()
}

// arrival is an Observation and when it came.
type arrival struct {
	Observation
	count uint64
}

// inOrder is a heap, the oldest first.
type inOrder []arrival

func (h inOrder) Len() int      { return len(h) }
func (h inOrder) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h inOrder) Less(i, j int) bool {
	if order := h[i].At.Compare(h[j].At); order != 0 {
		return order < 0
	}
	return h[i].count < h[j].count
}
func (h *inOrder) Push(x any) { *h = append(*h, x.(arrival)) }
func (h *inOrder) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = arrival{}
	*h = old[:len(old)-1]
	return last
}
