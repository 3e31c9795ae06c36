package zmtp

import (
	"sync"
	"time"
)

// Everybody dials a newcomer, and a newcomer everybody. To do all that at once takes no less time than one after the other,
// but stacks for all of it, which stay large.
const (
	dialHold  = 20 * time.Millisecond // an address that has not answered by then holds up nobody
	leastHold = time.Millisecond      // when very many wait
	manyWait  = 50
)

// gate lets a few links dial at a time, in the order in which they came.
type gate struct {
	most int

	mu      sync.Mutex
	busy    int
	waiting []dialler
}

// dialler is a link that wants to connect, in that life of it.
type dialler struct {
	link *link
	life int
}

// enter begins an attempt, now or when it is its turn.
func (g *gate) enter(d dialler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy >= g.most {
		g.waiting = append(g.waiting, d)
		return
	}
	g.busy++
	d.begin()
}

// hold is how long an attempt may keep its place: the shorter the more wait, for addresses that never answer are free to invent.
func (g *gate) hold() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(leastHold, dialHold/time.Duration(1+len(g.waiting)/manyWait))
}

// leave ends it: the next one begins.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.busy--
		return
	}
	d := g.waiting[0]
	if g.waiting = g.waiting[1:]; len(g.waiting) == 0 {
		g.waiting = nil
	}
	d.begin()
}

func (d dialler) begin() {
	d.link.set.running.Add(1)
	go d.link.attempt(d.life)
}
