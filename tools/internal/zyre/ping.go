// Package zyre is the tool that looks at a network of nodes, and gets files to
// them.
package zyre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Options say what to ping.
type Options struct {
	Node     cli.Node
	Target   string        // a name, or at least four digits of a UUID; empty: everybody
	JSON     bool          // print JSON, one object a line
	For      time.Duration // stop after this long; 0: never
	Count    int           // stop after so many pings of each peer; 0: never
	Interval time.Duration // between two pings of a peer
	Timeout  time.Duration // a ping that is not answered by then is lost
}

// shortest is the least time between two pings of one peer.
const shortest = time.Millisecond

func (o Options) check() error {
	switch {
	case o.Count < 0:
		return cli.Usagef("--count %d: a count is not negative", o.Count)
	case o.Interval < shortest:
		return cli.Usagef("--interval %v: at least %v is possible", o.Interval, shortest)
	case o.Timeout < shortest:
		return cli.Usagef("--timeout %v: at least %v makes sense", o.Timeout, shortest)
	}
	return cli.CheckDuration("for", o.For)
}

// Run shows peers as they come and go, and how long each takes to answer,
// until ctx is done, the time is over or every peer was pinged often enough.
// At the end it sums up. It fails when nobody answered.
func Run(ctx context.Context, opts Options, std cli.Streams) error {
	if err := opts.check(); err != nil {
		return err
	}
	n, err := zyre.Start(context.WithoutCancel(ctx), opts.Node.Config(std.Err))
	if err != nil {
		return err
	}
	return ping(ctx, n, opts, std.Out)
}

// node is what ping needs of a zyre.Node.
type node interface {
	Events() <-chan zyre.Event
	Ping(ctx context.Context, peer zyre.UUID) (time.Duration, error)
	Err() error
	Close() error
}

// pinger holds the state of one run; its goroutine is the only one that
// touches it.
type pinger struct {
	node    node
	opts    Options
	out     *printer
	results chan result
	present map[zyre.UUID]context.CancelFunc // ends the pings of a peer
	active  int                              // pinging goroutines
	through bool                             // one peer was pinged often enough
	group   sync.WaitGroup
	stats   table
}

// result is what became of one ping; with over, of all of them.
type result struct {
	peer     zyre.UUID
	name     string
	addr     string
	number   int
	time     time.Duration
	err      error
	over     bool // no more pings come
	finished bool // Count is reached
}

func ping(parent context.Context, n node, opts Options, w io.Writer) error {
	ctx, leave := context.WithCancel(parent)
	defer leave()
	if opts.For > 0 {
		timer := time.AfterFunc(opts.For, leave)
		defer timer.Stop()
	}
	p := &pinger{node: n, opts: opts, out: &printer{w: w, json: opts.JSON, failed: leave},
		results: make(chan result), present: map[zyre.UUID]context.CancelFunc{}}
	closed := make(chan struct{})
	context.AfterFunc(ctx, func() { _ = n.Close(); close(closed) })

	// Without a target there may be others: one more interval tells.
	patience := time.NewTimer(opts.Interval)
	defer patience.Stop()
	for events := n.Events(); events != nil || p.active > 0; {
		select {
		case e, ok := <-events:
			if !ok {
				leave()
				events = nil
				break
			}
			p.event(ctx, e)
			patience.Reset(opts.Interval)
		case r := <-p.results:
			p.result(r)
			patience.Reset(opts.Interval)
			if p.through && p.active == 0 && opts.Target != "" {
				leave()
			}
		case <-patience.C:
			if p.through && p.active == 0 {
				leave()
			}
		}
	}
	p.group.Wait()
	<-closed
	if n.Err() != nil {
		return n.Err()
	}
	p.stats.print(p.out)
	switch {
	case p.out.err != nil:
		return fmt.Errorf("stdout: %w", p.out.err)
	case p.stats.answered > 0:
		return nil
	case opts.Target != "":
		return fmt.Errorf("no answer from %q: is it there, on the same port and network?", show.Text(opts.Target))
	}
	return errors.New("no answer from anybody: is anybody there, on the same port and network?")
}

// event notes who comes and goes.
func (p *pinger) event(ctx context.Context, e zyre.Event) {
	if e.Type == zyre.Enter {
		p.out.names.Add(e.Name, e.Peer)
	}
	if matches(p.opts.Target, e.Name, e.Peer) && !errors.Is(e.Cause, zyre.ErrClosed) {
		p.out.event(e)
	}
	switch e.Type {
	case zyre.Enter:
		if matches(p.opts.Target, e.Name, e.Peer) && ctx.Err() == nil {
			ctx, cancel := context.WithCancel(ctx)
			p.present[e.Peer] = cancel
			p.active++
			p.group.Go(func() { p.run(ctx, e) })
		}
	case zyre.Exit:
		p.out.names.Remove(e.Peer)
		if cancel := p.present[e.Peer]; cancel != nil {
			cancel()
			delete(p.present, e.Peer)
		}
	}
}

// run pings one peer, at once and then at every interval.
func (p *pinger) run(ctx context.Context, e zyre.Event) {
	r := result{peer: e.Peer, name: e.Name, addr: e.Addr}
	defer func() {
		r.over = true
		p.results <- r
	}()
	ticker := time.NewTicker(p.opts.Interval)
	defer ticker.Stop()
	for {
		r.number++
		timed, cancel := context.WithTimeout(ctx, p.opts.Timeout)
		r.time, r.err = p.node.Ping(timed, e.Peer)
		cancel()
		// A peer that left meanwhile has lost nothing.
		if ctx.Err() != nil || errors.Is(r.err, zyre.ErrUnknownPeer) || errors.Is(r.err, zyre.ErrClosed) {
			return
		}
		p.results <- r
		if r.finished = r.number == p.opts.Count; r.finished {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// result notes and shows what became of a ping.
func (p *pinger) result(r result) {
	if r.over {
		p.active--
		p.through = p.through || r.finished
		return
	}
	p.stats.add(r)
	p.out.ping(r, p.opts.Timeout)
}
