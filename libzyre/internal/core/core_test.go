package core

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// nowhere is a network that takes everything.
type nowhere struct{}

func (nowhere) Connect(ID, string) error    { return nil }
func (nowhere) Redial(ID, string) error     { return nil }
func (nowhere) Send(ID, [][]byte) error     { return nil }
func (nowhere) Disconnect(ID)               {}
func (nowhere) ConnectAny(ID, string) error { return nil }
func (nowhere) Rename(ID, ID) error         { return nil }

func (nowhere) Unacknowledged(ID) time.Duration { return -1 }

// moody is a network where anything may be the case.
type moody struct {
	nowhere
	random *rand.Rand
}

func (m moody) Send(ID, [][]byte) error {
	if m.random.IntN(20) == 0 {
		return zsock.ErrFull
	}
	return nil
}

func (m moody) Unacknowledged(ID) time.Duration {
	return time.Duration(max(-1, m.random.IntN(8)-4)) * time.Second
}

func lonely() *Core {
	return New(Config{
		ID: named("me"), Name: "me", Port: 50000,
		Interval: time.Second, Evasive: 5 * time.Second, Expired: 30 * time.Second, SendTimeout: 5 * time.Second,
		LocalAddr: route,
	}, nowhere{})
}

func from(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
}

func uuidOf(n int) (id ID) {
	id[0], id[1], id[2], id[3] = 1, byte(n>>16), byte(n>>8), byte(n)
	return id
}

// Forged beacons make a node greet no more than a bounded number of peers, and
// a real one still gets in, by its HELLO.
func TestForgedBeacons(t *testing.T) {
	c := lonely()
	for i := range 100_000 {
		c.Beacon(birth, from(i), AppendBeacon(nil, uuidOf(i), 49152))
	}
	if stats := c.Stats(); stats.Greeting != maxGreeting || stats.Refused != 100_000-maxGreeting {
		t.Fatalf("%+v", stats)
	}
	m := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.9.9.9:49152")}
	head, _ := m.Append(nil)
	c.Message(birth, named("A"), netip.MustParseAddr("10.9.9.9"), [][]byte{head})
	if peers := c.Peers(); len(peers) != 1 {
		t.Fatal(peers)
	}
	for at := birth; at.Before(birth.Add(time.Minute)); at = at.Add(time.Second) {
		c.Tick(at)
	}
	if stats := c.Stats(); stats.Greeting != 0 {
		t.Fatalf("greeted peers that never answered are still there: %+v", stats)
	}
}

// A peer that joins group after group is not let do so for ever.
func TestTooManyGroups(t *testing.T) {
	c := lonely()
	m := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.0.0.2:49152")}
	head, _ := m.Append(nil)
	c.Message(birth, named("A"), netip.Addr{}, [][]byte{head})
	for i := range DefaultGroups + 1 {
		if c.Stats().Peers != 1 {
			t.Fatalf("gone after %d groups", i)
		}
		m = zre.Message{ID: zre.IDJoin, Sequence: uint16(i + 2), Group: []byte{'a' + byte(i>>8), 'a' + byte(i)%128, byte(i) | 1}, Status: uint8(i + 1)}
		m.Group = append(m.Group, []byte(time.Duration(i).String())...)
		head, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		c.Message(birth, named("A"), netip.Addr{}, [][]byte{head})
	}
	if len(c.Peers()) != 0 {
		t.Fatalf("still there: %+v", c.Stats())
	}
}

// A HELLO is no larger than what a node keeps of it, and its groups are such as
// JOIN could have named.
func TestHelloBounds(t *testing.T) {
	long := make([]byte, maxName+1)
	for i := range long {
		long[i] = 'x'
	}
	for what, change := range map[string]func(*zre.Message){
		"a group without a name": func(m *zre.Message) { m.Groups = [][]byte{{}} },
		"a long group":           func(m *zre.Message) { m.Groups = [][]byte{long} },
		"many groups": func(m *zre.Message) {
			for range DefaultGroups + 1 {
				m.Groups = append(m.Groups, long[:1])
			}
		},
		"much in headers": func(m *zre.Message) {
			m.Headers = []wire.Pair{{Key: []byte("X"), Value: make([]byte, DefaultHeaderOctets)}}
		},
	} {
		c := lonely()
		m := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.0.0.2:49152")}
		change(&m)
		head, err := m.Append(nil)
		if err != nil {
			t.Fatal(what, err)
		}
		c.Message(birth, named("A"), netip.Addr{}, [][]byte{head})
		if stats := c.Stats(); stats.Malformed != 1 || stats.Peers+stats.Greeting != 0 || len(c.Events(nil)) != 0 {
			t.Errorf("%s: %+v", what, stats)
		}
	}
}

