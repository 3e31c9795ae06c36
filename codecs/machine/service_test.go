package machine

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/codecs/zsock"
)

// roomFor tells the service that a peer has room, as a transport does that can.
func (p *play) roomFor(peer string, messages int) {
	p.set(messages)
	p.event(zsock.Event{Type: zsock.Writable, Peer: []byte(peer)})
}

// What finds a client's queue full waits, in order, and its machine hears of room when nothing waits any more.
func TestFullClientWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 2)
		p.knows = []Event{Writable}
		p.serve()
		p.says("joe", say(1, 4)...)
		p.expect("as many as there is room for", "joe 1", "joe 2")
		p.set(1)
		p.says("joe", say(5, 5)...)
		p.expect("nothing overtakes what waits")
		p.says("ann", "SAY", "hello")
		p.expect("others do not wait", "ann hello")
		p.roomFor("joe", 2)
		p.expect("what waits goes out", "joe 3", "joe 4")
		p.heard("something waits still")
		p.roomFor("joe", 2)
		p.expect("the rest", "joe 5")
		p.heard("there is room", Writable)
		p.says("joe", say(6, 6)...)
		p.expect("afterwards all is as before", "joe 6")
	})
}

// A client that takes nothing and asks for ever more is gone, and what waits for it is forgotten.
func TestFullClientIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		p.knows = []Event{Expired, Writable}
		service, server := p.serve()
		p.says("joe", say(1, maxWaiting)...)
		p.heard("as many as may wait")
		p.says("joe", say(1, 1)...)
		p.heard("one more", Expired)
		p.roomFor("joe", 10)
		p.expect("what waited is forgotten")
		p.heard("and nobody hears of room")
		if err := service.Do(func(time.Time) []Effect {
			if s := server.Stats(); s.Clients != 0 || s.Expired != 1 {
				t.Errorf("stats are %+v", s)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
		p.says("joe", say(1, 1)...)
		p.expect("it may begin anew", "joe 1")
	})
}

// What waits for a client ends with its connection: whoever comes under its identity next must not get it.
func TestFullClientLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		p.serve()
		p.says("joe", say(1, 3)...)
		p.event(zsock.Event{Type: zsock.Down, Peer: []byte("joe")})
		p.set(10)
		p.says("joe", "SAY", "new")
		p.roomFor("joe", 10)
		p.expect("to the next joe", "joe new")
	})
}

// What a machine said at its end waits too.
func TestFullClientEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		p.serve()
		p.says("joe", say(1, 1)...)
		p.says("joe", "BYE")
		p.roomFor("joe", 10)
		p.expect("after the machine's end", "joe 1")
	})
}

// Other goroutines are told that there is no room, and hear of it through the machine.
func TestServiceSend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 1)
		p.knows = []Event{Writable}
		service, _ := p.serve()
		p.says("joe", "SAY")
		send := func(what string, want error) {
			t.Helper()
			if err := service.Send([]byte("joe"), [][]byte{[]byte("x")}); !errors.Is(err, want) {
				t.Errorf("%s: got %v, want %v", what, err, want)
			}
		}
		send("room", nil)
		send("no room", zsock.ErrFull)
		p.says("joe", say(1, 1)...)
		p.set(1)
		send("the machine's message waits", zsock.ErrFull)
		p.roomFor("joe", 5)
		p.heard("room", Writable)
		send("room again", nil)
		p.expect("in order", "joe x", "joe 1", "joe x")
		p.mu.Lock()
		p.away = true
		p.mu.Unlock()
		send("nobody", zsock.ErrUnknownPeer)
	})
}

// What is given away is recycled when it was sent, and not before.
func TestServiceSendOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 1)
		service, _ := p.serve()
		frames := [][]byte{[]byte("x")}
		if err := service.SendOwned([]byte("joe"), frames); err != nil || frames[0] != nil {
			t.Errorf("got %v, and the frame is %q", err, frames[0])
		}
		p.expect("given away", "joe x")
		frames[0] = []byte("y")
		if err := service.SendOwned([]byte("joe"), frames); !errors.Is(err, zsock.ErrFull) || string(frames[0]) != "y" {
			t.Errorf("got %v, and the frame is %q", err, frames[0])
		}
	})
}

// A transport that cannot tell of room is asked again.
func TestUntold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		p.full = zsock.ErrUntold
		p.knows = []Event{Writable}
		service, _ := p.serve()
		p.says("joe", say(1, 2)...)
		p.set(1)
		time.Sleep(retryAfter)
		synctest.Wait()
		p.expect("retried", "joe 1")
		p.heard("something waits still")
		p.set(1)
		time.Sleep(retryAfter)
		synctest.Wait()
		p.expect("retried again", "joe 2")
		p.heard("all went out", Writable)
		for range 2 { // that the first is over shows the second
			if err := service.Send([]byte("joe"), [][]byte{[]byte("x")}); !errors.Is(err, zsock.ErrFull) || errors.Is(err, zsock.ErrUntold) {
				t.Errorf("got %v, want ErrFull: the service tells", err)
			}
			time.Sleep(retryAfter)
			synctest.Wait()
			p.heard("room, perhaps", Writable)
		}
		time.Sleep(time.Minute)
		p.heard("nobody waits any more")
		p.says("joe", say(1, 2)...)
		p.mu.Lock()
		p.away, p.room = true, 1
		p.mu.Unlock()
		time.Sleep(retryAfter)
		synctest.Wait()
		p.heard("who is away takes nothing, and nothing waits for it", Writable)
	})
}

// A machine that does not know "writable" ignores it, uncounted.
func TestWritableUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlay(t, 0)
		service, server := p.serve()
		p.says("joe", say(1, 1)...)
		p.roomFor("joe", 1)
		p.expect("it is there", "joe 1")
		if err := service.Do(func(time.Time) []Effect {
			if s := server.Stats(); s != (Stats{Clients: 1}) {
				t.Errorf("stats are %+v", s)
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
}
