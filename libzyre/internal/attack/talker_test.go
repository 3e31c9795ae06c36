//go:build linux

package attack

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// chat is the group of the victims, and pace how often each says something to each other one and to all.
const (
	chat = "CHAT"
	pace = 20 * time.Millisecond
)

// talker is a victim: a node that talks to its friends, the other victims, without a pause.
type talker struct {
	node  *zyre.Node
	size  int // octets of a shout
	epoch time.Time
	tasks sync.WaitGroup
	stop  chan struct{}

	mu      sync.Mutex
	friends map[zyre.UUID]*friend
	present chan struct{} // yields once a friend can be talked to
	told    nodeReport
	delays  []time.Duration
}

// friend is what a talker holds of another one, by kind of message.
type friend struct {
	name  string
	next  [2]uint64
	met   bool
	heard [2]int // since the beginning of the attack
}

// kinds of messages: the first octet.
const (
	whisper byte = iota
	shout
)

func newTalker(name string, s *settings, epoch time.Time) (*talker, error) {
	cfg := s.Config
	cfg.Name = name
	node, err := zyre.Start(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	return &talker{node: node, size: s.ShoutSize, epoch: epoch, stop: make(chan struct{}), present: make(chan struct{}, 10),
		friends: map[zyre.UUID]*friend{}}, node.Join(chat)
}

// talk begins to listen; who is to be talked to has been added to friends.
func (k *talker) talk() {
	k.tasks.Go(k.listen)
}

// begin begins to say something.
func (k *talker) begin() {
	k.tasks.Go(func() { k.every(k.whisper) })
	k.tasks.Go(func() { k.every(k.shout) })
}

func (k *talker) every(say func(number uint64)) {
	ticker := time.NewTicker(pace)
	defer ticker.Stop()
	for number := uint64(0); ; number++ {
		select {
		case <-k.stop:
			return
		case <-ticker.C:
			say(number)
		}
	}
}

func (k *talker) message(kind byte, number uint64, size int) []byte {
	m := binary.BigEndian.AppendUint64([]byte{kind}, number)
	m = binary.BigEndian.AppendUint64(m, uint64(time.Since(k.epoch)))
	return append(m, make([]byte, max(size-len(m), 0))...)
}

func (k *talker) whisper(number uint64) {
	k.mu.Lock()
	ids := make([]zyre.UUID, 0, len(k.friends))
	for id := range k.friends {
		ids = append(ids, id)
	}
	k.mu.Unlock()
	for _, id := range ids {
		k.check(k.node.Whisper(id, k.message(whisper, number, 0)))
	}
}

func (k *talker) shout(number uint64) {
	err := k.node.Shout(chat, k.message(shout, number, k.size))
	k.mu.Lock()
	defer k.mu.Unlock()
	k.told.Shouts++
	if err != nil {
		k.told.ShoutErrors++ // a stranger in the group may have to be given up
	}
}

func (k *talker) check(err error) {
	if err != nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.odd("a whisper failed: %v", err)
	}
}

// odd notes what must not happen; mu is held.
func (k *talker) odd(format string, args ...any) {
	if k.told.Odds++; len(k.told.Odd) < 10 {
		k.told.Odd = append(k.told.Odd, fmt.Sprintf(format, args...))
	}
}

func (k *talker) listen() {
	for e := range k.node.Events() {
		k.hear(&e)
	}
}

func (k *talker) hear(e *zyre.Event) {
	k.mu.Lock()
	defer k.mu.Unlock()
	from := k.friends[e.Peer]
	switch {
	case e.Type == zyre.Stop:
	case from != nil && (e.Type == zyre.Evasive || e.Type == zyre.Silent):
		k.told.Doubts++ // a machine that has too much to do may be late
	case from == nil:
		if k.told.Strangers == nil {
			k.told.Strangers = map[string]int{}
		}
		k.told.Strangers[e.Type.String()]++
	case e.Type == zyre.Whisper || e.Type == zyre.Shout:
		k.count(from, e)
	case e.Type == zyre.Join && e.Group == chat:
		select {
		case k.present <- struct{}{}:
		default: // it is not the first time
		}
	case e.Type == zyre.Enter && !from.met:
		from.met = true
	default:
		k.odd("%v", e)
	}
}

// count counts a message of a friend, which has to be the next.
func (k *talker) count(from *friend, e *zyre.Event) {
	if len(e.Msg) != 1 || len(e.Msg[0]) < 17 || e.Msg[0][0] > shout {
		k.odd("%s said what it never says: %.100q", from.name, e.Msg)
		return
	}
	kind, number, sent := e.Msg[0][0], binary.BigEndian.Uint64(e.Msg[0][1:]), binary.BigEndian.Uint64(e.Msg[0][9:])
	if next := from.next[kind]; next != 0 && number != next {
		k.odd("%s said number %d where %d was to come", from.name, number, next)
	}
	from.next[kind] = number + 1
	from.heard[kind]++
	k.delays = append(k.delays, time.Since(k.epoch)-time.Duration(sent))
}

// reset forgets what was told so far.
func (k *talker) reset() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.told, k.delays = nodeReport{}, k.delays[:0]
	for _, f := range k.friends {
		f.heard = [2]int{}
	}
}

func (k *talker) report() nodeReport {
	stats := k.node.Stats()
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.told
	r.UUID, r.Stats = k.node.UUID(), stats
	r.Odd = slices.Clone(r.Odd)
	r.Strangers = map[string]int{}
	for what, count := range k.told.Strangers {
		r.Strangers[what] = count
	}
	r.Heard = -1
	for _, f := range k.friends {
		for _, heard := range f.heard {
			if r.Heard < 0 || heard < r.Heard {
				r.Heard = heard
			}
		}
	}
	r.P50, r.P99, r.Worst = quantiles(k.delays)
	return r
}

func quantiles(delays []time.Duration) (p50, p99, worst time.Duration) {
	if len(delays) == 0 {
		return 0, 0, 0
	}
	sorted := slices.Sorted(slices.Values(delays))
	return sorted[len(sorted)/2], sorted[len(sorted)*99/100], sorted[len(sorted)-1]
}

// end stops talking.
func (k *talker) end() {
	close(k.stop)
	k.node.Close()
	k.tasks.Wait()
}
