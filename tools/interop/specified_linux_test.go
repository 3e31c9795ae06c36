package interop

import (
	"encoding/hex"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre"
)

// half is one half of a node at a time: what a test wants said is said to peer.py, and what it answers is read. It is on loopback.
type half struct {
	t       *testing.T
	to      *peer
	id      zyre.UUID
	sockets zsock.Sockets
	router  zsock.Listener
	dealer  zsock.Link
	batch   []zsock.Event
	seq     uint16
	also    func() // done again and again while something is awaited
}

func newHalf(t *testing.T, to *peer) *half {
	t.Helper()
	h := &half{t: t, to: to, id: zyre.NewUUID()}
	var err error
	if h.sockets, err = transport.Open(zsock.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.sockets.Close() })
	h.listen("127.0.0.1")
	if h.dealer, err = h.sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: to.Addr, HighWater: 10_000, Identity: append([]byte{1}, h.id[:]...)}); err != nil {
		t.Fatal(err)
	}
	return h
}

// listen gives it a ROUTER there.
func (h *half) listen(host string) {
	h.t.Helper()
	var err error
	if h.router, err = h.sockets.Listen(zsock.ListenOptions{Kind: zsock.Router, Endpoint: "tcp://" + host + ":*"}); err != nil {
		h.t.Fatal(err)
	}
}

// port is that of its ROUTER.
func (h *half) port() uint16 {
	h.t.Helper()
	at, err := netip.ParseAddrPort(h.router.Endpoint()[len("tcp://"):])
	if err != nil {
		h.t.Fatal(err)
	}
	return at.Port()
}

