package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is many clients in one process.
type crowd struct {
	Endpoint string        `required:"" help:"Of the server."`
	Count    int           `default:"400" help:"How many clients."`
	During   time.Duration `default:"20s" help:"How long they fetch. 0: they only subscribe, say \"ready\", and wait for the end of stdin."`
	Pause    time.Duration `default:"1s" help:"How long each thinks about a chunk."`
}

func (c crowd) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel(nil)

	// A server hangs up on those who come all at once.
	entrance := make(chan struct{}, 20)
	var there atomic.Int64
	all := make(chan struct{}) // closed when everybody is subscribed
	var peers []*peer
	for range c.Count {
		p := &peer{endpoint: c.Endpoint, resync: c.During > 0, pause: c.Pause, ready: func() {
			<-entrance
			if there.Add(1) == int64(c.Count) {
				close(all)
			}
		}}
		peers = append(peers, p)
		select {
		case entrance <- struct{}{}:
		case <-ctx.Done():
		}
		running.Go(func() {
			if err := p.run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	select {
	case <-all:
	case <-ctx.Done():
		return fmt.Errorf("%d of %d clients are subscribed: %w", there.Load(), c.Count, context.Cause(ctx))
	}
	if c.During == 0 {
		if err := json.NewEncoder(os.Stdout).Encode("ready"); err != nil {
			return err
		}
		_, err := io.Copy(io.Discard, os.Stdin)
		return err
	}
	select {
	case <-time.After(c.During):
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	var least, sum int64
	for i, p := range peers {
		n := p.chunks.Load()
		if sum += n; i == 0 || n < least {
			least = n
		}
	}
	if least == 0 {
		return fmt.Errorf("after %v a client has received nothing yet; all of them together have %d chunks", c.During, sum)
	}
	return result{"chunks": float64(sum), "least": float64(least)}.print()
}
