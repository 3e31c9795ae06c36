// Benchnode is what `go run ./tools/dev bench` measures: nodes in processes of
// their own. One process serves, until its standard input ends; another
// measures and prints what it found as one JSON object of numbers.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/alecthomas/kong"

	"github.com/zeromq/gozyre/libzyre"
)

// group is where everybody is.
const group = "BENCH"

// Words that a message may consist of; anything else is payload.
const (
	greeting = "welcome" // server to newcomer: ENTER was seen here too
	last     = "last"    // client to server: that was all
	thanks   = "thanks"  // server to client: all has come
)

// network are the flags that keep nodes together, and on this machine.
type network struct {
	Port    uint16        `required:"" help:"UDP port of discovery."`
	Timeout time.Duration `default:"60s" help:"How long all may take."`
}

// config is a node's on loopback.
func (n network) config() zyre.Config {
	return zyre.Config{Port: n.Port, Interfaces: []string{zyre.Loopback()}}
}

type cli struct {
	Serve     serve     `cmd:"" help:"Run nodes that greet, echo or count, until stdin ends."`
	Enter     enter     `cmd:"" help:"Start nodes, one after the other; how long until they and a server know each other?"`
	Roundtrip roundtrip `cmd:"" help:"Whisper to a server that echoes."`
	Whispers  whispers  `cmd:"" help:"Whisper to a server that counts."`
	Shouts    shouts    `cmd:"" help:"Shout to servers that count."`
	Mesh      mesh      `cmd:"" help:"Start nodes in this process; how long until all know all?"`
	Idle      idle      `cmd:"" help:"Do nothing among servers."`
	Tcp       tcp       `cmd:"" help:"Send octets back and forth over plain TCP, as a measure."`
}

// result is what a measurement prints: durations in seconds.
type result map[string]float64

func main() {
	var c cli
	parsed := kong.Parse(&c, kong.Name("benchnode"))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "benchnode:", err)
		os.Exit(1)
	}
}

// print ends a measurement.
func (r result) print() error {
	return json.NewEncoder(os.Stdout).Encode(r)
}

// start starts a node that ends after the timeout at the latest.
func (n network) start(cfg zyre.Config) (*zyre.Node, context.CancelFunc, error) {
	ctx, cancel := context.WithTimeout(context.Background(), n.Timeout)
	node, err := zyre.Start(ctx, cfg)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	return node, func() { node.Close(); cancel() }, nil
}

// meet starts a node and waits until a server has greeted it.
func (n network) meet() (node *zyre.Node, server zyre.UUID, stop func(), err error) {
	node, stop, err = n.start(n.config())
	if err != nil {
		return nil, zyre.UUID{}, nil, err
	}
	e, err := await(node, is(greeting)) // its ENTER precedes its whisper
	if err != nil {
		stop()
		return nil, zyre.UUID{}, nil, err
	}
	return node, e.Peer, stop, nil
}

// await reads events until one fits. It fails when the node ends.
func await(node *zyre.Node, fits func(zyre.Event) bool) (zyre.Event, error) {
	for e := range node.Events() {
		if fits(e) {
			return e, nil
		}
	}
	return zyre.Event{}, fmt.Errorf("the node ended before it saw what it waited for: %w", node.Err())
}

// is fits a whisper that consists of one word.
func is(word string) func(zyre.Event) bool {
	return func(e zyre.Event) bool {
		return e.Type == zyre.Whisper && len(e.Msg) == 1 && string(e.Msg[0]) == word
	}
}
