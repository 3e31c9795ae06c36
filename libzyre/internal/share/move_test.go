package share_test

import (
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/zmtp"
	"github.com/zeromq/gozyre/libzyre/internal/core"
	"github.com/zeromq/gozyre/libzyre/internal/share"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// A peer that is at another address now without having left is fetched from there.
func TestPeerMoves(t *testing.T) {
	dir := t.TempDir()
	s, err := share.Open(share.Config{
		ID: core.ID{1}, Inbox: filepath.Join(dir, "inbox"), Outbox: filepath.Join(dir, "outbox"), Bind: netip.MustParseAddr("127.0.0.1"),
		Transport: zmtp.Transport{}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	endpoint := serve(t, []named{{"/x", "x"}})
	port := endpoint[strings.LastIndexByte(endpoint, ':'):]
	id := core.ID{2}
	s.Enter(&core.Event{Peer: id, Name: "peer", Addr: "tcp://127.0.0.2:1", Headers: map[string]string{share.Header: "tcp://*" + port}}) // nobody is there
	deadline := time.After(zyretest.Deadline)
	for {
		select {
		case <-s.Ready():
		case <-deadline:
			t.Fatal("nothing came")
		}
		for _, lost := range s.Lost() {
			if lost != id {
				t.Errorf("%v", lost)
			}
			s.Move(core.ID{3}, "tcp://127.0.0.1:1") // who is not there
			s.Move(id, "nonsense")
			s.Move(id, "tcp://127.0.0.2:1")
			s.Move(id, "tcp://127.0.0.1:1")
		}
		for _, e := range s.Take(10) {
			if e.Type == core.Deliver && e.File.Path == "x" && e.Peer == id {
				return
			}
			t.Errorf("%+v %+v", e, e.File)
		}
	}
}
