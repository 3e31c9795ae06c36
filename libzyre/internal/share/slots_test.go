package share

import (
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
	s.slots = make(chan struct{}, slots)
	t.Cleanup(s.Close)
	return s
}

// come has a peer enter that offers files at a port where nobody is.
func (s *Share) come(id byte) {
	s.Enter(&core.Event{Peer: core.ID{id}, Name: string(rune('a' + id)), Addr: "tcp://127.0.0.1:9", Headers: map[string]string{Header: "tcp://*:9"}})
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

func TestSlotsOf(t *testing.T) {
	for limit, want := range map[uint64]int{0: 1, 256: 12, 1024: 51, 1 << 20: 52428, 1 << 63: mostSlots} {
		if got := slotsOf(limit); got != want {
			t.Errorf("%d for %d, want %d", got, limit, want)
		}
	}
}
