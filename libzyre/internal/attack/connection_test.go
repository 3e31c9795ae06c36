//go:build linux

package attack

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/libzyre"
)

// crowd makes connections to alice, some at a time, from many addresses, and has each say something. It returns them.
func crowd(v *victims, count int, say func(i int) []byte) []net.Conn {
	conns := make([]net.Conn, count)
	slots := make(chan struct{}, 50) // who connects all at once only tests the queue of the kernel
	var all sync.WaitGroup
	for i := range conns {
		slots <- struct{}{}
		all.Go(func() {
			conn, err := tryDial(host(i%250), v.at(alice))
			if err == nil {
				put(conn, say(i))
				conns[i] = conn
			}
			<-slots
		})
	}
	all.Wait()
	return conns
}

func disperse(conns []net.Conn) {
	for _, conn := range conns {
		if conn != nil {
			conn.Close()
		}
	}
}

// TestSilentConnections has 10,000 that say nothing at all.
func TestSilentConnections(t *testing.T) {
	v := newVictims(t, settings{})
	conns := crowd(v, many(10_000), func(int) []byte { return nil })
	v.meanwhile()
	disperse(conns)
	v.end(bounds{memory: 48 << 20, descriptors: 1200})
}

// maxConnections is how many connections a node takes.
const maxConnections = 8192

// TestSilentPeers has 10,000 that shake hands, as a node each, and say no more.
func TestSilentPeers(t *testing.T) {
	v := newVictims(t, settings{})
	conns := crowd(v, many(10_000), func(int) []byte {
		return append(greeting(), ready("DEALER", identity(zyre.NewUUID()))...)
	})
	v.meanwhile()
	disperse(conns)
	b := bounds{memory: 96 << 20, descriptors: 9500}
	if len(conns) > maxConnections {
		b.counted = func(s *zyre.Stats) uint64 { return s.Crowded }
	}
	v.end(b)
}

// TestGarbage has what is no ZMTP at all, no more from some octet on, or ZMTP of another kind.
func TestGarbage(t *testing.T) {
	v := newVictims(t, settings{})
	hail := append(greeting(), ready("DEALER", identity(zyre.NewUUID()))...)
	disperse(crowd(v, many(4000), func(i int) []byte {
		random := rand.New(rand.NewPCG(uint64(i), 2))
		noise := make([]byte, 1000)
		for j := range noise {
			noise[j] = byte(random.Uint32())
		}
		switch i % 5 {
		case 0:
			return noise
		case 1:
			return append(hail[:i%len(hail):i%len(hail)], noise...)
		case 2:
			return append(hail[:len(hail):len(hail)], noise...)
		case 3:
			return append(greeting(), ready([]string{"PUB", "REQ", "ROUTER", "", "DEALER\x00"}[i/5%5], noise[:i%256])...)
		}
		return append(append([]byte{}, hail...), frame(nil, 4, noise[:i%1000])...) // a command
	}))
	v.end(bounds{memory: 48 << 20, descriptors: 4100})
}

// maxUnfinished is how many octets of messages that have not wholly arrived a node holds.
const maxUnfinished = 4 * 66 << 20

// TestUnfinishedFrames has 100 connections that never finish what they send: of a frame of 16 MB the last octet is missing, of a message of
// 16 frames of a megabyte, or of a million empty ones, the last frame.
func TestUnfinishedFrames(t *testing.T) {
	size := many(16 << 20)
	big := frame(nil, 0, make([]byte, size))
	parts := map[string][]byte{
		"frame":  big[:len(big)-1],
		"frames": bytes.Repeat(frame(nil, 1, make([]byte, 1<<20)), max(1, size>>20)),
		"tiny":   bytes.Repeat(frame(nil, 1, nil), size/16),
	}
	for name, part := range parts {
		t.Run(name, func(t *testing.T) {
			v := newVictims(t, settings{})
			conns := crowd(v, 100, func(int) []byte {
				return append(append(greeting(), ready("DEALER", identity(zyre.NewUUID()))...), part...)
			})
			v.meanwhile()
			disperse(conns)
			b := bounds{memory: 768 << 20, descriptors: 200}
			if len(conns)*size > maxUnfinished && name != "tiny" { // so many frames are too many before they are too much
				b.counted = func(s *zyre.Stats) uint64 { return s.Swollen }
			}
			v.end(b)
		})
	}
}