// FuzzMessage: whatever frames come, from whomever and in whatever state, nothing
// breaks and little is held.
func FuzzMessage(f *testing.F) {
	hello := zre.Message{ID: zre.IDHello, Sequence: 1, Endpoint: []byte("tcp://10.0.0.2:49152"), Groups: [][]byte{[]byte("CHAT")}, Status: 1}
	head, _ := hello.Append(nil)
	join := zre.Message{ID: zre.IDJoin, Sequence: 2, Group: []byte("OPS"), Status: 2}
	next, _ := join.Append(nil)
	f.Add(head, next, []byte("x"), uint64(1))
	f.Add(next, head, head, uint64(2))
	f.Fuzz(func(t *testing.T, a, b, content []byte, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 0))
		away := false
		c, now := New(Config{
			ID: named("me"), Name: "me", Port: 50000, Peers: []string{"tcp://10.0.0.1:1"},
			Interval: time.Second, Evasive: 5 * time.Second, Expired: 30 * time.Second, SendTimeout: 5 * time.Second,
			LocalAddr: func(remote netip.Addr) netip.Addr {
				if away {
					return from(200)
				}
				return route(remote)
			},
		}, moody{random: random}), birth
		c.Start(now)
		for range 50 {
			id := named(string('A' + rune(random.IntN(3))))
			switch random.IntN(9) {
			case 0:
				c.Message(now, id, from(2), [][]byte{a})
			case 1:
				c.Message(now, id, netip.Addr{}, [][]byte{b, content})
			case 2:
				c.Message(now, id, from(3), [][]byte{head})
			case 3:
				c.Beacon(now, from(2), content)
				c.Beacon(now, from(random.IntN(3)), AppendBeacon(nil, id, uint16(random.IntN(3))))
			case 4:
				c.Down(now, id)
			case 5:
				c.Failed(now, id, random.IntN(2) == 0)
			case 6:
				c.Writable(now, id)
				c.Arrived(now, id, from(random.IntN(4)))
				c.Departed(now, id)
			case 8:
				if random.IntN(2) == 0 {
					id = c.statics[0].key
				}
				c.Up(now, id, named(string('A'+rune(random.IntN(3)))), from(random.IntN(3)))
				if random.IntN(4) == 0 {
					away = !away
					c.Moved(now)
				}
			case 7:
				now = now.Add(time.Duration(random.IntN(10)) * time.Second)
				c.Tick(now)
			}
		}
		lives(t, c.Events(nil))
		for id, p := range c.peers {
			if c.table.find(id) != p || c.table.taken != len(c.peers) {
				t.Fatal("the table is not the map")
			}
		}
		if len(c.order) != len(c.peers) || len(c.order) > 3 {
			t.Fatal("peers are kept twice or were made up")
		}
		for id, n := range c.newcomers {
			if id != n.id || n.peer.next != n && !slices.Contains(c.waiting, n) {
				t.Fatal("a newcomer waits for ever")
			}
		}
		hosts, greeting, held := 0, 0, 0
		for _, h := range c.places.hosts {
			hosts += h.peers
			greeting += h.greeting
		}
		for _, p := range c.order {
			held += p.held
		}
		if hosts != len(c.order) || greeting != c.greeting() || len(c.places.peers) > len(c.order) || held != c.held {
			t.Fatalf("%d peers are at %d places, with %d octets where %d are counted: %+v", len(c.order), hosts, held, c.held, c.places)
		}
	})
}

// lives checks that each peer's events begin with ENTER and end with EXIT.
func lives(t *testing.T, events []Event) {
	t.Helper()
	present := make(map[ID]bool)
	for _, e := range events {
		switch {
		case e.Type == Stop:
		case e.Type == Enter && !present[e.Peer]:
			present[e.Peer] = true
		case e.Type == Enter || !present[e.Peer]:
			t.Fatalf("%v out of place", e)
		case e.Type == Exit:
			delete(present, e.Peer)
		}
	}
}
