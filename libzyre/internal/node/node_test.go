package node

import (
	"errors"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zre"
	"github.com/zeromq/gozyre/codecs/zsock"
	"github.com/zeromq/gozyre/libzyre/harmony"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// Each input does what is its own, and nothing of it is told before Work.
func TestInputs(t *testing.T) {
	for name, c := range map[string]struct {
		peers      []string
		do         func(b *being)
		told, done string
	}{
		"start":  {[]string{"tcp://10.0.0.9:50000"}, func(b *being) { b.Start(b.at) }, "", "connect to any at tcp://10.0.0.9:50000"},
		"beacon": {nil, func(b *being) { b.Beacon(b.at, addr, core.AppendBeacon(nil, core.ID{'b'}, 50001)) }, "", "connect b tcp://10.0.0.1:50001; send b HELLO"},
		"message": {nil, func(b *being) {
			b.comes('b', zre.Message{ID: zre.IDHello, Groups: [][]byte{[]byte("CHAT")}})
			b.whisper('b', "hi")
			b.Ready(b.at)
		}, "ENTER b; JOIN b CHAT; WHISPER b hi", "connect b tcp://10.0.0.1:50098; send b HELLO"},
		"tick": {nil, func(b *being) {
			b.meet('a')
			for range 6 {
				b.later(time.Second)
				b.Tick(b.at)
			}
		}, "EVASIVE a; SILENT a", "send a PING"},
		"moved": {nil, func(b *being) {
			b.meet('a')
			b.local = netip.MustParseAddr("10.0.0.7")
			b.Moved(b.at)
		}, "EXIT a (it is at another address now)", "disconnect a; connect a tcp://10.0.0.1:50097; send a HELLO"},
		"refused": {nil, func(b *being) {
			b.meet('a')
			b.happens(harmony.Event{Type: harmony.Arrived, Peer: core.ID{'a'}, Addr: addr})
			b.happens(harmony.Event{Type: harmony.Departed, Peer: core.ID{'a'}})
			b.happens(harmony.Event{Type: harmony.Failed, Peer: core.ID{'a'}, Err: syscall.ECONNREFUSED})
			b.Ready(b.at)
		}, "EXIT a (its connection broke and it does not answer)", "send a PING; disconnect a"},
		"refused, and its own connection stands": {nil, func(b *being) {
			b.meet('a')
			b.happens(harmony.Event{Type: harmony.Arrived, Peer: core.ID{'a'}, Addr: addr})
			b.happens(harmony.Event{Type: harmony.Failed, Peer: core.ID{'a'}, Err: syscall.ECONNREFUSED})
			b.Ready(b.at)
		}, "", "send a PING"},
		"up": {[]string{"tcp://10.0.0.9:50000"}, func(b *being) {
			b.Start(b.at)
			b.happens(harmony.Event{Type: harmony.Up, Peer: b.net.any, Identity: core.ID{'z'}, Addr: addr})
			b.Ready(b.at)
		}, "", "connect to any at tcp://10.0.0.9:50000; send z HELLO"},
		"failed otherwise": {nil, func(b *being) {
			b.meet('a')
			b.happens(harmony.Event{Type: harmony.Arrived, Peer: core.ID{'a'}, Addr: addr})
			b.happens(harmony.Event{Type: harmony.Departed, Peer: core.ID{'a'}})
			b.happens(harmony.Event{Type: harmony.Failed, Peer: core.ID{'a'}, Err: syscall.EHOSTUNREACH})
			b.Ready(b.at)
		}, "", "send a PING"},
		"a stranger": {nil, func(b *being) {
			b.meet('a')
			b.happens(harmony.Event{Type: harmony.Failed, Peer: core.ID{'a'}, Err: zsock.ErrStranger})
			b.Ready(b.at)
		}, "EXIT a (another peer is at its address now)", "disconnect a"},
		"down": {nil, func(b *being) {
			b.meet('a')
			b.happens(harmony.Event{Type: harmony.Up, Peer: core.ID{'a'}, Identity: core.ID{'a'}, Addr: addr})
			b.happens(harmony.Event{Type: harmony.Down, Peer: core.ID{'a'}})
			b.Ready(b.at)
		}, "", "send a PING"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBeing(t, Config{Config: core.Config{Peers: c.peers}})
			c.do(b)
			if got := b.waiting(); got != "" {
				t.Errorf("told before Work: %s", got)
			}
			b.Work(b.at)
			b.wants(c.told)
			if got := b.net.did(); got != c.done {
				t.Errorf("did\n\t%s\nwant\n\t%s", got, c.done)
			}
		})
	}
}

// An event that the reader takes does not wait; from the first that it does not take on all wait, in order.
func TestReader(t *testing.T) {
	var read []core.Event
	room := 2
	b := newBeing(t, Config{Reader: func(e *core.Event) bool {
		if len(read) == room {
			return false
		}
		read = append(read, *e)
		return true
	}})
	b.hello('a')
	b.whisper('a', "1")
	b.whisper('a', "2")
	b.work()
	if got := told(read); got != "ENTER a; WHISPER a 1" {
		t.Errorf("read %s", got)
	}
	b.wants("WHISPER a 2")
	room = 4
	b.whisper('a', "3")
	b.work()
	if got := told(read); got != "ENTER a; WHISPER a 1; WHISPER a 2; WHISPER a 3" {
		t.Errorf("read %s", got)
	}
	b.wants("")
}

// Pace follows the number of peers that are there.
func TestPace(t *testing.T) {
	b := newBeing(t, Config{})
	if b.Pace() != time.Second {
		t.Errorf("alone: %v", b.Pace())
	}
	for i := range 40 {
		b.hello('0' + byte(i))
	}
	b.work()
	if want := 41 * 35 * time.Millisecond; b.Pace() != want {
		t.Errorf("among 41: %v, want %v", b.Pace(), want)
	}
}

// Next is when something is due, and Tick does it.
func TestNext(t *testing.T) {
	b := newBeing(t, Config{})
	if !b.Next().IsZero() {
		t.Errorf("alone: %v", b.Next())
	}
	b.meet('a')
	for next := b.Next(); next.Before(birth.Add(40 * time.Second)); next = b.Next() {
		if next.IsZero() || next.Before(b.at) {
			t.Fatalf("next is %v, at %v", next, b.at)
		}
		b.at = next
		b.Tick(b.at)
		b.Work(b.at)
		if len(b.Core().Peers()) == 0 {
			break
		}
	}
	b.wants("EVASIVE a; SILENT a; EXIT a (nothing was heard from it for too long)")
	if took := b.at.Sub(birth); took != 30*time.Second {
		t.Errorf("gone after %v", took)
	}
}

// Stop says goodbye to all, and STOP is the last that is told.
func TestStop(t *testing.T) {
	b := newBeing(t, Config{Queue: 1})
	b.meet('a')
	b.meet('b')
	why := errors.New("why")
	b.Stop(b.at, why)
	b.wants("EXIT a (the node is closed); EXIT b (the node is closed); STOP m (why)")
	if got := b.net.did(); got != "send a GOODBYE; send b GOODBYE" {
		t.Errorf("did %s", got)
	}
	b.Pop(3)
	b.wants("")
}
