package main

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zyre"
)

type pingFlags struct {
	cli.Node
	JSON     bool          `help:"Print JSON, one object a line: events, PING, and SUMMARY at the end." name:"json"`
	For      time.Duration `help:"Stop after this long, such as 30s. Default: with Ctrl-C." placeholder:"DURATION"`
	Count    int           `help:"Stop when each peer was pinged so often. Default: never." short:"c" placeholder:"N"`
	Interval time.Duration `help:"Time between two pings of a peer (default ${default})." default:"1s" placeholder:"DURATION"`
	Timeout  time.Duration `help:"A ping not answered by then is lost (default ${default})." default:"2s" placeholder:"DURATION"`
	Target   string        `arg:"" optional:"" name:"peer" help:"Ping only this peer: its name, or the first four digits or more of its UUID."`
}

// Run is called by kong.
func (f *pingFlags) Run(ctx context.Context, std cli.Streams) error {
	return zyre.Run(ctx, zyre.Options{Node: f.Node, Target: f.Target, JSON: f.JSON, For: f.For,
		Count: f.Count, Interval: f.Interval, Timeout: f.Timeout}, std)
}
