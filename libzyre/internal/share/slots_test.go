package share

import (
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// openTest gives what fetches from a peer that it is told of, with so many slots.
func openTest(t *testing.T, slots int) *Share {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(Config{
		ID: core.ID{1}, Inbox: filepath.Join(dir, "inbox"), Outbox: filepath.Join(dir, "outbox"), Bind: netip.MustParseAddr("127.0.0.1"),
		Transport: zmtp.Transport{}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.slots, s.times = newSlots(slots), times{look: time.Hour}
	t.Cleanup(s.Close)
	return s
}

// come has a peer enter that offers files at a port where nobody is.
func (s *Share) come(id byte) { s.comeAt(id, "tcp://127.0.0.1:9") }

// comeAt has a peer enter whose file server is at an endpoint.
func (s *Share) comeAt(id byte, endpoint string) {
	s.Enter(&core.Event{Peer: core.ID{id}, Name: string(rune('a' + id)), Addr: endpoint, Headers: map[string]string{Header: endpoint}})
}

// nextOf waits for an event.
func (s *Share) nextOf(t *testing.T) core.Event {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if e := s.Take(1); len(e) > 0 {
			return e[0]
		}
		select {
		case <-s.Ready():
		case <-deadline:
			t.Fatal("nothing is told")
		}
	}
}

// fetches waits until a peer has its turn.
func (s *Share) fetches(t *testing.T, id byte) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		s.mu.Lock()
		got := s.peers[core.ID{id}].client != nil
		s.mu.Unlock()
		if got {
			return
		}
	}
	t.Fatal("it has no turn")
}

// Peers for whose files there are not enough open files wait until others leave, and that is told. None of them makes a folder before a file comes.
func TestSlots(t *testing.T) {
	s := openTest(t, 1)
	s.come(2)
	s.fetches(t, 2)
	s.come(3)
	s.come(4)
	for range 2 {
		if e := s.nextOf(t); e.Type != core.Refused || e.Cause != errTurn || e.Peer != (core.ID{3}) && e.Peer != (core.ID{4}) {
			t.Errorf("%+v", e)
		}
	}
	s.Exit(core.ID{3}) // while it waits
	s.mu.Lock()
	done := s.peers[core.ID{2}].done
	s.mu.Unlock()
	s.Exit(core.ID{2})
	<-done
	s.fetches(t, 4)
	if entries, err := os.ReadDir(s.inbox); err != nil || len(entries) != 1 || entries[0].Name() != lockFile {
		t.Errorf("%v, %v", entries, err)
	}
}

// One address has a quarter of the slots at most, loopback excepted; free slots go to who has waited longest and may have one.
func TestSlotsOfAddress(t *testing.T) {
	s := newSlots(8)
	ask := func(addr string, want error) *place {
		t.Helper()
		pl, why := s.ask(netip.MustParseAddr(addr))
		if pl.has != (want == nil) || !errors.Is(why, want) {
			t.Errorf("%s: %v, %v, want %v", addr, pl.has, why, want)
		}
		return pl
	}
	crowd := []*place{ask("192.0.2.1", nil), ask("::ffff:192.0.2.1", nil), ask("192.0.2.1", errCrowd), ask("192.0.2.1", errCrowd)}
	other := ask("fe80::1%eth0", nil)
	ask("fe80::1%eth1", nil) // the same host, perhaps
	ask("fe80::1%eth1", errCrowd)
	var here []*place
	for range 4 {
		here = append(here, ask("127.0.0.1", nil))
	}
	waits := []*place{ask("127.0.0.1", errTurn), ask("192.0.2.2", errTurn)}
	if !s.wanted(crowd[0]) || !s.wanted(here[0]) {
		t.Error("nobody waits")
	}
	s.leave(crowd[2])
	s.leave(here[0])
	if !waits[0].has || waits[1].has || crowd[3].has {
		t.Errorf("the first in line has %v, the second %v, the crowd another %v", waits[0].has, waits[1].has, crowd[3].has)
	}
	s.leave(crowd[0]) // its address may have another one now, and has waited longer
	if !crowd[3].has || waits[1].has {
		t.Errorf("the crowd has %v, the other %v", crowd[3].has, waits[1].has)
	}
	s.leave(other)
	s.leave(waits[1])
	if s.wanted(here[1]) || s.taken != 8 || s.of[other.addr] != 2 || len(s.waiting) != 0 {
		t.Errorf("%d are taken, %v, %d wait", s.taken, s.of, len(s.waiting))
	}
	crowded := newSlots(4)
	first, _ := crowded.ask(netip.MustParseAddr("192.0.2.1"))
	if !first.has {
		t.Error("a small process fetches from nobody")
	}
	pl, _ := crowded.ask(netip.MustParseAddr("192.0.2.2"))
	crowded.ask(netip.MustParseAddr("192.0.2.1"))
	if crowded.wanted(pl) || !crowded.wanted(first) {
		t.Errorf("only at its own address another one may have a slot: %v, %v", crowded.wanted(pl), crowded.wanted(first))
	}
}

func TestSlotsOf(t *testing.T) {
	for limit, want := range map[uint64]int{0: 1, 256: 12, 1024: 51, 1 << 20: 52428, 1 << 63: mostSlots} {
		if got := slotsOf(limit); got != want {
			t.Errorf("%d for %d, want %d", got, limit, want)
		}
	}
}
