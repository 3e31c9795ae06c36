//go:build linux

package attack

import (
	"fmt"
	"net"
	"testing"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
)

// peersPerAddress is how many peers one host may be.
const peersPerAddress = 1024

// TestCrowdOfPeers has one host be 3,000 peers that say HELLO, each over a connection of its own and of another port.
func TestCrowdOfPeers(t *testing.T) {
	v := newVictims(t, settings{Config: zyre.Config{Limits: zyre.Limits{NewPeers: 100_000}}}) // else that holds them up
	var conns []net.Conn
	for i := range 3000 {
		conn := dial(t, host(i%3/2), v.at(alice)) // a third are another host
		conns = append(conns, conn)
		put(conn, append(append(greeting(), ready("DEALER", identity(zyre.NewUUID()))...), hello(fmt.Sprintf("tcp://%v:%d", host(i%3/2), 1+i))...))
	}
	v.meanwhile()
	if peers := v.report().Nodes[alice].Stats.Peers; peers > peersPerAddress+1000+3 {
		t.Errorf("one host is more than %d peers: with another, which is 1000, it is %d", peersPerAddress, peers)
	}
	disperse(conns)
	b := bounds{memory: 96 << 20, events: 6 * peersPerAddress, descriptors: 3000 + 1000}
	if !raceDetector { // with it they come so slowly that the first have gone before there is a crowd
		b.counted = func(s *zyre.Stats) uint64 { return s.Crowded }
	}
	v.end(b)
}

// TestStormOfHellos has one peer say HELLO 20,000 times.
func TestStormOfHellos(t *testing.T) {
	v := newVictims(t, settings{})
	s := newStranger(v, host(0), alice, manner{})
	defer s.leave()
	s.connect()
	for range many(20_000) {
		s.hello(s.endpoint(), "A", "B")
	}
	s.finish()
	s.leave()
	t.Logf("%d connections to the stranger", s.answers.Load())
	v.end(bounds{memory: 48 << 20, events: 4 * many(20_000)})
}

// TestJoinsWithoutEnd has a peer join 20,000 groups with long names.
func TestJoinsWithoutEnd(t *testing.T) {
	v := newVictims(t, settings{})
	s := newStranger(v, host(0), alice, manner{})
	defer s.leave()
	s.connect()
	s.hello(s.endpoint())
	for i := range many(20_000) {
		s.say(&zre.Message{ID: zre.IDJoin, Group: fmt.Appendf(nil, "%0255d", i), Status: uint8(i + 1)})
	}
	s.finish()
	s.leave()
	v.end(bounds{memory: 48 << 20, events: 4096 + 10})
}

// TestHeavyPeers has peers that say a megabyte of themselves each, as headers or as groups: all that a node may say.
func TestHeavyPeers(t *testing.T) {
	for _, of := range []string{"headers", "groups"} {
		t.Run(of, func(t *testing.T) {
			v := newVictims(t, settings{})
			const count = 80 // so many that their sum is too much, too
			var strangers []*stranger
			for i := range count {
				s := newStranger(v, host(i), alice, manner{})
				defer s.leave()
				strangers = append(strangers, s)
				s.connect()
				m := zre.Message{ID: zre.IDHello, Name: []byte("heavy"), Endpoint: []byte(s.endpoint())}
				for j := range 3500 {
					if text := fmt.Appendf(nil, "%0250d", i*5000+j); of == "groups" {
						m.Groups = append(m.Groups, text)
					} else {
						m.Headers = append(m.Headers, wire.Pair{Key: text[242:], Value: text[:242]})
					}
				}
				s.say(&m)
			}
			v.meanwhile()
			for _, s := range strangers {
				s.finish()
				s.leave()
			}
			v.end(bounds{memory: 256 << 20, events: count * (3500 + 4), descriptors: 2*count + 50,
				counted: func(s *zyre.Stats) uint64 { return s.Malformed }})
		})
	}
}

// TestHeavyNewcomers is about who says HELLO from the endpoint of a peer that may be gone: what it says is kept until that is known. Many do,
// and say much.
func TestHeavyNewcomers(t *testing.T) {
	v := newVictims(t, settings{})
	count := many(64)
	octets := make([]byte, 8<<20)
	var strangers []*stranger
	for i := range count {
		s := newStranger(v, host(i), alice, manner{})
		defer s.leave()
		strangers = append(strangers, s)
		s.connect()
		s.hello(s.endpoint())
	}
	v.entered(alice, count)
	for i := range count {
		s := newStranger(v, host(i), alice, manner{})
		defer s.leave()
		s.connect()
		s.hello(strangers[i].endpoint())
		s.say(&zre.Message{ID: zre.IDWhisper, Content: [][]byte{octets}})
		strangers = append(strangers, s)
	}
	v.meanwhile()
	for _, s := range strangers {
		s.finish()
		s.leave()
	}
	v.end(bounds{memory: 256 << 20, events: 8 * count, descriptors: 8 * count})
}
