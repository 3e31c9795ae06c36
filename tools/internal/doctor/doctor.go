package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
)

// Options say where to look.
type Options struct {
	Node cli.Node      // as that of the node that sees nobody
	For  time.Duration // how long to listen
	JSON bool          // print JSON, one object
}

// Bounds of Options.For: announcements come each second, in large networks each four.
const (
	shortest = 100 * time.Millisecond
	longest  = 10 * time.Minute
)

// Run looks at this machine and its networks for some seconds, and prints what is
// wrong, the most likely trouble first. It fails when something is.
func Run(ctx context.Context, opts Options, std cli.Streams) error {
	if opts.For < shortest || opts.For > longest {
		return cli.Usagef("--for %v: %v to %v make sense", opts.For, shortest, longest)
	}
	facts, err := Examine(ctx, opts, std)
	if err != nil {
		return err
	}
	found := Judge(facts)
	if err := report(std.Out, facts, found, opts.JSON); err != nil {
		return fmt.Errorf("stdout: %w", err)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("stopped before all was seen: %w", context.Cause(ctx))
	}
	var wrong []string
	for _, f := range found {
		if f.Severity != Note {
			wrong = append(wrong, f.Code)
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("something is wrong: %s", strings.Join(wrong, ", "))
	}
	return nil
}
