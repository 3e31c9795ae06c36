package zyre_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/libzyre/zyretest"
)

// What nodes on real sockets did is in their traces, and the protocol does it again.
func TestTrace(t *testing.T) {
	const n = 3
	cfg := config(t)
	var traces [n]bytes.Buffer
	var nodes [n]*zyre.Node
	for i := range nodes {
		one := cfg
		one.Name, one.Trace = fmt.Sprintf("node%d\x1b\xff", i), &traces[i]
		one.Queue = 10
		nodes[i] = zyretest.Start(t, one)
	}
	for _, node := range nodes {
		for range n - 1 {
			zyretest.Next(t, node, zyre.Enter)
		}
	}
	for _, node := range nodes {
		if err := node.Join("CHAT\xff"); err != nil {
			t.Fatal(err)
		}
	}
	for range n - 1 {
		zyretest.Next(t, nodes[0], zyre.Join)
	}
	for range 200 { // more than its queue holds
		if err := nodes[0].Shout("CHAT\xff", make([]byte, 1000), nil, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if err := nodes[0].Whisper(zyre.NewUUID()); err == nil {
		t.Fatal("nobody got a whisper")
	}
	for range 200 {
		zyretest.Next(t, nodes[1], zyre.Shout)
		zyretest.Next(t, nodes[2], zyre.Shout)
	}
	if _, err := nodes[1].Ping(t.Context(), nodes[2].UUID()); err != nil {
		t.Fatal(err)
	}
	nodes[2].Close()
	zyretest.Next(t, nodes[1], zyre.Exit)
	for i, node := range nodes {
		node.Close()
		text := traces[i].String()
		sum, err := trace.Replay(strings.NewReader(text))
		if err != nil || sum.Ended != 1 || sum.Inputs < 20 || sum.Cut {
			t.Errorf("node %d: %+v: %v", i, sum, err)
		}
		if octets := strings.Repeat("00", 33); strings.Contains(text, octets) {
			t.Errorf("node %d has more of a message in its trace than 32 octets", i)
		}
		if strings.ContainsAny(text, "\x1b\xff") {
			t.Errorf("node %d has raw octets of a name in its trace", i)
		}
	}
}

// full takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// records keeps what is logged.
type records struct {
	slog.Handler
	mu   sync.Mutex
	text []string
}

func (r *records) Enabled(context.Context, slog.Level) bool { return true }
func (r *records) WithAttrs([]slog.Attr) slog.Handler       { return r }
func (r *records) Handle(_ context.Context, one slog.Record) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one.Level == slog.LevelError {
		r.text = append(r.text, one.Message)
	}
	return nil
}

// A trace that cannot be written is told of once, and that is all.
func TestTraceFails(t *testing.T) {
	cfg := config(t)
	var log records
	cfg.Trace, cfg.Log = full{}, slog.New(&log)
	alice := zyretest.Start(t, cfg)
	cfg.Trace, cfg.Log = nil, nil
	bob := zyretest.Start(t, cfg)
	zyretest.Next(t, alice, zyre.Enter)
	zyretest.Next(t, bob, zyre.Enter)
	alice.Close()
	log.mu.Lock()
	defer log.mu.Unlock()
	if len(log.text) != 1 || log.text[0] != "the trace ends here" {
		t.Errorf("logged %q", log.text)
	}
}
