package main

import (
	"context"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zyretrace"
)

type traceFlags struct {
	Format  string   `help:"How: text (a line for each step), mermaid or svg (a sequence diagram); default ${default}." enum:"text,mermaid,svg" default:"text" placeholder:"FORMAT"`
	Peer    []string `help:"Only what this node takes part in: its name, or the first four digits or more of its UUID. May be repeated: then what is among these." placeholder:"PEER" sep:"none"`
	Group   []string `help:"Only what is about this group; may be repeated." placeholder:"GROUP" sep:"none"`
	Since   string   `help:"From then on: a time of day or a whole one, UTC, or how long after the beginning, such as 90s." placeholder:"TIME"`
	Until   string   `help:"Up to then." placeholder:"TIME"`
	Beacons bool     `help:"All beacons, not only those with which something begins."`
	File    []string `arg:"" help:"Traces, as --trace writes them, of one node or several; - is stdin."`
}

// Run is called by kong.
func (f *traceFlags) Run(ctx context.Context, std cli.Streams) error {
	return zyretrace.Run(ctx, zyretrace.Options{Files: f.File, Format: f.Format, Beacons: f.Beacons,
		Filter: zyretrace.Filter{Peers: f.Peer, Groups: f.Group, Since: f.Since, Until: f.Until}}, std)
}

type replayFlags struct {
	File string `arg:"" help:"A trace, as --trace writes it; - is stdin."`
}

// Run is called by kong.
func (f *replayFlags) Run(std cli.Streams) error { return zyretrace.Replay(f.File, std) }