// says sends a message with the next sequence, or with that which it has.
func (h *half) says(m zre.Message) {
	h.t.Helper()
	if m.Sequence == 0 {
		h.seq++
		m.Sequence = h.seq
	}
	head, err := m.Append(nil)
	if err == nil {
		err = h.dealer.Send(append([][]byte{head}, m.Content...))
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *half) hello(host string, groups ...[]byte) {
	h.t.Helper()
	h.says(zre.Message{ID: zre.IDHello, Endpoint: fmt.Appendf(nil, "tcp://%s:%d", host, h.port()), Name: []byte("half"), Groups: groups})
}

// hears waits for a message of peer.py; others are passed over.
func (h *half) hears(id zre.ID) {
	h.t.Helper()
	late, again := time.After(patience), time.NewTicker(time.Second)
	defer again.Stop()
	for {
		for len(h.batch) > 0 {
			e := h.batch[0]
			h.batch = h.batch[1:]
			if e.Type == zsock.Message && len(e.Frames[0]) > 2 && zre.ID(e.Frames[0][2]) == id {
				return
			}
		}
		select {
		case <-h.sockets.Inbox().Ready():
			h.batch = h.sockets.Inbox().Take(nil)
		case <-again.C:
			if h.also != nil {
				h.also()
			}
		case <-late:
			h.t.Fatalf("peer.py did not say %v within %v", id, patience)
		}
	}
}

// beacons announces somebody from an address of loopback.
func beacons(t *testing.T, from string, port int, id zyre.UUID, at uint16) {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}} // SO_BROADCAST is Go's default
	conn, err := dialer.Dial("udp4", fmt.Sprintf("127.255.255.255:%d", port))
	if err == nil {
		_, err = conn.Write(append(append([]byte("ZRE\x01"), id[:]...), byte(at>>8), byte(at)))
		conn.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What peer.py does where the specification says SHOULD of what strangers, silence and moves may do to a node.
func TestSpecifiedShould(t *testing.T) {
	for name, test := range map[string]func(t *testing.T, theirs *peer, port int){
		"follows no HELLO to a third host": func(t *testing.T, theirs *peer, port int) {
			h := newHalf(t, theirs)
			third, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.3:%d", h.port()))
			if err != nil {
				t.Fatal(err)
			}
			defer third.Close()
			h.hello("127.0.0.3")
			theirs.expect(event{Type: "ENTER", Peer: h.id.String()})
			h.hears(zre.IDHello) // here, where the HELLO came from
			third.(*net.TCPListener).SetDeadline(time.Now().Add(100 * time.Millisecond))
			if _, err := third.Accept(); err == nil {
				t.Error("it connected to the third host too")
			}
		},
		"asks the quiet, and tells": func(t *testing.T, theirs *peer, port int) {
			h := newHalf(t, theirs)
			h.hello("127.0.0.1")
			theirs.expect(event{Type: "ENTER", Peer: h.id.String()})
			h.hears(zre.IDPing)
			theirs.expect(event{Type: "EVASIVE", Peer: h.id.String()})
			theirs.expect(event{Type: "SILENT", Peer: h.id.String()})
			h.says(zre.Message{ID: zre.IDPingOK})
			h.hears(zre.IDPing) // the count began anew
			theirs.never(event{Type: "EXIT"})
		},
		"takes a PING twice": func(t *testing.T, theirs *peer, port int) {
			h := newHalf(t, theirs)
			h.hello("127.0.0.1")
			h.says(zre.Message{ID: zre.IDPing}) // 2
			h.says(zre.Message{ID: zre.IDPing}) // 3
			h.says(zre.Message{ID: zre.IDPing, Sequence: 2})
			h.says(zre.Message{ID: zre.IDWhisper, Content: [][]byte{[]byte("4")}})
			theirs.expect(event{Type: "WHISPER", Peer: h.id.String(), Msg: []string{"4"}})
			for range 3 {
				h.hears(zre.IDPingOK)
			}
			theirs.never(event{Type: "EXIT"})
		},
		"says HELLO again to who waits for nothing": func(t *testing.T, theirs *peer, port int) {
			h := newHalf(t, theirs)
			beacons(t, "127.0.0.1", port, h.id, h.port())
			h.hears(zre.IDHello)
			pass(1100 * time.Millisecond) // it has to have had the time to answer
			h.says(zre.Message{ID: zre.IDWhisper, Sequence: 7})
			h.hears(zre.IDPing)
			h.says(zre.Message{ID: zre.IDPingOK, Sequence: 8})
			h.hears(zre.IDHello)
			h.hello("127.0.0.1")
			theirs.expect(event{Type: "ENTER", Peer: h.id.String()})
		},
		"has a place beside a flood of one address": func(t *testing.T, theirs *peer, port int) {
			for i := range 200 {
				beacons(t, "127.0.0.2", port, zyre.NewUUID(), uint16(1+i))
			}
			h := newHalf(t, theirs)
			pass(500 * time.Millisecond)                  // until it has read them
			beacons(t, "127.0.0.1", port, h.id, h.port()) // once
			h.hears(zre.IDHello)
		},
		"does not keep what is too heavy": func(t *testing.T, theirs *peer, port int) {
			heavy, light := newHalf(t, theirs), newHalf(t, theirs)
			var groups [][]byte
			for i := range 4096 {
				groups = append(groups, fmt.Appendf(nil, "%0255d", i))
			}
			heavy.hello("127.0.0.1", groups...)
			light.hello("127.0.0.1", groups[:100]...)
			theirs.expect(event{Type: "ENTER", Peer: light.id.String()})
			for i := 100; i < len(groups); i++ {
				light.says(zre.Message{ID: zre.IDJoin, Group: groups[i], Status: uint8(i - 99)})
			}
			theirs.expect(event{Type: "EXIT", Peer: light.id.String()})
			theirs.never(event{Type: "ENTER", Peer: heavy.id.String()})
		},
		"follows to another address": func(t *testing.T, theirs *peer, port int) { follows(t, theirs, port, "127.0.0.4") },
		"follows to another port":    func(t *testing.T, theirs *peer, port int) { follows(t, theirs, port, "127.0.0.1") },
		"lets an endpoint rest where nobody answers": func(t *testing.T, theirs *peer, port int) {
			h := newHalf(t, theirs)
			beacons(t, "127.0.0.1", port, h.id, h.port())
			h.hears(zre.IDHello)
			pass(10500 * time.Millisecond) // until it is forgotten
			beacons(t, "127.0.0.1", port, h.id, h.port())
			pass(time.Second)
			h.batch = append(h.batch, h.sockets.Inbox().Take(nil)...)
			for _, e := range h.batch {
				if e.Type == zsock.Message {
					t.Fatalf("it said %s", hex.EncodeToString(e.Frames[0]))
				}
			}
			pass(time.Second)
			beacons(t, "127.0.0.1", port, h.id, h.port())
			h.hears(zre.IDHello)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := loopback(t)
			test(t, specified(t, s, "theirs", nil), s.port)
		})
	}
}

// follows sees that a peer is greeted where its beacons come from, and no longer where it was.
func follows(t *testing.T, theirs *peer, port int, host string) {
	t.Helper()
	h := newHalf(t, theirs)
	h.hello("127.0.0.1")
	theirs.expect(event{Type: "ENTER", Peer: h.id.String()})
	h.hears(zre.IDHello)
	if err := h.router.Close(); err != nil {
		t.Fatal(err)
	}
	h.listen(host)
	h.also = func() { beacons(t, host, port, h.id, h.port()) }
	h.hears(zre.IDHello)
	theirs.expect(event{Type: "EXIT", Peer: h.id.String()})
}
