// Benchnode is what `go run ./tools/dev bench` measures: nodes in processes of
// their own, and the links of a transport without nodes above them. One process
// serves, until its standard input ends; another measures and prints what it
// found as one JSON object of numbers.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
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
	carrier
	Port    uint16        `required:"" help:"UDP port of discovery."`
	Timeout time.Duration `default:"60s" help:"How long all may take."`
}

// config is a node's on loopback.
func (n network) config() zyre.Config {
	return zyre.Config{Port: n.Port, Interfaces: []string{zyre.Loopback()}, Transport: n.transport()}
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

	Crowd crowd `cmd:"" help:"Start many nodes in a few processes; how long until all know all, and what becomes of them then?"`
	Churn churn `cmd:"" help:"Join and leave groups all the time, with short queues; is all that is told right?"`
	Gone  gone  `cmd:"" help:"Kill a process, or pull a cable; how long until all others have told?"`

	ShareSmall shareSmall `cmd:"" help:"Publish small files; how long until all peers have one?"`
	ShareLarge shareLarge `cmd:"" help:"Publish a large file; how long until all peers have it, how long does cp take, and what memory?"`

	LogCost  logCost  `cmd:"" help:"Report to a server that collects; what does it cost?"`
	LogFlood logFlood `cmd:"" help:"Send records to zyre log; are all in its database?"`

	Simulate simulate `cmd:"" help:"Run nodes in a network and a time that do not exist."`

	LinkMesh      linkMesh      `cmd:"" help:"Link everybody with everybody; how long until each has heard of all, and what does a link cost?"`
	LinkRtt       linkRtt       `cmd:"" help:"Send to a process that echoes."`
	LinkFlood     linkFlood     `cmd:"" help:"Send to a process that counts, as fast as it takes it."`
	LinkHandshake linkHandshake `cmd:"" help:"Dial; how long until the first message is there?"`
	LinkKill      linkKill      `cmd:"" help:"Kill a process; how long until its peer is told?"`

	// What those start.
	PresencePart presencePart `cmd:"" hidden:""`
	SharePart    sharePart    `cmd:"" hidden:""`
	ChurnPart    churnPart    `cmd:"" hidden:""`
	Burn         burn         `cmd:"" hidden:""`
	LinkMeshPart linkMeshPart `cmd:"" hidden:""`
	LinkEcho     linkEcho     `cmd:"" hidden:""`
	LinkSink     linkSink     `cmd:"" hidden:""`
	LinkVictim   linkVictim   `cmd:"" hidden:""`

	Profile string `placeholder:"FOLDER" env:"BENCHNODE_PROFILE" help:"Write a processor profile there. In the environment it also holds for what benchnode starts."`
}

// result is what a measurement prints: durations in seconds.
type result map[string]float64

func main() {
	var c cli
	parsed := kong.Parse(&c, kong.Name("benchnode"))
	stop, err := profile(c.Profile, parsed.Command())
	if err == nil {
		err = errors.Join(parsed.Run(), stop())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchnode:", err)
		os.Exit(1)
	}
}

// profile writes a processor profile of this process, if there is a folder for it.
func profile(folder, command string) (stop func() error, err error) {
	if folder == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(filepath.Join(folder, fmt.Sprintf("%s-%d.pprof", command, os.Getpid())))
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
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
