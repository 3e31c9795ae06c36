package zretester

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zeromq/gozyre/libzyre"
)

// These run in bubbles of synctest: their time passes at once.

func TestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s stage
		life := standard()
		p := newPool(&life, 20, 12, "n", 1, s.notes(), s.start)
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
		defer stop()
		go func() { // the first nodes begin at once
			time.Sleep(time.Millisecond)
			if total := sum(p.figures()); total.Running != 10 {
				t.Errorf("%d nodes run at first", total.Running)
			}
		}()
		p.run(ctx)
		total := sum(p.figures())
		// 300 s, a turn in each 0.75 s, half of them begin a node.
		if total.Started < 150 || total.Started > 250 || total.Running > 12 || total.Running == 0 {
			t.Errorf("%d started, %d run", total.Started, total.Running)
		}
		if starts, stops := s.count("start"), s.count("stop"); starts != int(total.Started) || starts-stops != total.Running {
			t.Errorf("%d starts and %d stops are written down; %d started, %d run", starts, stops, total.Started, total.Running)
		}
		joins, shouts, moves := 0, 0, 0
		for _, f := range s.fakes {
			joins += f.count("join")
			moves += f.count("join") + f.count("leave")
			shouts += f.count("shout")
		}
		if shouts < 250 || shouts > 350 {
			t.Errorf("%d shouts in 300 s, one a second", shouts)
		}
		// About ten nodes, each a move a second.
		if moves < 2000 || moves > 4000 || joins == moves {
			t.Errorf("%d moves, %d of them joins", moves, joins)
		}
		if s.count("join")+s.count("leave") != moves || s.count("shout") != shouts {
			t.Error("not all is written down")
		}
		before := len(s.seen)
		time.Sleep(time.Minute)
		if len(s.seen) != before {
			t.Error("it does not rest")
		}
		p.close()
		if len(s.troubles) > 0 {
			t.Error(s.troubles)
		}
	})
}

func TestPoolIsNeverFuller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s stage
		life := standard()
		life.First = 1
		p := newPool(&life, 20, 3, "n", 1, s.notes(), s.start)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		go func() {
			for ctx.Err() == nil {
				if n := sum(p.figures()).Running; n > 3 {
					t.Errorf("%d run", n)
				}
				time.Sleep(10 * time.Millisecond)
			}
		}()
		p.run(ctx)
		p.close()
		time.Sleep(time.Second) // for who looks
	})
}

func TestNodeThatDoesNotStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := stage{fail: errors.New("no")}
		life := standard()
		p := newPool(&life, 2, 2, "n", 1, s.notes(), s.start)
		ctx, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		p.run(ctx)
		p.close()
		if len(s.troubles) == 0 || s.troubles[0].Error() == "" || s.count("start") != s.count("stop") {
			t.Error(s.troubles, s.seen)
		}
	})
}

func TestPlayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s stage
		life := standard()
		life.GroupEvery = time.Hour
		f := newFake("n")
		p := newPlayer(zyre.NewUUID(), "n", f, s.notes(), &life, rand.New(rand.NewPCG(1, 1)))
		p.play()
		peer := zyre.NewUUID()
		f.events <- zyre.Event{Type: zyre.Enter, Peer: peer}
		synctest.Wait()
		if f.count("whisper") != 1 || f.calls[0].peer != peer {
			t.Fatalf("after ENTER: %+v", f.calls)
		}
		const many = 600
		for _, c := range []struct {
			event              zyre.Event
			whispers, shouts   int // of many
			others             string
			kindOfWhat, answer byte
		}{
			{event: zyre.Event{Type: zyre.Whisper, Peer: peer, Msg: [][]byte{{1}}}, whispers: many / 2},
			{event: zyre.Event{Type: zyre.Shout, Peer: peer, Group: "group1", Msg: [][]byte{{1}, {first}}}, whispers: many / 3, shouts: many / 3},
			{event: zyre.Event{Type: zyre.Shout, Peer: peer, Group: "group1", Msg: [][]byte{{1}, {answer}}}, whispers: many / 3},
			{event: zyre.Event{Type: zyre.Shout, Peer: peer, Group: "group1"}, whispers: many / 3},
			{event: zyre.Event{Type: zyre.Join, Peer: peer, Group: "group1"}},
		} {
			f.mu.Lock()
			f.calls = nil
			f.mu.Unlock()
			for range many {
				f.events <- c.event
			}
			synctest.Wait()
			near := func(got, want int) bool { return got > want*3/4 && got < want*5/4 || got == want }
			if w, sh := f.count("whisper"), f.count("shout"); !near(w, c.whispers) || !near(sh, c.shouts) {
				t.Errorf("%v: %d whispers and %d shouts", c.event, w, sh)
			}
			for _, call := range f.calls {
				if len(call.msg) != 3 || len(call.msg[0]) == 0 || call.msg[1][0] != answer || len(call.msg[2]) > life.Octets {
					t.Fatalf("%q", call.msg)
				}
			}
		}
		f.mu.Lock()
		f.calls, f.err = nil, zyre.ErrUnknownPeer
		f.mu.Unlock()
		f.events <- zyre.Event{Type: zyre.Exit, Peer: peer}
		synctest.Wait()
		if f.count("whisper") != 1 || s.count("failed") != 1 {
			t.Errorf("after EXIT: %+v, %d failed", f.calls, s.count("failed"))
		}
		if got := p.figure(); got.Enters != 1 || got.Exits != 1 || got.Events != 2+5*many || p.peers.Load() != 0 {
			t.Errorf("%+v", got)
		}
		p.rest()
		p.close() // with an error of the node that nobody asked for
		if len(s.troubles) != 1 {
			t.Error(s.troubles)
		}
	})
}

// What a player cannot do in time it leaves out, and goes on reading.
func TestPlayerThatIsAsked(t *testing.T) {
	var s stage
	life := standard()
	p := newPlayer(zyre.NewUUID(), "n", newFake("n"), s.notes(), &life, rand.New(rand.NewPCG(1, 1)))
	for range maxDeeds + 7 {
		p.want(deed{kind: first})
	}
	if got := p.figure().Skipped; got != 7 {
		t.Error(got)
	}
}
