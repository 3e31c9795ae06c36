package zretester

import (
	"fmt"
	"time"
)

// figure is what the table shows of a place or a process.
type figure struct {
	Name    string `json:"name,omitzero"`
	Running int    `json:"running"`
	Started uint64 `json:"started"`
	Peers   int    `json:"peers"` // that a node sees; of several nodes: the fewest
	Most    int    `json:"most"`  // of several nodes: the most
	Events  uint64 `json:"events"`
	Enters  uint64 `json:"enters"`
	Exits   uint64 `json:"exits"`
	Skipped uint64 `json:"skipped,omitzero"` // answers left out because there was too much to do
	Memory  uint64 `json:"memory,omitzero"`  // octets
	Open    int    `json:"open,omitzero"`    // descriptors

	Late time.Duration `json:"late,omitzero"` // the most that a timer of the process was late by
}

// add counts another one in.
func (f *figure) add(g figure) {
	if g.Running > 0 {
		if f.Running == 0 || g.Peers < f.Peers {
			f.Peers = g.Peers
		}
		f.Most = max(f.Most, g.Most)
	}
	f.Running += g.Running
	f.Started += g.Started
	f.Events += g.Events
	f.Enters += g.Enters
	f.Exits += g.Exits
	f.Skipped += g.Skipped
	f.Memory += g.Memory
	f.Open += g.Open
	f.Late = max(f.Late, g.Late)
}

// process adds what is known of this process as a whole.
func (f *figure) process(late *lateness) {
	f.Memory, f.Open, f.Late = memory(), descriptors(), time.Duration(late.most.Load())
}

// figure is that of a node; one that has ended counts no more as running.
func (p *player) figure() figure {
	return figure{Events: p.events.Load(), Enters: p.enters.Load(), Exits: p.exits.Load(), Skipped: p.skipped.Load()}
}

// figures returns one of each place, with the name of the node that is there.
func (p *pool) figures() []figure {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]figure, len(p.places))
	for i := range p.places {
		at := &p.places[i]
		f := at.past
		f.Name = fmt.Sprintf("%s%d", p.label, i+1)
		f.Started = uint64(at.count)
		if at.player != nil {
			f.add(at.player.figure())
			if f.Name = at.player.name; !at.busy {
				f.Running, f.Peers = 1, int(at.player.peers.Load())
				f.Most = f.Peers
			}
		}
		all[i] = f
	}
	return all
}

// sum adds figures up.
func sum(all []figure) (total figure) {
	for _, f := range all {
		total.add(f)
	}
	return total
}

// rates knows how fast a number grows.
type rates map[string]sample

type sample struct {
	at    time.Time
	count uint64
	rate  float64
}

// of returns how much a second the number has grown by since it was last looked at.
func (r rates) of(key string, at time.Time, count uint64) float64 {
	last, known := r[key]
	span := at.Sub(last.at).Seconds()
	if known && span < 0.5 {
		return last.rate
	}
	s := sample{at: at, count: count}
	if known && count >= last.count {
		s.rate = float64(count-last.count) / span
	}
	r[key] = s
	return s.rate
}
