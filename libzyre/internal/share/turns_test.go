package share

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/libfmq"
	"github.com/zeromq/gozyre/libzyre/internal/core"
)

// offering is a file server with one file in it, or none.
func offering(t *testing.T, name string) *fmq.Server {
	t.Helper()
	server, err := fmq.Listen(context.Background(), fmq.ServerConfig{Endpoint: "tcp://127.0.0.1:*"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	if name != "" {
		offer(t, server, name, "/")
	}
	return server
}

// offer has a server offer one more file.
func offer(t *testing.T, server *fmq.Server, name, as string) {
	t.Helper()
	dir := t.TempDir()
	path, before := filepath.Join(dir, name), time.Now().Add(-time.Hour)
	if err := os.WriteFile(path, []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, before, before); err != nil {
		t.Fatal(err)
	}
	if err := server.Publish(fmq.Publish{Dir: dir, As: as}); err != nil {
		t.Fatal(err)
	}
}

// deliveredOf waits for a file of a peer.
func (s *Share) deliveredOf(t *testing.T, id byte, name string) {
	t.Helper()
	for {
		if e := s.nextOf(t); e.Type == core.Deliver {
			if e.Peer != (core.ID{id}) || e.File.Path != name {
				t.Errorf("%+v %+v", e, e.File)
			}
			return
		}
	}
}

// Peers that cannot be connected to, and one that sends nothing, give their slots up while others wait, and have another turn afterwards.
func TestSlotIsGivenUp(t *testing.T) {
	s := openTest(t, 1)
	s.times = times{look: 20 * time.Millisecond, quiet: 100 * time.Millisecond, enough: 1 << 20}
	s.come(2)
	s.fetches(t, 2)
	s.come(3)
	s.Groups([]string{"G"})
	quiet := offering(t, "")
	s.comeAt(4, quiet.Endpoint())
	s.comeAt(5, offering(t, "file").Endpoint())
	s.deliveredOf(t, 5, "file")
	s.comeAt(6, offering(t, "another").Endpoint())
	s.deliveredOf(t, 6, "another")
	offer(t, quiet, "late", "/.groups/G") // behind its turn
	s.deliveredOf(t, 4, "late")
	for id := range byte(5) { // each has another turn
		s.fetches(t, 2+id)
	}
	for id := range byte(5) { // at any time
		s.Exit(core.ID{2 + id})
	}
	s.wg.Wait()
	if s.slots.taken != 0 || len(s.slots.waiting) != 0 || len(s.slots.of) != 0 {
		t.Errorf("%d are taken, %d wait, %v", s.slots.taken, len(s.slots.waiting), s.slots.of)
	}
}

// Who brings nothing keeps the slot while nobody waits for it.
func TestSlotIsKept(t *testing.T) {
	s := openTest(t, 1)
	s.times = times{look: time.Millisecond, quiet: time.Nanosecond, enough: 1 << 20}
	s.comeAt(2, offering(t, "file").Endpoint())
	s.fetches(t, 2)
	client := func() *fmq.Client {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.peers[core.ID{2}].client
	}
	first := client()
	s.deliveredOf(t, 2, "file")
	for began := time.Now(); time.Since(began) < 100*s.times.look; runtime.Gosched() {
	}
	if client() != first {
		t.Error("the slot was given up")
	}
}

// Who is connected to and brings enough keeps the slot, however long that takes.
func TestPatience(t *testing.T) {
	var p patience
	now := time.Time{}.Add(time.Hour)
	for _, step := range []struct {
		after     time.Duration
		connected bool
		octets    uint64
		over      bool
	}{
		{0, false, 0, true}, {0, true, 0, false}, {9 * time.Second, true, 99, false}, {time.Second, true, 99, true}, {time.Second, true, 100, false},
		{9 * time.Second, true, 200, false}, {9 * time.Second, true, 299, false}, {time.Second, true, 299, true}, {0, true, 300, false}, {time.Second, false, 1000, true},
	} {
		now = now.Add(step.after)
		if got := p.over(times{quiet: 10 * time.Second, enough: 100}, step.connected, step.octets, now); got != step.over {
			t.Errorf("%+v: %v", step, got)
		}
	}
}

// A peer that says that its files are where ours are is not fetched from, neither at once nor when it moves there.
func TestOwnPort(t *testing.T) {
	s := openTest(t, 1)
	s.comeAt(2, s.Endpoint())
	if e := s.nextOf(t); e.Type != core.Refused || e.Peer != (core.ID{2}) || !errors.Is(e.Cause, errOwn) {
		t.Errorf("%+v", e)
	}
	elsewhere := strings.Replace(s.Endpoint(), "127.0.0.1", "127.0.0.2", 1)
	s.comeAt(3, elsewhere) // the port is another's there
	s.fetches(t, 3)
	s.Move(core.ID{3}, s.Endpoint())
	s.mu.Lock()
	_, fetched := s.peers[core.ID{2}]
	from := s.peers[core.ID{3}].endpoint
	s.mu.Unlock()
	if fetched || from != elsewhere {
		t.Errorf("%v is fetched, and from %s", fetched, from)
	}
	for bind, own := range map[string]map[string]bool{
		"":          {"127.0.0.1": true, "::1": true, "127.0.0.9": true, "0.0.0.0": true, "::ffff:127.0.0.1": true, "192.0.2.1": false, "2001:db8::1": false},
		"0.0.0.0":   {"127.0.0.1": true, "192.0.2.1": false},
		"127.0.0.1": {"127.0.0.1": true, "127.0.0.2": false, "::": true},
	} {
		s := &Share{server: s.server}
		if bind != "" {
			s.cfg.Bind = netip.MustParseAddr(bind)
		}
		_, port, _ := strings.Cut(strings.TrimPrefix(s.Endpoint(), "tcp://"), ":")
		for addr, want := range own {
			if got := s.own("tcp://" + net.JoinHostPort(addr, port)); got != want {
				t.Errorf("bound to %q, %s is ours: %v", bind, addr, got)
			}
			if s.own("tcp://" + net.JoinHostPort(addr, "9")) {
				t.Errorf("bound to %q, port 9 at %s is ours", bind, addr)
			}
		}
	}
	mine, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	all := &Share{server: s.server}
	for _, a := range mine {
		_, port, _ := strings.Cut(strings.TrimPrefix(s.Endpoint(), "tcp://"), ":")
		if ip := a.(*net.IPNet).IP.String(); !all.own("tcp://" + net.JoinHostPort(ip, port)) {
			t.Errorf("%s is not ours", ip)
		}
	}
}
