package zretester

import (
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// merger brings what several processes observe into the order of time, however far one of them lags behind: what one
// has observed is kept back as long as another may still tell of something older. All run on one machine and have
// its clock.
type merger struct {
	mu      sync.Mutex
	take    func(history.Observation)
	sources []source // by number; 0 is this process, for which nobody has to wait
}

// source is what a process has observed.
type source struct {
	queue   []history.Observation
	mark    time.Time // nothing older than that will come
	working bool      // something may come
}

// maxWaiting bounds what is kept back of one process. Then order gives way.
const maxWaiting = 1 << 20

func newMerger(processes int, take func(history.Observation)) *merger {
	return &merger{take: take, sources: make([]source, 1+processes)}
}

// add takes what a process has observed.
func (m *merger) add(number int, o history.Observation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := &m.sources[number]
	s.queue = append(s.queue, o)
	m.reach(s, o.At)
}

// begin says that a process begins: from now on it is waited for.
func (m *merger) begin(number int, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources[number].working = true
	m.reach(&m.sources[number], at)
}

// alive says that a process has told all that it has observed until then.
func (m *merger) alive(number int, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reach(&m.sources[number], at)
}

// end says that a process has ended.
func (m *merger) end(number int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sources[number].working = false
	m.drain(false)
}

// flush hands on all that is kept back.
func (m *merger) flush() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drain(true)
}

func (m *merger) reach(s *source, at time.Time) {
	if at.After(s.mark) {
		s.mark = at
	}
	m.drain(len(s.queue) > maxWaiting)
}

// drain hands on, oldest first, what nothing older can come to any more, or all.
func (m *merger) drain(all bool) {
	for {
		var oldest *source
		var sure time.Time // zero: nobody is waited for
		for i := range m.sources {
			s := &m.sources[i]
			if len(s.queue) > 0 {
				if oldest == nil || s.queue[0].At.Before(oldest.queue[0].At) {
					oldest = s
				}
			} else if s.working && (sure.IsZero() || s.mark.Before(sure)) {
				sure = s.mark
			}
		}
		if oldest == nil || !all && !sure.IsZero() && oldest.queue[0].At.After(sure) {
			return
		}
		o := oldest.queue[0]
		oldest.queue[0] = history.Observation{}
		if oldest.queue = oldest.queue[1:]; len(oldest.queue) == 0 {
			oldest.queue = oldest.queue[:0:0]
		}
		m.take(o)
	}
}