// TestReadsNothing has peers in the victims' group that read nothing of what is said there.
func TestReadsNothing(t *testing.T) {
	cfg := zyre.Config{HighWater: 20, SendTimeout: 200 * time.Millisecond}
	v := newVictims(t, settings{Config: cfg, ShoutSize: 100_000})
	const count = 10
	var strangers []*stranger
	for i := range count {
		s := newStranger(v, host(i), alice, manner{deaf: true})
		defer s.leave()
		s.connect()
		s.hello(s.endpoint(), chat)
		strangers = append(strangers, s)
	}
	v.until("they are given up", func(r *report) bool {
		return r.Nodes[alice].Strangers[zyre.Exit.String()] >= count
	})
	for _, s := range strangers {
		s.leave()
	}
	v.end(bounds{memory: 96 << 20, events: 4 * count, blind: true, counted: func(s *zyre.Stats) uint64 { return s.Blocked }})
}

// TestReadsNothingMuch has so many of them, and so much that is said, that all of what may be queued is: nobody else may have to
// wait for that.
func TestReadsNothingMuch(t *testing.T) {
	queued := int64(32 << 20)
	cfg := zyre.Config{SendTimeout: 2 * time.Second, Limits: zyre.Limits{QueuedOctets: queued}}
	v := newVictims(t, settings{Config: cfg, ShoutSize: 300_000})
	const count = 10
	var strangers []*stranger
	for i := range count {
		s := newStranger(v, host(i), alice, manner{deaf: true})
		defer s.leave()
		s.connect()
		s.hello(s.endpoint(), chat)
		strangers = append(strangers, s)
	}
	v.until("they are given up", func(r *report) bool {
		return r.Nodes[alice].Strangers[zyre.Exit.String()] >= count
	})
	for _, s := range strangers {
		s.leave()
	}
	v.end(bounds{memory: 4 * uint64(queued), events: 6 * count, blind: true, counted: func(s *zyre.Stats) uint64 { return s.Blocked }})
}

// TestAsksAndReadsNothing has peers that send PINGs, of ZRE and of ZMTP, and do not read the answers.
func TestAsksAndReadsNothing(t *testing.T) {
	v := newVictims(t, settings{})
	for i := range 2 {
		s := newStranger(v, host(i), alice, manner{deaf: true})
		defer s.leave()
		s.connect()
		s.hello(s.endpoint())
		for range many(1_000_000) / 1000 {
			var batch []byte
			for range 1000 {
				if i == 0 {
					s.sequence++
					octets, err := (&zre.Message{ID: zre.IDPing, Sequence: s.sequence}).Append(nil)
					if err != nil {
						t.Fatal(err)
					}
					batch = message(batch, octets)
				} else {
					batch = frame(batch, 4, []byte("\x04PING\x00\x00context"))
				}
			}
			put(s.conn, batch)
		}
		v.meanwhile()
		s.leave()
	}
	v.end(bounds{memory: 48 << 20, events: 8})
}

// TestSendsFast has a peer that says as much as it can.
func TestSendsFast(t *testing.T) {
	for _, size := range []int{0, 100, 100_000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			v := newVictims(t, settings{})
			s := newStranger(v, host(0), alice, manner{})
			defer s.leave()
			s.connect()
			s.hello(s.endpoint())
			count := 0
			for end := time.Now().Add(time.Second); time.Now().Before(end); {
				var batch []byte
				for len(batch) < 64<<10 {
					s.sequence++
					octets, err := (&zre.Message{ID: zre.IDWhisper, Sequence: s.sequence}).Append(nil)
					if err != nil {
						t.Fatal(err)
					}
					batch = message(batch, octets, make([]byte, size))
					count++
				}
				if !put(s.conn, batch) {
					t.Fatal("the victim took no more")
				}
			}
			s.finish()
			s.leave()
			t.Logf("%d messages of %d octets in a second", count, size)
			v.end(bounds{memory: 96 << 20, events: count + 4, counted: func(s *zyre.Stats) uint64 { return s.Received }})
		})
	}
}
