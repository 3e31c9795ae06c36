//go:build linux

package attack

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/wire"
	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
)

// TestHelloOfThirdHost has strangers say HELLO who claim to be where somebody else is. Nobody may make a node connect to a
// host that did not speak itself.
func TestHelloOfThirdHost(t *testing.T) {
	v := newVictims(t, settings{})
	d := newDecoy(t, host(77))
	defer d.close()
	service := newDecoy(t, local) // on the victims' own host
	defer service.close()
	var strangers []*stranger
	for i := range many(100) {
		s := newStranger(v, host(i), alice, manner{})
		defer s.leave()
		s.connect()
		s.hello([]string{d.endpoint(), service.endpoint()}[i%2])
		strangers = append(strangers, s)
	}
	v.meanwhile()
	if count := d.count.Load() + service.count.Load(); count > 0 {
		t.Errorf("a victim connected %d times to a third host", count)
	}
	for _, s := range strangers {
		s.leave()
	}
	v.end(bounds{memory: 32 << 20, events: 2 * many(100), descriptors: 250,
		counted: func(s *zyre.Stats) uint64 { return s.Elsewhere }})
}

// TestHelloOfThirdHostAllowed is the same where the configuration says that a HELLO may name another host.
func TestHelloOfThirdHostAllowed(t *testing.T) {
	v := newVictims(t, settings{Config: zyre.Config{AnyEndpoint: true}})
	d := newDecoy(t, host(77))
	defer d.close()
	guest := newStranger(v, host(1), alice, manner{})
	defer guest.leave()
	guest.connect()
	guest.hello(d.endpoint())
	v.entered(alice, 1)
	select {
	case <-d.first:
	case <-time.After(20 * time.Second):
		t.Error("no victim connected to the endpoint of a HELLO")
	}
	guest.leave()
	d.close()
	v.end(bounds{memory: 32 << 20, events: 4})
}

// TestHelloOfFriend has a stranger, of another host and of the victims' own, claim to be where bob is. He stays.
func TestHelloOfFriend(t *testing.T) {
	v := newVictims(t, settings{})
	for i := range many(100) {
		addr := local
		if i%2 == 0 {
			addr = host(i)
		}
		s := newStranger(v, addr, alice, manner{})
		s.connect()
		s.hello("tcp://" + v.at(bob).String())
		s.hello("tcp://" + v.at(alice).String())
		s.finish()
		s.leave()
	}
	v.end(bounds{memory: 32 << 20, events: 2 * many(100)})
}

// TestHelloOfNowhere names endpoints that make no sense.
func TestHelloOfNowhere(t *testing.T) {
	v := newVictims(t, settings{})
	endpoints := []string{"", "tcp://", "tcp://:0", "tcp://127.0.0.1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:65536", "tcp://0.0.0.0:0",
		"tcp://[::1]:-1", "tcp://localhost:http", "ipc:///dev/null", "inproc://x", "udp://127.0.0.1:1", "tcp://127.0.0.1:1\n",
		strings.Repeat("/", 255)}
	s := newStranger(v, host(0), alice, manner{})
	defer s.leave()
	s.connect()
	for range many(100) {
		for _, endpoint := range endpoints {
			s.hello(endpoint)
		}
	}
	s.finish()
	s.leave()
	v.end(bounds{memory: 32 << 20, events: 0, counted: func(s *zyre.Stats) uint64 { return s.Malformed }})
}

// TestHugeHello has HELLOs of 65,535 groups, and of 16 MB of headers.
func TestHugeHello(t *testing.T) {
	v := newVictims(t, settings{})
	groups := zre.Message{ID: zre.IDHello, Endpoint: []byte("tcp://127.8.0.1:1"), Sequence: 1, Name: []byte("huge")}
	for i := range 65_535 {
		groups.Groups = append(groups.Groups, fmt.Appendf(nil, "group %d", i))
	}
	headers := groups
	headers.Groups = nil
	for i := range 16 {
		headers.Headers = append(headers.Headers, wire.Pair{Key: fmt.Appendf(nil, "key %d", i), Value: make([]byte, 1<<20)})
	}
	for _, m := range []*zre.Message{&groups, &headers} {
		octets, err := m.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		wire := message(nil, octets)
		for i := range many(20) {
			s := newStranger(v, host(i), alice, manner{})
			s.connect()
			put(s.conn, wire)
			s.finish()
			s.leave()
		}
	}
	v.end(bounds{memory: 160 << 20, events: 0, counted: func(s *zyre.Stats) uint64 { return s.Malformed }})
}

// TestOddText has names, groups and headers of octets that are no text, or that a terminal obeys. They are the peer's own: who
// shows them has to escape them (tools/internal/show).
func TestOddText(t *testing.T) {
	v := newVictims(t, settings{})
	odd := []string{"\x1b[2J\x1b]0;gone\a", "\xff\xfe\xc0\x80", "a\nb\r\t\b", " ", "\u202egnp.exe", strings.Repeat("\xf0", 255)}
	for i, text := range odd {
		s := newStranger(v, host(i), alice, manner{})
		s.connect()
		m := zre.Message{ID: zre.IDHello, Endpoint: []byte(s.endpoint()), Name: []byte(text), Groups: [][]byte{[]byte(text)},
			Headers: []wire.Pair{{Key: []byte(text), Value: []byte(text + "\x00")}}}
		s.say(&m)
		s.say(&zre.Message{ID: zre.IDJoin, Group: []byte(text + "2")[:min(len(text)+1, 255)], Status: 1})
		s.say(&zre.Message{ID: zre.IDWhisper, Content: [][]byte{[]byte(text), {}, {0}}})
		v.entered(alice, i+1)
		s.leave()
	}
	v.end(bounds{memory: 32 << 20, events: 6 * len(odd)})
}
