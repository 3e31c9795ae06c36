//go:build unix

package wireshark_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/collector"
)

// exchange has two nodes say one thing of each kind: presence, groups, messages, a file, records for a collector. It writes their
// UUIDs to standard output. When all is said it sends the words theEnd, for whoever listens to the network.
func exchange() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "exchange")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	records, err := collector.Listen(collector.Config{})
	if err != nil {
		return err
	}
	defer records.Close()

	var alice, bob actor
	err = alice.start(ctx, zyre.Config{
		Name: "alice", Headers: map[string]string{collector.Header: records.Endpoint()}, Inbox: filepath.Join(dir, "in"), Outbox: filepath.Join(dir, "alice"),
	})
	if err != nil {
		return err
	}
	if err := bob.start(ctx, zyre.Config{Name: "bob", Outbox: filepath.Join(dir, "bob")}); err != nil {
		return err
	}
	file := filepath.Join(dir, "notes.txt")
	steps := []func() error{
		func() error { return alice.await(zyre.Enter) },
		func() error { return bob.await(zyre.Enter) },
		func() error { return alice.Join("CHAT") },
		func() error { return bob.Join("CHAT") },
		func() error { return alice.await(zyre.Join) },
		func() error { return bob.await(zyre.Join) },
		func() error { return bob.Shout("CHAT", []byte("one"), nil, []byte("three")) },
		func() error { return alice.await(zyre.Shout) },
		func() error { return alice.Whisper(bob.UUID(), []byte(strings.Repeat("w", whispered))) },
		func() error { return bob.await(zyre.Whisper) },
		func() error { return os.WriteFile(file, []byte("a file"), 0o600) },
		func() error { return bob.Publish(file, "notes.txt") },
		func() error { return alice.await(zyre.Deliver) },
		func() error { return bob.LogText(zyre.LogWarning, "that was all") },
		func() error { return awaitRecord(ctx, records, "that was all") },
		func() error { return bob.Leave("CHAT") },
		func() error { return alice.await(zyre.Leave) },
		func() error { return awaitRecord(ctx, records, "CHAT") },
		bob.Close,
		func() error { return alice.await(zyre.Exit) },
		alice.Close,
		func() error { return json.NewEncoder(os.Stdout).Encode([]zyre.UUID{alice.UUID(), bob.UUID()}) },
		sayTheEnd,
	}
	for i, step := range steps {
		if err := step(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

const (
	whispered = 100_000
	theEnd    = "that is all that was said"
)

// actor is a node that knows what it waits for.
type actor struct {
	*zyre.Node
	ctx context.Context
}

func (a *actor) start(ctx context.Context, cfg zyre.Config) (err error) {
	a.ctx = ctx
	a.Node, err = zyre.Start(ctx, cfg)
	return err
}

// await reads events until one of that type comes.
func (a *actor) await(want zyre.EventType) error {
	for {
		select {
		case e, ok := <-a.Events():
			if !ok || e.Type == want {
				return a.Err()
			}
		case <-a.ctx.Done():
			return fmt.Errorf("%s waits for %v: %w", a.Name(), want, a.ctx.Err())
		}
	}
}

// awaitRecord reads records until one comes whose text is that.
func awaitRecord(ctx context.Context, records *collector.Collector, text string) error {
	for {
		got, err := records.Receive(ctx)
		if err != nil {
			return fmt.Errorf("waiting for the record %q: %w", text, err)
		}
		if slices.ContainsFunc(got, func(r collector.Record) bool { return r.Text == text }) {
			return nil
		}
	}
}

// sayTheEnd sends a datagram to a port of our own.
func sayTheEnd() error {
	socket, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer socket.Close()
	_, err = socket.WriteTo([]byte(theEnd), socket.LocalAddr())
	return err
}
