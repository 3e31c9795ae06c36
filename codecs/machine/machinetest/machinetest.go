// Package machinetest has conversations with the engines that zproto makes: the selftests of models.
//
// Draft: this package may change.
package machinetest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zeromq/gozyre/codecs/machine"
	"github.com/zeromq/gozyre/codecs/zsock"
)

// Conversation is what a client says to a server and hears of it.
type Conversation struct {
	Steps   []Step                                // done in this order
	Name    func(frames [][]byte) (string, error) // names a message
	Unasked []string                              // messages that a server may send at any time, because it hears nothing
}

// Step sends a message, or waits for one, or both in this order.
type Step struct {
	Send [][]byte // the frames of a message; none: the step only waits
	Recv string   // the name of the message to wait for; empty: the step only sends
}

const (
	virtual  = time.Hour        // how long a message is waited for in virtual time
	patience = 20 * time.Second // and in ours
)

var client = []byte("client")

// Virtual has the conversation with an engine in virtual time. Every message of the engine must be one that a step
// waits for; time passes only while a step waits.
func Virtual(tb testing.TB, server *machine.Server, c Conversation) {
	tb.Helper()
	now := time.Unix(0, 0)
	var heard []string
	take := func(effects []machine.Effect) {
		for _, e := range effects {
			switch e.Type {
			case machine.Send:
				name, err := c.Name(e.Frames)
				if err != nil {
					tb.Fatalf("the server sends %q, which is no message: %v", e.Frames, err)
				}
				heard = append(heard, name)
			case machine.Fault:
				tb.Fatalf("the server cannot send: %v", e.Err)
			}
		}
	}
	for i, step := range c.Steps {
		if step.Send != nil {
			take(server.Message(now, client, step.Send))
		}
		if step.Recv == "" {
			continue
		}
		for end := now.Add(virtual); len(heard) == 0; {
			at, ok := server.Deadline()
			if !ok || at.After(end) {
				tb.Fatalf("step %d: the server sends nothing, want %s", i+1, step.Recv)
			}
			now = at
			take(server.Tick(now))
		}
		if heard[0] != step.Recv {
			tb.Fatalf("step %d: got %s, want %s", i+1, heard[0], step.Recv)
		}
		heard = heard[1:]
	}
	if len(heard) > 0 {
		tb.Errorf("nobody waits for what the server says at the end: %q", heard)
	}
}

// Sockets has the conversation with an engine over TCP on the loopback interface, in real time.
func Sockets(tb testing.TB, transport zsock.Transport, server *machine.Server, c Conversation) {
	tb.Helper()
	sockets := open(tb, transport)
	service, err := machine.Listen(sockets, zsock.ListenOptions{Endpoint: "tcp://127.0.0.1:*"}, server, nil)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- service.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	}()
	Talk(tb, transport, service.Endpoint(), c)
}

// Talk has the conversation with whatever server listens at an endpoint.
func Talk(tb testing.TB, transport zsock.Transport, endpoint string, c Conversation) {
	tb.Helper()
	sockets := open(tb, transport)
	link, err := sockets.Dial(zsock.DialOptions{Kind: zsock.Dealer, Endpoint: endpoint})
	if err != nil {
		tb.Fatal(err)
	}
	hear := hearer(sockets.Inbox())
	for i, step := range c.Steps {
		if step.Send != nil {
			if err := link.Send(step.Send); err != nil {
				tb.Fatalf("step %d: %v", i+1, err)
			}
		}
		for step.Recv != "" {
			frames, err := hear()
			if err != nil {
				tb.Fatalf("step %d: %v, want %s", i+1, err, step.Recv)
			}
			name, err := c.Name(frames)
			if err != nil {
				tb.Fatalf("step %d: the server sends %q, which is no message: %v", i+1, frames, err)
			}
			if name == step.Recv {
				break
			}
			if !slices.Contains(c.Unasked, name) {
				tb.Fatalf("step %d: got %s, want %s", i+1, name, step.Recv)
			}
		}
	}
}

// hearer gives a function that waits for the next message.
func hearer(inbox *zsock.Inbox) func() ([][]byte, error) {
	var waiting []zsock.Event
	return func() ([][]byte, error) {
		deadline := time.NewTimer(patience)
		defer deadline.Stop()
		for {
			for len(waiting) > 0 {
				e := waiting[0]
				waiting = waiting[1:]
				if e.Type == zsock.Message {
					return e.Frames, nil
				}
			}
			select {
			case <-inbox.Ready():
				waiting = inbox.Take(nil)
			case <-deadline.C:
				return nil, fmt.Errorf("nothing within %v", patience)
			}
		}
	}
}

func open(tb testing.TB, transport zsock.Transport) zsock.Sockets {
	tb.Helper()
	sockets, err := transport.Open(zsock.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := sockets.Close(); err != nil {
			tb.Error(err)
		}
	})
	return sockets
}
