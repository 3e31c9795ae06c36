//go:build linux

package attack

import (
	"math/rand/v2"
	"testing"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
)

// TestSequencesThatJump has a peer count as it likes.
func TestSequencesThatJump(t *testing.T) {
	v := newVictims(t, settings{})
	random := rand.New(rand.NewPCG(1, 2))
	s := newStranger(v, host(0), alice, manner{})
	defer s.leave()
	s.connect()
	lives := many(100)
	for range lives {
		s.hello(s.endpoint())
		for range 100 {
			s.sequence = uint16(random.Uint32())
			s.say(&zre.Message{ID: zre.IDWhisper})
		}
	}
	s.finish()
	answers := s.answers.Load()
	s.leave()
	t.Logf("the victim connected %d times to who greeted it %d times", answers, lives)
	if answers > int64(2*lives) {
		t.Errorf("the victim connected %d times to who greeted it %d times", answers, lives)
	}
	v.end(bounds{memory: 32 << 20, events: 4 * lives, counted: func(s *zyre.Stats) uint64 { return s.Unexpected }})
}

// TestUnknownMessages has a peer say what no version of the protocol knows, and then something that is right: it stays.
func TestUnknownMessages(t *testing.T) {
	v := newVictims(t, settings{})
	s := newStranger(v, host(0), alice, manner{})
	defer s.leave()
	s.connect()
	s.hello(s.endpoint())
	v.entered(alice, 1)
	raw := func(octets ...byte) {
		put(s.conn, message(nil, octets, []byte("and another frame")))
	}
	for range many(20) {
		for i := range 256 {
			if id := byte(i); id == 0 || id > byte(zre.IDGoodbye) {
				s.sequence++
				raw(0xAA, 0xA1, id, 2, byte(s.sequence>>8), byte(s.sequence))
			}
			if version := byte(i); version != 2 { // it counts in a way that we do not know
				raw(0xAA, 0xA1, byte(zre.IDHello), version, 0, 1)
			}
			raw(byte(i), 0xA2, 1, 2, 0, 1) // the signature
			raw()
		}
	}
	s.say(&zre.Message{ID: zre.IDWhisper, Content: [][]byte{[]byte("still here")}})
	v.until("the stranger is still heard", func(r *report) bool { return r.Nodes[alice].Strangers[zyre.Whisper.String()] == 1 })
	if exits := v.report().Nodes[alice].Strangers[zyre.Exit.String()]; exits > 0 {
		t.Errorf("unknown messages ended a peer %d times", exits)
	}
	s.leave()
	v.end(bounds{memory: 32 << 20, events: 4, counted: func(s *zyre.Stats) uint64 { return min(s.Malformed, s.Strangers) }})
}
