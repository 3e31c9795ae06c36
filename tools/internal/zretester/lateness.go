package zretester

import (
	"sync"
	"sync/atomic"
	"time"
)

// lateness measures how well this process gets to run: a node that does not get to for a second is not to blame.
type lateness struct {
	most     atomic.Int64
	done     chan struct{}
	watching sync.WaitGroup
}

func watchLateness() *lateness {
	l := &lateness{done: make(chan struct{})}
	l.watching.Go(func() {
		const step = 20 * time.Millisecond
		timer := time.NewTimer(step)
		defer timer.Stop()
		for due := time.Now().Add(step); ; due = time.Now().Add(step) {
			select {
			case <-timer.C:
				l.most.Store(max(l.most.Load(), int64(time.Since(due))))
				timer.Reset(step)
			case <-l.done:
				return
			}
		}
	})
	return l
}

func (l *lateness) end() {
	close(l.done)
	l.watching.Wait()
}
