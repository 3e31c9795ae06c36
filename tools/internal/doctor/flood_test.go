package doctor

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
)

// Who announces himself under thousands of names hides nobody else, fills neither
// memory nor the report, and is told of once.
func TestFlood(t *testing.T) {
	f := well()
	f.Peers = nil
	a := &air{facts: &f, results: make(chan result, maxDials), entered: map[string]entry{}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody is connected to
	hear := func(from string, id zyre.UUID, port uint16) {
		a.heard(ctx, beacon.Signal{Addr: netip.MustParseAddr(from), Interface: "eth0", Data: announcement(id, port)}, false)
	}
	for i := range uint16(2000) {
		hear("10.99.0.9", zyre.NewUUID(), 1+i)
	}
	honest := zyre.NewUUID()
	hear("10.77.0.3", honest, 5000)
	if n := len(f.Peers); n != maxAlike+1 || f.Peers[n-1].UUID != honest.String() {
		t.Fatal(n)
	}
	for i := range uint16(2000) { // it comes and goes
		p := f.Peers[slices.IndexFunc(f.Peers, func(p Peer) bool { return p.UUID != honest.String() })]
		id, err := zyre.ParseUUID(p.UUID)
		if err != nil {
			t.Fatal(err)
		}
		hear("10.99.0.9", id, 0)
		hear("10.99.0.9", zyre.NewUUID(), 1+i)
	}
	another := zyre.NewUUID()
	for range 2000 {
		hear("10.99.0.10", another, 7)
		hear("10.99.0.10", another, 0)
	}
	if len(a.queue) > maxQueue {
		t.Error(len(a.queue))
	}
	for a.dialing > 0 {
		r := <-a.results
		r.dial, r.err = Unanswered, "no answer"
		a.result(ctx, r)
	}
	if len(a.queue) > 0 {
		t.Error(len(a.queue))
	}
	var out bytes.Buffer
	found := Judge(f)
	if err := report(&out, f, found, false); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Count(text, OtherNetwork) != 1 || strings.Count(text, "\n") > 60 ||
		!strings.Contains(text, "another IP network: 10.99.0.9\n") || !strings.Contains(text, "more than 16 peers at one address") {
		t.Errorf("%d lines: %.3000s", strings.Count(text, "\n"), text)
	}
}
