package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"

	"github.com/zeromq/gozyre/libfmq"
)

// state is a server with subscribers that are in a process of their own.
type state struct {
	Dir   string `required:"" help:"What to publish."`
	Count int    `default:"1000" help:"How many subscribers."`
}

func (s state) Run(ctx context.Context) (err error) {
	server, err := fmq.Listen(ctx, fmq.ServerConfig{Endpoint: "tcp://127.0.0.1:*", Publish: []fmq.Publish{{Dir: s.Dir}}})
	if err != nil {
		return err
	}
	defer server.Close()
	before := used()

	self, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, self, "crowd", "--endpoint="+server.Endpoint(), fmt.Sprintf("--count=%d", s.Count), "--during=0s")
	c.Stderr = os.Stderr
	stdin, err := c.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stdin.Close(), c.Wait()) }()
	var word string
	if err := json.NewDecoder(stdout).Decode(&word); err != nil {
		return fmt.Errorf("the subscribers: %w", err)
	}
	if n := server.Stats().Clients; n != s.Count {
		return fmt.Errorf("the server has %d clients, and %d are subscribed", n, s.Count)
	}
	// A few heartbeats later everything is what it will be.
	select {
	case <-time.After(3 * time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	return result{"octets": (used() - before) / float64(s.Count)}.print()
}

// used is what the collector leaves of this process's memory: what is on the heap, and the stacks.
func used() float64 {
	for range 3 { // what was in a pool goes with the second
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}
