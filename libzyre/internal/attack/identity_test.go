//go:build linux

package attack

import (
	"bytes"
	"testing"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// taken counts who was turned away because somebody else has that identity.
func taken(s *zyre.Stats) uint64 { return s.Taken }

// hello is a message, ready for the wire.
func hello(endpoint string) []byte {
	octets, _ := (&zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte(endpoint), Name: []byte("mask")}).Append(nil)
	return message(nil, octets)
}

// TestForeignIdentity says HELLO under identities that no node of ZRE has.
func TestForeignIdentity(t *testing.T) {
	v := newVictims(t, settings{})
	id := zyre.NewUUID()
	names := [][]byte{nil, {1}, {0}, id[:], append([]byte{0}, id[:]...), append([]byte{2}, id[:]...), append([]byte{1, 1}, id[:]...), bytes.Repeat([]byte{1}, 255)}
	for i := range many(50) {
		for _, name := range names {
			conn := dial(t, host(i), v.at(alice))
			put(conn, append(append(greeting(), ready("DEALER", name)...), hello("tcp://127.8.0.1:1")...))
			finish(conn)
		}
	}
	v.end(bounds{memory: 32 << 20, counted: func(s *zyre.Stats) uint64 { return s.Strangers }})
}

// TestOwnIdentity tells alice that one is alice.
func TestOwnIdentity(t *testing.T) {
	v := newVictims(t, settings{})
	masquerade(v, v.id(alice), many(200))
	v.end(bounds{memory: 32 << 20, counted: taken})
}

// TestIdentityOfFriend tells alice that one is bob, who is there: identities are public. Nothing may come between the two.
func TestIdentityOfFriend(t *testing.T) {
	v := newVictims(t, settings{})
	masquerade(v, v.id(bob), many(100))
	v.end(bounds{memory: 32 << 20, counted: taken})
}

// masquerade connects to alice under somebody's identity, and says what would hurt.
func masquerade(v *victims, id zyre.UUID, times int) {
	what := [][]byte{nil, hello("tcp://127.8.0.1:1"), hello("tcp://" + v.at(bob).String())}
	for _, m := range []*zre.Message{{ID: zre.IDGoodbye, Sequence: 2}, {ID: zre.IDWhisper, Sequence: 7, Content: [][]byte{[]byte("forged")}}} {
		octets, err := m.Append(nil)
		if err != nil {
			v.t.Fatal(err)
		}
		what = append(what, message(nil, append([][]byte{octets}, m.Content...)...))
	}
	for i := range times {
		addr := host(i)
		if i%2 == 0 {
			addr = local
		}
		conn := dial(v.t, addr, v.at(alice))
		put(conn, append(append(greeting(), ready("DEALER", identity(id))...), what[i%len(what)]...))
		finish(conn)
	}
}

// TestIdentityHeld keeps such connections, and says nothing, while much is being said.
func TestIdentityHeld(t *testing.T) {
	v := newVictims(t, settings{ShoutSize: 300_000})
	for i := range many(50) {
		conn := dial(t, host(i), v.at(alice))
		defer conn.Close()
		put(conn, append(greeting(), ready("DEALER", identity(v.id(bob+i%2)))...))
	}
	v.meanwhile()
	v.end(bounds{memory: 64 << 20, counted: taken})
}

// TestIdentitySquatted is there under the identity of a node before that one is, and says nothing. The node is met all the same.
func TestIdentitySquatted(t *testing.T) {
	v := newVictims(t, settings{})
	dave := zyre.NewUUID()
	for i := range v.before.Nodes {
		conn := dial(t, host(i), v.at(i))
		defer conn.Close()
		put(conn, append(greeting(), ready("DEALER", identity(dave))...))
	}
	v.meanwhile()
	node := zyretest.Start(t, zyre.Config{UUID: dave, Name: "dave", Port: v.config.Port, Interfaces: v.config.Interfaces})
	v.entered(alice, 1)
	v.entered(bob, 1)
	v.entered(carol, 1)
	node.Close()
	v.end(bounds{memory: 32 << 20, events: 4, counted: taken})
}

// TestIdentityOfRouter says HELLO, and answers the connection that follows under the identity of somebody else, or of nobody.
func TestIdentityOfRouter(t *testing.T) {
	v := newVictims(t, settings{})
	names := [][]byte{identity(v.id(bob)), identity(v.id(alice)), bytes.Repeat([]byte{1}, 255), {0}}
	var strangers []*stranger
	for i := range many(100) {
		s := newStranger(v, host(i), alice, manner{router: names[i%len(names)]})
		defer s.leave()
		s.connect()
		s.hello(s.endpoint(), chat)
		strangers = append(strangers, s)
	}
	v.meanwhile()
	for _, s := range strangers {
		s.finish()
		s.leave()
	}
	v.end(bounds{memory: 32 << 20, events: 8 * many(100), descriptors: 300, blind: true})
}
