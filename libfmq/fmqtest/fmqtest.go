// Package fmqtest gives tests a server and a client of FILEMQ in one process.
//
//	p := fmqtest.Start(t, fmq.Subscription{Mirror: true})
//	p.Put("hello.txt", "hello")
//	e := p.Await(fmq.Deliver)
//
// Both are on loopback, on a port that is free, in folders that end with the test. What does not come within [Patience] fails it: a
// test needs no sleep.
//
// Draft: this package may change.
package fmqtest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	fmq "github.com/zeromq/gozyre/libfmq"
)

// Patience is how long Await waits.
const Patience = 30 * time.Second

// Pair is a server that offers a directory, and a client that subscribes to all of it.
type Pair struct {
	Server *fmq.Server // on loopback
	Client *fmq.Client // connected to it
	Outbox string      // what the server offers as "/"
	Inbox  string      // where the client keeps what arrives

	tb testing.TB
}

// Start starts both, on loopback and in temporary directories, and waits until the client is in and has what there is. They end with the test.
func Start(tb testing.TB, opt fmq.Subscription) *Pair {
	tb.Helper()
	p := &Pair{tb: tb, Outbox: tb.TempDir(), Inbox: tb.TempDir()}
	var err error
	p.Server, err = fmq.Listen(tb.Context(), fmq.ServerConfig{
		Endpoint: "tcp://127.0.0.1:*", Publish: []fmq.Publish{{Dir: p.Outbox}}, Monitor: 100 * time.Millisecond,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { p.Server.Close() })
	p.Client, err = fmq.Dial(tb.Context(), fmq.ClientConfig{Servers: []string{p.Server.Endpoint()}, Inbox: p.Inbox})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { p.Client.Close() })
	opt.Resync = true
	if err := p.Client.Subscribe(tb.Context(), "/", opt); err != nil {
		tb.Fatal(err)
	}
	p.Await(fmq.Synced)
	return p
}

// Put writes a file into the outbox that needs not become stable first: it appears whole, and was last written to a minute ago.
func (p *Pair) Put(name, content string) {
	p.tb.Helper()
	target := filepath.Join(p.Outbox, filepath.FromSlash(name))
	outside, err := os.CreateTemp(p.tb.TempDir(), "")
	if err != nil {
		p.tb.Fatal(err)
	}
	defer outside.Close()
	_, err = outside.WriteString(content)
	before := time.Now().Add(-time.Minute)
	for _, err := range []error{
		err, os.Chtimes(outside.Name(), before, before), os.MkdirAll(filepath.Dir(target), 0o755), os.Rename(outside.Name(), target),
	} {
		if err != nil {
			p.tb.Fatal(err)
		}
	}
}

// Await reads the client's events up to the next one of a type.
func (p *Pair) Await(t fmq.EventType) fmq.Event {
	p.tb.Helper()
	deadline := time.After(Patience)
	for {
		select {
		case e, ok := <-p.Client.Events():
			if !ok {
				p.tb.Fatalf("the client ended before %s: %v", t, p.Client.Err())
			}
			if e.Type == t {
				return e
			}
		case <-deadline:
			p.tb.Fatalf("no %s within %v", t, Patience)
		}
	}
}
