package zretester

import (
	"sync"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// notes is where a pool writes down what it does, and what its nodes tell. What is written down before
// a call begins stands before what follows from the call.
type notes struct {
	*history.Recorder
	trouble func(error) // what should not happen, and is no event
}

// roster knows who runs in which process, from 1; 0 is this one.
type roster struct {
	mu   sync.Mutex
	home map[zyre.UUID]int
	came func(id zyre.UUID, process int) // called with mu held
}

func newRoster() *roster { return &roster{home: map[zyre.UUID]int{}} }

// watch notes what an observation says of who runs.
func (r *roster) watch(process int, o *history.Observation) {
	switch o.Kind {
	case history.ObservedStart:
		r.mu.Lock()
		defer r.mu.Unlock()
		r.home[o.Node] = process
		if r.came != nil {
			r.came(o.Node, process)
		}
	case history.ObservedStop:
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.home, o.Node)
	}
}

// take forgets those of a process, and returns them.
func (r *roster) take(process int) (ids []zyre.UUID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, home := range r.home {
		if home == process {
			ids = append(ids, id)
			delete(r.home, id)
		}
	}
	return ids
}
