package main

import (
	"context"
	"time"

	"github.com/zeromq/gozyre/tools/internal/cli"
	"github.com/zeromq/gozyre/tools/internal/zyre"
)

type listenFlags struct {
	cli.Node
	Group []string      `help:"Get what is only for this group, too; may be repeated." placeholder:"GROUP" sep:"none"`
	For   time.Duration `help:"Stop after this long, such as 30s. Default: with Ctrl-C." placeholder:"DURATION"`
	JSON  bool          `help:"Print JSON, one event a line." name:"json"`
	Dir   string        `arg:"" optional:"" help:"The directory for what arrives: each peer's files in a folder of their own. It is made if it is not there. Default: .inbox/UUID."`
}

// Run is called by kong.
func (f *listenFlags) Run(ctx context.Context, std cli.Streams) error {
	return zyre.Listen(ctx, zyre.ListenOptions{Node: f.Node, Dir: f.Dir, Groups: f.Group, For: f.For, JSON: f.JSON}, std)
}
