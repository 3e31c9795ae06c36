//go:build linux

package attack

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
)

// peersPerAddress is how many peers one host may be.
const peersPerAddress = 1024

// TestCrowdOfPeers has one host be 5,000 peers that say HELLO, each over a connection of its own.
func TestCrowdOfPeers(t *testing.T) {
	v := newVictims(t, settings{})
	d := newDecoy(t, host(0))
	defer d.close()
	count := many(5000)
	began := time.Now()
	for range count {
		conn := dial(t, host(0), v.at(alice))
		defer conn.Close()
		put(conn, append(append(greeting(), ready("DEALER", identity(zyre.NewUUID()))...), hello(fmt.Sprintf("tcp://%v:%d", host(0), d.port()))...))
	}
	v.meanwhile()
	peers := v.report().Nodes[alice].Stats.Peers
	t.Logf("%d peers of one host, %d connections to it, after %v", peers, d.count.Load(), time.Since(began))
	if peers > peersPerAddress {
		t.Errorf("one host is %d peers", peers)
	}
	v.end(bounds{memory: 128 << 20, events: 4 * peersPerAddress, descriptors: 10_000, counted: refused})
}

func refused(s *zyre.Stats) uint64 { return s.Refused + s.Unexpected }

// TestStormOfHellos has one peer say HELLO 20,000 times.
func TestStormOfHellos(t *testing.T) {
	v := newVictims(t, settings{})
	s := newStranger(v, host(0), alice, false)
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
	s := newStranger(v, host(0), alice, false)
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
			m := zre.Message{ID: zre.IDHello, Name: []byte("heavy")}
			for i := range 4000 {
				text := fmt.Appendf(nil, "%0255d", i)
				if of == "groups" {
					m.Groups = append(m.Groups, text)
				} else {
					m.Headers = append(m.Headers, wire.Pair{Key: text[250:], Value: text})
				}
			}
			for i := range many(200) {
				s := newStranger(v, host(i), alice, false)
				defer s.leave()
				s.connect()
				m.Endpoint = []byte(s.endpoint())
				if of == "groups" { // others than before
					for j, group := range m.Groups {
						m.Groups[j] = append(fmt.Appendf(nil, "%d %d ", i, j), bytes.Repeat([]byte("x"), 200)...)
						_ = group
					}
				}
				s.sequence = 0
				s.say(&m)
			}
			v.meanwhile()
			r := v.report()
			t.Logf("%v", r.Nodes[alice].Strangers)
			t.Logf("resident %d MB", r.Resident>>20)
		})
	}
}
