package zretester

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest/history"
)

// pool is the places for nodes in one process, some of which are taken.
type pool struct {
	life  *Scenario // Every and Shout are those of this pool, not of all
	most  int       // nodes that may run at once
	label string    // what the names of its nodes begin with
	start func(context.Context, zyre.UUID, string) (node, error)
	notes notes
	rng   *rand.Rand

	mu       sync.Mutex // of what follows: the table looks at it
	places   []place
	running  int
	started  uint64 // in all
	stopping sync.WaitGroup
}

// place is where a node runs, or none.
type place struct {
	player *player
	busy   bool   // it is being closed
	count  int    // nodes that were here
	past   figure // of those that are gone
}

func newPool(life *Scenario, size, most int, label string, seed uint64, notes notes,
	start func(context.Context, zyre.UUID, string) (node, error)) *pool {
	return &pool{life: life, most: most, label: label, start: start, notes: notes,
		rng: rand.New(rand.NewPCG(seed, uint64(len(label)))), places: make([]place, size)}
}

// run starts and stops nodes until ctx is done; what runs then goes on listening until close.
func (p *pool) run(ctx context.Context) {
	for range min(p.most, int(float64(len(p.places))*p.life.First+0.5)) {
		p.begin(ctx, p.free())
	}
	turn := time.NewTimer(about(p.rng, p.life.Every))
	defer turn.Stop()
	shout := time.NewTimer(time.Hour)
	defer shout.Stop()
	if p.life.Shout > 0 {
		shout.Reset(about(p.rng, p.life.Shout))
	}
	for {
		select {
		case <-ctx.Done():
			p.rest()
			return
		case <-turn.C:
			p.toggle(ctx)
			turn.Reset(about(p.rng, p.life.Every))
		case <-shout.C:
			p.shout()
			shout.Reset(about(p.rng, p.life.Shout))
		}
	}
}

// toggle starts a node at a place, or stops the one that is there.
func (p *pool) toggle(ctx context.Context) {
	i := p.rng.IntN(len(p.places))
	p.mu.Lock()
	at := p.places[i]
	full := p.running >= p.most
	p.mu.Unlock()
	switch {
	case at.busy: // still leaving
	case at.player != nil:
		p.end(i)
	case !full:
		p.begin(ctx, i)
	}
}

// free returns a place where no node is.
func (p *pool) free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		if i := p.rng.IntN(len(p.places)); p.places[i].player == nil {
			return i
		}
	}
}

func (p *pool) begin(ctx context.Context, i int) {
	id := zyre.NewUUID()
	name := fmt.Sprintf("%s%d.%d", p.label, i+1, p.places[i].count+1)
	p.notes.Start(id, name)
	n, err := p.start(context.WithoutCancel(ctx), id, name)
	if err != nil {
		p.notes.Stop(id, history.Killed)
		p.notes.trouble(fmt.Errorf("%s does not start: %w", name, err))
		return
	}
	player := newPlayer(id, name, n, p.notes, p.life, rand.New(rand.NewPCG(p.rng.Uint64(), p.rng.Uint64())))
	p.mu.Lock()
	p.places[i].player = player
	p.places[i].count++
	p.running++
	p.started++
	p.mu.Unlock()
	player.play()
}

// end stops a node; that takes a moment, for which nobody waits.
func (p *pool) end(i int) {
	p.mu.Lock()
	at := &p.places[i]
	at.busy = true
	p.running--
	player := at.player
	p.mu.Unlock()
	p.stopping.Go(func() {
		player.rest()
		p.notes.Stop(player.id, history.Goodbye)
		player.close()
		p.mu.Lock()
		defer p.mu.Unlock()
		at.past.add(player.figure())
		at.player, at.busy = nil, false
	})
}

// shout has some node say something to some group.
func (p *pool) shout() {
	i := p.rng.IntN(len(p.places))
	group := groupName(p.rng.IntN(p.life.Groups))
	p.mu.Lock()
	defer p.mu.Unlock()
	for range p.places {
		if at := p.places[i%len(p.places)]; at.player != nil && !at.busy {
			at.player.want(deed{group: group, kind: first})
			return
		}
		i++
	}
}

// rest ends all that nodes do by themselves, and waits for those that are being stopped: from now on nodes only listen.
func (p *pool) rest() {
	p.stopping.Wait()
	var all sync.WaitGroup
	for i := range p.places {
		if player := p.places[i].player; player != nil {
			all.Go(player.rest)
		}
	}
	all.Wait()
}

// close ends the nodes, after run has returned, and waits for that.
func (p *pool) close() {
	var all sync.WaitGroup
	for i := range p.places {
		if at := p.places[i]; at.player != nil {
			all.Go(at.player.close)
		}
	}
	all.Wait()
}
