// Package top is what `zyre top` does: it watches a network of nodes, and shows
// it on a terminal, as a page in browsers, and as metrics.
package top

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/zeromq/gozyre/libzyre"
	"github.com/zeromq/gozyre/libzyre/beacon"
	"github.com/zeromq/gozyre/libzyre/collector"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
	"github.com/zeromq/gozyre/tools/internal/top/web"
)

// Options say what to show, and where.
type Options struct {
	Node  cli.Node
	HTTP  string        // HOST:PORT of the page; empty: none
	Token string        // that the page asks for; empty: one is made where it is needed
	JSON  bool          // print changes on stdout, one a line
	For   time.Duration // stop after this long; 0: never
}

func (o Options) check(std cli.Streams) error {
	if o.HTTP == "" && !o.JSON && !isTerminal(std.Out) {
		return cli.Usagef("stdout is no terminal: give --http 127.0.0.1:8080 for a page, or --json")
	}
	return cli.CheckDuration("for", o.For)
}

// maxHeaders bounds what a peer's headers and groups may take, in octets; all
// together take 64 times that.
const maxHeaders = 64 << 10

// Run shows the network until ctx is done, the time is over or the user wants an
// end. The error says what cannot be had: a port, an address, a terminal.
func Run(ctx context.Context, o Options, std cli.Streams) error {
	if err := o.check(std); err != nil {
		return err
	}
	cfg := o.Node.Config(std.Err)
	records, err := collector.Listen(collector.Config{Bind: bind(o.Node.Interface), Transport: cfg.Transport, Log: cfg.Log})
	if err != nil {
		return err
	}
	defer records.Close()
	cfg.Headers = map[string]string{collector.Header: records.Endpoint()}
	cfg.Limits.HeaderOctets = maxHeaders
	n, err := zyre.Start(context.WithoutCancel(ctx), cfg)
	if err != nil {
		if errors.Is(err, beacon.ErrPortInUse) {
			err = fmt.Errorf("%w; `zyre doctor` looks for who has it", err)
		}
		return err
	}
	return watch(ctx, n, records, o, std)
}

// bind is where records are taken: on loopback alone if the node is there alone.
func bind(interfaces []string) (at netip.Addr) {
	for _, name := range interfaces {
		if name != zyre.Loopback() {
			return netip.Addr{}
		}
		at = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return at
}

// watch shows what a node sees, and closes it in the end.
func watch(ctx context.Context, n node, records records, o Options, std cli.Streams) error {
	ctx, leave := context.WithCancel(ctx)
	defer leave()
	if o.For > 0 {
		timer := time.AfterFunc(o.For, leave)
		defer timer.Stop()
	}
	h := newHub(n, records, "")
	go h.run()
	defer func() {
		_ = n.Close() // run ends with its events
		<-h.done
	}()
	address := ""
	var ended <-chan struct{} // nil: there is no server
	var server *web.Server
	if o.HTTP != "" {
		var err error
		if server, err = web.Listen(o.HTTP, o.Token, h); err != nil {
			return fmt.Errorf("--http: %w", err)
		}
		defer server.Close()
		address, ended = server.URL(), server.Ended()
		if o.JSON || !isTerminal(std.Out) {
			fmt.Fprintf(std.Err, "%s watches UDP port %d; open %s\n", show.Text(n.Name()), o.Node.Port, address)
		}
	}
	failed := make(chan error, 1)
	var shown <-chan struct{}
	switch {
	case o.JSON:
		shown = printing(ctx, h, std, failed)
	case isTerminal(std.Out):
		shown = showing(ctx, h, address, std, failed, leave)
	}
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	case <-h.done:
		err = n.Err()
	case <-ended:
		err = fmt.Errorf("--http: %w", server.Err())
	}
	leave()
	if shown != nil {
		<-shown
	}
	return err
}

// printing prints changes as JSON until ctx is done.
func printing(ctx context.Context, h *hub, std cli.Streams, failed chan<- error) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		first, next, cancel := h.Watch()
		defer cancel()
		for ok := first != nil; ok; {
			if _, err := fmt.Fprintf(std.Out, "%s\n", first); err != nil {
				failed <- fmt.Errorf("stdout: %w", err)
				return
			}
			select {
			case first, ok = <-next:
			case <-ctx.Done():
				return
			}
		}
		failed <- errors.New("stdout is read too slowly")
	}()
	return done
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
