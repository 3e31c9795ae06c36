package zretester

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// node is what a player needs of a zyre.Node.
type node interface {
	Events() <-chan zyre.Event
	Join(group string) error
	Leave(group string) error
	Whisper(peer zyre.UUID, msg ...[]byte) error
	Shout(group string, msg ...[]byte) error
	Close() error
	Err() error
}

// player is a node that lives: it greets, answers, and joins and leaves groups.
type player struct {
	id    zyre.UUID
	name  string
	node  node
	notes notes
	life  *Scenario
	rng   *rand.Rand // of the goroutine that acts

	todo    chan deed     // what its events make it do
	done    chan struct{} // it shall do nothing more
	acting  sync.WaitGroup
	reading sync.WaitGroup

	events, enters, exits, skipped atomic.Uint64
	peers                          atomic.Int64
}

// deed is something that a player does.
type deed struct {
	peer  zyre.UUID // a whisper
	group string    // else a shout
	kind  byte
}

// The first octet of a message's second frame: what may be answered by a shout. An answer may
// not, for then a crowd would never be quiet again.
const (
	first  = '1'
	answer = '2'
)

// maxDeeds bounds what a player still has to do. Beyond it answers are left out, and counted.
const maxDeeds = 1000

func newPlayer(id zyre.UUID, name string, n node, notes notes, life *Scenario, rng *rand.Rand) *player {
	return &player{id: id, name: name, node: n, notes: notes, life: life, rng: rng,
		todo: make(chan deed, maxDeeds), done: make(chan struct{})}
}

// play begins the node's life: one goroutine reads its events, so that nobody has to wait for us, and one acts.
func (p *player) play() {
	chance := rand.New(rand.NewPCG(p.rng.Uint64(), p.rng.Uint64()))
	p.reading.Go(func() { p.listen(chance) })
	p.acting.Go(p.act)
}

// rest ends what the node does by itself, and waits for that. It still listens.
func (p *player) rest() {
	close(p.done)
	p.acting.Wait()
}

// close ends the node, politely, and waits for that. rest comes before.
func (p *player) close() {
	_ = p.node.Close() // it returns nil
	p.reading.Wait()
}

// listen writes down what the node tells, and decides what follows.
func (p *player) listen(chance *rand.Rand) {
	for e := range p.node.Events() {
		p.notes.Event(p.id, &e)
		p.events.Add(1)
		switch e.Type {
		case zyre.Enter:
			p.enters.Add(1)
			p.peers.Add(1)
			p.want(deed{peer: e.Peer, kind: first})
		case zyre.Exit:
			p.exits.Add(1)
			p.peers.Add(-1)
			p.want(deed{peer: e.Peer, kind: first})
		case zyre.Whisper:
			if chance.IntN(2) == 0 {
				p.want(deed{peer: e.Peer, kind: answer})
			}
		case zyre.Shout:
			if chance.IntN(3) == 0 {
				p.want(deed{peer: e.Peer, kind: answer})
			}
			if chance.IntN(3) == 0 && len(e.Msg) > 1 && len(e.Msg[1]) == 1 && e.Msg[1][0] == first {
				p.want(deed{group: e.Group, kind: answer})
			}
		}
	}
	if err := p.node.Err(); err != nil {
		p.notes.trouble(fmt.Errorf("%s ended by itself: %w", p.name, err))
	}
}

// want puts something on the list of what is to be done.
func (p *player) want(d deed) {
	select {
	case p.todo <- d:
	default:
		p.skipped.Add(1)
	}
}

// act does what is to be done, and joins or leaves a group every now and then.
func (p *player) act() {
	timer := time.NewTimer(about(p.rng, p.life.GroupEvery))
	defer timer.Stop()
	in := make([]bool, p.life.Groups)
	for {
		select {
		case <-p.done:
			return
		default:
		}
		select {
		case <-p.done:
			return
		case d := <-p.todo:
			p.say(d)
		case <-timer.C:
			p.move(in)
			timer.Reset(about(p.rng, p.life.GroupEvery))
		}
	}
}

// say sends a message.
func (p *player) say(d deed) {
	more := make([]byte, p.rng.IntN(p.life.Octets+1))
	var payload []byte
	var err error
	if d.group != "" {
		payload = p.notes.Shout(p.id, d.group)
		err = p.node.Shout(d.group, payload, []byte{d.kind}, more)
	} else {
		payload = p.notes.Whisper(p.id, d.peer)
		err = p.node.Whisper(d.peer, payload, []byte{d.kind}, more)
	}
	if err != nil {
		p.notes.Failed(payload, err)
	}
}

// move joins or leaves a group.
func (p *player) move(in []bool) {
	i := p.rng.IntN(len(in))
	in[i] = !in[i]
	var err error
	if in[i] {
		p.notes.Join(p.id, groupName(i))
		err = p.node.Join(groupName(i))
	} else {
		p.notes.Leave(p.id, groupName(i))
		err = p.node.Leave(groupName(i))
	}
	_ = err // who could not be told is given up, and that is an event
}

func groupName(i int) string { return fmt.Sprintf("group%d", i) }

// about returns a time from two thirds to four thirds of d: what many do about so often shall not
// happen at once.
func about(rng *rand.Rand, d time.Duration) time.Duration {
	return d*2/3 + time.Duration(rng.Int64N(int64(d)*2/3+1))
}
