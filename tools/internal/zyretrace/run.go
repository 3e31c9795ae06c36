package zyretrace

import (
	"context"
	"errors"
	"fmt"

	"github.com/zeromq/gozyre/libzyre/trace"
	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/show"
)

// Options say what to draw of which traces.
type Options struct {
	Files   []string // "-": stdin
	Format  string   // text, mermaid or svg
	Beacons bool     // all of them, not only those with which something begins
	Filter
}

// Run merges traces and draws what is in them on stdout.
func Run(ctx context.Context, opts Options, std cli.Streams) error {
	s, err := load(ctx, opts.Files, opts.Beacons, std)
	if err != nil {
		return err
	}
	for _, path := range s.cut {
		fmt.Fprintf(std.Err, "%s ends in the middle of a line: what is before is shown\n", path)
	}
	s.align()
	s.order()
	if err := s.apply(opts.Filter); err != nil {
		return err
	}
	switch opts.Format {
	case "mermaid":
		return s.writeMermaid(std.Out)
	case "svg":
		return s.writeSVG(std.Out)
	default:
		return s.writeText(std.Out)
	}
}

// Replay plays a trace again, and fails with the first difference.
func Replay(path string, std cli.Streams) error {
	f, err := open(path, std)
	if err != nil {
		return err
	}
	defer f.Close()
	sum, err := trace.Replay(f)
	var differs *trace.Difference
	if errors.As(err, &differs) {
		or := func(text string) string {
			if text == "" {
				return "nothing"
			}
			return show.Text(text)
		}
		fmt.Fprintf(std.Out, "line %d, of node %v, after %s (line %d):\n  the trace:  %s\n  the replay: %s\n", differs.Line, differs.Node,
			show.Text(differs.Input), differs.After, or(differs.Want), or(differs.Got))
		return fmt.Errorf("%s: the replay differs from line %d on", show.Text(path), differs.Line)
	}
	if err != nil {
		return fmt.Errorf("%s: %s", show.Text(path), show.Text(err.Error()))
	}
	if sum.Cut {
		fmt.Fprintf(std.Err, "%s ends in the middle of a line: what is before was replayed\n", show.Text(path))
	}
	_, err = fmt.Fprintf(std.Out, "%s of %s, and all that followed is the same\n", show.Plural(sum.Inputs, "input"), show.Plural(sum.Nodes, "node"))
	return err
}
